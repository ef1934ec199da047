import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadNewestCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { rollBack } from '../../../src/operations/rollback.ts'
import { listCheckpoints } from '../../../src/store/checkpoint-table.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { brokenSeals } from '../../../src/store/row-seal.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { flipByte, ID, operationOf, storeWithSaves, type Store } from '../../support/temp-store.ts'

const back = (store: Store, seq: number) => rollBack({ ...store, clock: fakeClock() }, ID, seq)

/** The number from which a resume would start. */
function start(store: Store): number {
  const rows = listCheckpoints(store.db, ID)
  return loadNewestCheckpoint(store, ID, rows, operationOf(store.db).lastSeq).row.seq
}

const leftBehind = ({ db }: Store) =>
  listCheckpoints(db, ID)
    .filter(({ isSuperseded }) => isSuperseded)
    .map(({ seq }) => seq)

describe('a rollback', () => {
  it('makes the next resume start there, deletes nothing and gives no number twice', () => {
    const store = storeWithSaves(4)
    expect(back(store, 2)).toMatchObject({ row: { seq: 2 }, leftBehind: [4, 3] })
    expect(start(store)).toBe(2)
    expect(leftBehind(store)).toEqual([4, 3])
    const { lastSeq, progress, status, generation } = operationOf(store.db)
    expect({ lastSeq, status, generation }).toEqual({
      lastSeq: 4,
      status: 'cancelled',
      generation: 2,
    })
    expect(progress).toEqual({
      cursor: { unit: 'epoch', at: 2, of: 100, within: null },
      doneRatio: 0.02,
      metrics: { trainLoss: 0.5 },
    })
    expect(brokenSeals(store.db)).toEqual([])
  })

  it('goes forward again to what was left behind', () => {
    const store = storeWithSaves(4)
    back(store, 1)
    back(store, 3)
    expect(start(store)).toBe(3)
    expect(leftBehind(store)).toEqual([4, 2])
  })

  it('of a completed operation takes it up again', () => {
    const store = storeWithSaves(4, 'completed')
    back(store, 1)
    expect(operationOf(store.db)).toMatchObject({ status: 'cancelled', result: null })
  })

  it.each([
    ['a damaged checkpoint', 2, 'CHECKPOINT_CORRUPT'],
    ['one that is not there', 9, 'CHECKPOINT_NOT_FOUND'],
  ])('to %s is refused, with nothing changed', (_, seq, code) => {
    const store = storeWithSaves(4)
    flipByte(join(store.layout.packs, ID, '1-2.safetensors'), 600)
    const before = operationOf(store.db)
    expect(() => back(store, seq)).toThrow(expect.objectContaining({ code }))
    expect(operationOf(store.db)).toEqual(before)
    expect(leftBehind(store)).toEqual([])
  })

  it('of a running operation is refused', () => {
    const store = storeWithSaves(4)
    const lock = tryLock(store.layout.locks, ID)!
    onTestFinished(() => lock.release())
    expect(() => back(store, 2)).toThrow(
      expect.objectContaining({ code: 'OPERATION_ALREADY_RUNNING', exitCode: 5 }),
    )
  })

  it('of an operation whose record was changed behind our back is refused', () => {
    const store = storeWithSaves(4)
    store.db.prepare(`UPDATE operation SET settings_json = '{"epochs":7}'`).run()
    expect(() => back(store, 2)).toThrow(expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' }))
    expect(operationOf(store.db).isSealed, 'and not vouched for').toBe(false)
  })
})
