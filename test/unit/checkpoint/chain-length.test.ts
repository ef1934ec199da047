import { describe, expect, it } from 'vitest'
import { NO_KEYS } from '../../../src/checkpoint/encryption.ts'
import { writeCheckpoint } from '../../../src/checkpoint/write-checkpoint.ts'
import { createSaveMemory } from '../../../src/checkpoint/save-memory.ts'
import { takeApart } from '../../../src/core/snapshot.ts'
import { DEFAULT_RULES } from '../../../src/operations/run-settings.ts'
import { listCheckpoints } from '../../../src/store/checkpoint-table.ts'
import {
  CREATED_AT_MS,
  ID,
  saveContext,
  saveOf,
  startOne,
  tempStore,
} from '../../support/temp-store.ts'

/** The greatest depth among checkpoints whose only difference is one weight. */
function deepest(retention: { keepLast: number; keepBest: number; maxVersions?: number }): number {
  const store = tempStore()
  startOne(store.db)
  const rules = { ...DEFAULT_RULES, maxDepth: 8 }
  const memory = createSaveMemory()
  const context = saveContext(store, { retention, rules, memory, keys: NO_KEYS })
  const depths: number[] = []
  for (let seq = 1; seq <= 20; seq++) {
    const w = { tensor: Float32Array.from({ length: 4000 }, (_, i) => Math.sqrt(i)), shape: [4000] }
    w.tensor[seq] = seq
    writeCheckpoint(context, saveOf(seq, { snapshot: takeApart({ model: { w } }) }), CREATED_AT_MS)
    depths.push(listCheckpoints(store.db, ID)[0]!.depth)
  }
  return Math.max(...depths)
}

describe('a chain of deltas', () => {
  it.each([
    [{ keepLast: 100, keepBest: 0 }, 8],
    [{ keepLast: 19, keepBest: 0 }, 3],
    [{ keepLast: 19, keepBest: 0, maxVersions: 7 }, 1],
    [{ keepLast: 6, keepBest: 0 }, 0],
    [{ keepLast: 1, keepBest: 0 }, 0],
  ])('of %j has at most %d, a third of what is kept of a lane', (retention, depth) =>
    expect(deepest(retention)).toBe(depth),
  )
})
