import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadNewestCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { deleteCheckpoints } from '../../../src/operations/delete-checkpoints.ts'
import { storedBytes } from '../../../src/store/blob-table.ts'
import { listCheckpoints, listTrash } from '../../../src/store/checkpoint-table.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { filesOf, ID, operationOf, storeWithSaves, type Store } from '../../support/temp-store.ts'

const drop = ({ db, layout }: Store, seq: number | null): number[] =>
  deleteCheckpoints(db, layout, fakeClock(), ID, seq === null ? [1, 2, 3] : [seq]).rows.map(
    (row) => row.seq,
  )
const left = ({ db }: Store): number[] => listCheckpoints(db, ID).map(({ seq }) => seq)

describe('deleting checkpoints', () => {
  it.each([
    [3, [2, 1], 2],
    [2, [3, 1], 3],
    [1, [3, 2], 3],
  ])('#%i leaves %j, and the last number follows: %i', (seq, rest, lastSeq) => {
    const store = storeWithSaves(3)
    expect(drop(store, seq)).toEqual([seq])
    expect(left(store)).toEqual(rest)
    expect(operationOf(store.db).lastSeq).toBe(lastSeq)
    const rows = listCheckpoints(store.db, ID)
    expect(
      loadNewestCheckpoint(store, ID, rows, lastSeq).damaged,
      'nothing is missed that was deleted on purpose',
    ).toEqual([])
  })

  it('all at once leaves nothing, not even the directory', () => {
    const store = storeWithSaves(3)
    expect(drop(store, null)).toEqual([3, 2, 1])
    expect(left(store)).toEqual([])
    expect(operationOf(store.db).lastSeq).toBe(0)
    expect(existsSync(join(store.layout.packs, ID))).toBe(false)
    expect(listTrash(store.db)).toEqual([])
  })

  it('unlinks exactly the files of what was deleted', () => {
    const store = storeWithSaves(3)
    drop(store, 2)
    expect(filesOf(store.layout).filter((path) => path.startsWith('packs'))).toEqual(
      [1, 3].map((seq) => join('packs', ID, `1-${seq}.safetensors`)),
    )
  })

  it('says how many bytes that has freed: those that nothing else needs', () => {
    const { db, layout } = storeWithSaves(3)
    const before = storedBytes(db, ID)
    const { bytesFreed } = deleteCheckpoints(db, layout, fakeClock(), ID, [1])
    expect(bytesFreed).toBeGreaterThan(0)
    expect(storedBytes(db, ID)).toBe(before - bytesFreed)
  })

  it('of a running operation is refused with exit 5, and deletes nothing', () => {
    const store = storeWithSaves(3)
    const lock = tryLock(store.layout.locks, ID)!
    onTestFinished(() => lock.release())
    const files = filesOf(store.layout)
    for (const seq of [3, null])
      expect(() => drop(store, seq)).toThrow(
        expect.objectContaining({
          code: 'OPERATION_ALREADY_RUNNING',
          exitCode: 5,
          message: `${ID} is already running: its checkpoints are in use.`,
        }),
      )
    expect(left(store)).toEqual([3, 2, 1])
    expect(filesOf(store.layout)).toEqual(files)
  })

  it('that are not there is refused with exit 4, saying what there is', () => {
    const store = storeWithSaves(3)
    expect(() => drop(store, 9)).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_NOT_FOUND',
        exitCode: 4,
        message: `${ID} has no checkpoint #9. It has #3, #2, #1.`,
      }),
    )
    drop(store, null)
    expect(() => drop(store, null)).toThrow(`${ID} has no checkpoint #1.`)
  })

  it('leaves the lock free', () => {
    const store = storeWithSaves(3)
    drop(store, 1)
    expect(() => drop(store, 1)).toThrow('no checkpoint #1')
    const lock = tryLock(store.layout.locks, ID)
    expect(lock).toBeDefined()
    lock?.release()
  })
})
