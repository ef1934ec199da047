import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { writeCheckpoint } from '../../../src/checkpoint/write-checkpoint.ts'
import { takeApart } from '../../../src/core/snapshot.ts'
import { compactCheckpoints, compactWasteful } from '../../../src/operations/compact-checkpoints.ts'
import { DEFAULT_RULES, UNKNOWN_RUN_SETTINGS } from '../../../src/operations/run-settings.ts'
import { storedBytes } from '../../../src/store/blob-table.ts'
import { listCheckpoints, removeCheckpoints } from '../../../src/store/checkpoint-table.ts'
import { inTransaction } from '../../../src/store/database.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import {
  CREATED_AT_MS,
  endOne,
  ID,
  saveContext,
  saveOf,
  startOne,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

/** Its first pack is `wasted` floats that no checkpoint needs any more, and a small layer that the third one shares. */
function withWaste(wasted: number): Store {
  const store = tempStore()
  startOne(store.db, ID, { policy: UNKNOWN_RUN_SETTINGS })
  const rules = { ...DEFAULT_RULES, codec: 'raw', maxDepth: 0 } as const
  const shared = { tensor: Float32Array.of(1, 2, 3), shape: [3] }
  for (const seq of [1, 2, 3]) {
    const own = new Float32Array(seq === 1 ? wasted : 1).fill(seq)
    const snapshot = takeApart({ shared, own: { tensor: own, shape: [own.length] } })
    writeCheckpoint(saveContext(store, { rules }), saveOf(seq, { snapshot }), CREATED_AT_MS)
  }
  const { db } = store
  const first = listCheckpoints(db, ID).filter(({ seq }) => seq === 1)
  inTransaction(db, () => removeCheckpoints(db, first, CREATED_AT_MS))
  endOne(db, 'cancelled')
  return store
}

const sweep = (store: Store, dryRun = false) =>
  compactWasteful({ ...store, clock: fakeClock() }, dryRun)

describe('gc', () => {
  it('frees what nobody needs of a pack, and changes no checkpoint', () => {
    const store = withWaste(500_000)
    const [row] = listCheckpoints(store.db, ID)
    const { snapshot } = loadCheckpoint(store, row!)
    const planned = sweep(store, true).compacted
    expect(planned).toEqual([{ operationId: ID, bytesFreed: expect.any(Number) }])
    const before = storedBytes(store.db, ID)
    expect(before, 'a dry run does nothing').toBeGreaterThan(2_000_000)
    const { compacted, failed } = sweep(store)
    expect(failed).toEqual([])
    expect(compacted).toEqual([{ operationId: ID, bytesFreed: before - storedBytes(store.db, ID) }])
    expect(storedBytes(store.db, ID)).toBeLessThan(10_000)
    expect(existsSync(join(store.layout.packs, ID, '1-1.safetensors'))).toBe(false)
    expect(loadCheckpoint(store, listCheckpoints(store.db, ID)[0]!).snapshot).toEqual(snapshot)
    expect(sweep(store).compacted, 'and again nothing').toEqual([])
  })

  it('does not bother for a megabyte', () =>
    expect(sweep(withWaste(200_000)).compacted).toEqual([]))

  it('leaves packs of a running operation alone, and tells of what it could not do', () => {
    const store = withWaste(500_000)
    const lock = tryLock(store.layout.locks, ID)!
    onTestFinished(() => lock.release())
    expect(sweep(store)).toMatchObject({ compacted: [], failed: [{ path: ID }] })
    expect(() => compactCheckpoints({ ...store, clock: fakeClock() }, ID)).toThrow(
      expect.objectContaining({ code: 'OPERATION_ALREADY_RUNNING' }),
    )
  })
})
