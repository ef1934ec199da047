// How many checkpoints there are, how much room they take, and how much of it clean-up would free.

import { storedBytes } from '../store/blob-table.ts'
import { listAllCheckpoints } from '../store/checkpoint-table.ts'
import { statusesOfSaved } from '../store/operation-list.ts'
import { cleanUp, type CleanupRules } from './cleanup.ts'
import type { CleanupStore } from './removal.ts'

export type CheckpointStats = {
  readonly totalCheckpoints: number
  readonly totalSizeBytes: number
  /** When the oldest was made; null = there are none. */
  readonly oldestCheckpoint: string | null
  readonly newestAgeMs: number | null
  /** Not known to be damaged. */
  readonly valid: number
  /** What `ktrdr checkpoints cleanup` would free now. */
  readonly reclaimableBytes: number
  /** The one with the newest checkpoint first. */
  readonly operations: readonly {
    readonly operationId: string
    readonly status: string
    readonly checkpoints: number
    readonly sizeBytes: number
    readonly oldestAgeMs: number
    readonly newestAgeMs: number
  }[]
}

export function checkpointStats(store: CleanupStore, rules: CleanupRules): CheckpointStats {
  const { db, clock } = store
  const nowMs = clock.nowMs()
  const rows = listAllCheckpoints(db)
  const statuses = statusesOfSaved(db)
  const times = rows.map(({ createdAtMs }) => createdAtMs)
  const operations = [...Map.groupBy(rows, ({ operationId }) => operationId)].map(
    ([operationId, own]) => ({
      operationId,
      status: statuses.get(operationId)!,
      checkpoints: own.length,
      sizeBytes: storedBytes(db, operationId),
      oldestAgeMs: nowMs - own.at(-1)!.createdAtMs,
      newestAgeMs: nowMs - own[0]!.createdAtMs,
    }),
  )
  return {
    totalCheckpoints: rows.length,
    totalSizeBytes: storedBytes(db),
    oldestCheckpoint: rows.length === 0 ? null : new Date(Math.min(...times)).toISOString(),
    newestAgeMs: operations[0]?.newestAgeMs ?? null,
    valid: rows.filter(({ damage, isSealed }) => damage === null && isSealed).length,
    reclaimableBytes: cleanUp(store, rules, { dryRun: true }).bytesFreed,
    operations,
  }
}
