import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { deleteCheckpoints } from '../../../src/operations/delete-checkpoints.ts'
import { verifyCheckpoints } from '../../../src/operations/verify-checkpoints.ts'
import { listCheckpoints, markCheckpoint } from '../../../src/store/checkpoint-table.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import {
  CREATED_AT_MS,
  endOne,
  filesOf,
  flipByte,
  ID,
  storeWithSaves,
  type Store,
} from '../../support/temp-store.ts'

const rowsOf = ({ db }: Store) => listCheckpoints(db, ID)
const marks = (store: Store) => rowsOf(store).map(({ damage }) => damage)
const pack = ({ layout }: Store, seq: number) => join(layout.packs, ID, `1-${seq}.safetensors`)
const verify = (store: Store, share?: number, clock = fakeClock()) =>
  verifyCheckpoints({ ...store, clock }, rowsOf(store), share)

describe('verifying checkpoints', () => {
  it('finds whole ones whole, also while their operation runs, and touches no file', () => {
    const store = storeWithSaves(3, 'running')
    const lock = tryLock(store.layout.locks, ID)!
    onTestFinished(() => lock.release())
    const files = filesOf(store.layout)
    expect(verify(store)).toMatchObject({
      checkpoints: [3, 2, 1].map((seq) => ({ operationId: ID, seq, verdict: 'ok', reason: null })),
      total: 3,
      vanished: 0,
      damaged: 0,
    })
    expect(filesOf(store.layout)).toEqual(files)
  })

  it('any flipped bit of a pack is found and marked', () => {
    const store = storeWithSaves(3, 'running')
    const whole = readFileSync(pack(store, 2))
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
        flipByte(pack(store, 2), at, 1 << bit)
        const { checkpoints, damaged } = verify(store)
        expect(damaged).toBe(1)
        expect(checkpoints.map(({ verdict }) => verdict)).toEqual(['ok', 'damaged', 'ok'])
        expect(marks(store)).toEqual([null, checkpoints[1]!.reason, null])
        writeFileSync(pack(store, 2), whole)
      }),
      { numRuns: 30 },
    )
  })

  it('marks a missing file, and clears the mark when the file is back', () => {
    const store = storeWithSaves(3, 'running')
    const whole = readFileSync(pack(store, 3))
    rmSync(pack(store, 3))
    verify(store)
    expect(marks(store)).toEqual([expect.stringMatching(/1-3\.safetensors is missing/), null, null])
    writeFileSync(pack(store, 3), whole)
    expect(verify(store)).toMatchObject({ damaged: 0, checkpoints: [{ wasMarked: true }, {}, {}] })
    expect(marks(store)).toEqual([null, null, null])
  })

  it('passes over what has vanished since it was listed', () => {
    const store = storeWithSaves(3, 'running')
    endOne(store.db, 'cancelled')
    const rows = rowsOf(store)
    deleteCheckpoints(store.db, store.layout, fakeClock(), ID, [2])
    const { checkpoints, vanished, damaged } = verifyCheckpoints(
      { ...store, clock: fakeClock() },
      rows,
    )
    expect(checkpoints.map(({ seq }) => seq)).toEqual([3, 1])
    expect({ vanished, damaged }).toEqual({ vanished: 1, damaged: 0 })
  })

  it('says nothing of a file that it could not read: a mark stays as it was', () => {
    const store = storeWithSaves(3, 'running')
    const [row] = rowsOf(store)
    markCheckpoint(store.db, row!.id, { damage: 'known' })
    const layout = { ...store.layout, packs: `${store.layout.packs}/${'x'.repeat(300)}` }
    const { checkpoints, damaged } = verifyCheckpoints(
      { ...store, layout, clock: fakeClock() },
      rowsOf(store),
    )
    expect(checkpoints.map(({ verdict }) => verdict)).toEqual(Array(3).fill('unreadable'))
    expect(checkpoints[0]!.reason).toBe(
      `The artifact ${join(ID, '1-3.safetensors')} cannot be read (ENAMETOOLONG).`,
    )
    expect(damaged).toBe(0)
    expect(marks(store)).toEqual(['known', null, null])
  })

  it.each([
    [1, [3, 2, 1]],
    [0.9, [3, 2, 1]],
    [0.5, [2, 1]],
    [0.05, [1]],
  ])('a sample of %d is %j: at least that share, longest unverified first', (share, seqs) => {
    const { checkpoints, total, vanished } = verify(storeWithSaves(3, 'running'), share)
    expect(checkpoints.map(({ seq }) => seq)).toEqual(seqs)
    expect({ total, vanished }).toEqual({ total: 3, vanished: 0 })
  })

  it('sample after sample reads every pack before any is read again', () => {
    const store = storeWithSaves(3, 'running')
    const clock = fakeClock(CREATED_AT_MS + 60_000)
    const seqs = [1, 2, 3, 4].map(() => {
      clock.pass(1000)
      return verify(store, 0.05, clock).checkpoints.map(({ seq }) => seq)
    })
    expect(seqs).toEqual([[1], [2], [3], [1]])
  })

  it('leaves a row that was changed behind our back damaged, however often it looks', () => {
    const store = storeWithSaves(3, 'running')
    store.db.prepare('UPDATE checkpoint SET metric = 1 WHERE seq = 2').run()
    for (const _ of [1, 2]) {
      expect(verify(store).damaged, 'a mark vouches for nothing').toBe(1)
      expect(marks(store)).toEqual([null, expect.stringMatching(/not as it was written/), null])
    }
  })
})
