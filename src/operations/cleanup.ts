// Clean-up: checkpoints that their rules keep no longer go, then files that crashes left behind. One that was killed is
// carried on by the next.

import { judge, quotaOrder, type AgeRule, type RetentionRule } from '../checkpoint/retention.ts'
import { sweep, type SweepResult, type SweptFile } from '../checkpoint/sweep.ts'
import { afterCommit } from '../checkpoint/write-checkpoint.ts'
import { passPoint } from '../core/fault.ts'
import { sizeText } from '../core/units.ts'
import { storedBytes } from '../store/blob-table.ts'
import { listCheckpoints, listLeftBehind, type CheckpointRow } from '../store/checkpoint-table.ts'
import { giveBackRoom } from '../store/database.ts'
import { newestRowMs } from '../store/housekeeping-table.ts'
import { statusesOfSaved } from '../store/operation-list.ts'
import { findOperation } from '../store/operation-table.ts'
import {
  beginRemoval,
  reallyOrNot,
  removeFrom,
  type Chosen,
  type CleanupOptions,
  type CleanupStore,
  type JudgedCheckpoint,
  type Removal,
} from './removal.ts'
import { recordedRunSettings } from './run-settings.ts'

export type CleanupRules = {
  /** null = none goes for its age. */
  readonly maxAgeMs: number | null
  /** Bytes of all checkpoints; null = no quota. */
  readonly maxSizeBytes: number | null
  /** Instead of what each operation was started with. */
  readonly keepLast?: number | undefined
}

export type Cleanup = {
  readonly dryRun: boolean
  readonly checkpointsDeleted: number
  readonly orphanArtifactsCleaned: number
  readonly bytesFreed: number
  /** Why each went, or would. `sizeBytes`: what it alone has needed. */
  readonly reasons: readonly (JudgedCheckpoint & { readonly sizeBytes: number })[]
  readonly kept: readonly JudgedCheckpoint[]
  /** Operations that were passed over. */
  readonly skipped: readonly { readonly operationId: string; readonly reason: string }[]
  readonly orphans: readonly SweptFile[]
  readonly archivedBytes: number
  /** What should have gone and could not: a checkpoint ID@SEQ, or a file. */
  readonly failed: readonly { readonly path: string; readonly reason: string }[]
  readonly warnings: readonly string[]
}

/** After so long without a new row the clock is more likely wrong than right. */
const TRUSTED_MS = 400 * 86_400_000

/** @param runningId an operation of this process: its rows say nothing of whether the clock is right */
export function cleanUp(
  store: CleanupStore,
  rules: CleanupRules,
  { dryRun, archive }: CleanupOptions,
  runningId?: string,
): Cleanup {
  passPoint('cleanup.begun')
  const warning = rules.maxAgeMs === null ? undefined : clockWarning(store, runningId)
  const trusted = warning === undefined ? rules : { ...rules, maxAgeMs: null }
  const removal = beginRemoval(store, dryRun, archive)
  reallyOrNot(removal, () => removeByRules(removal, trusted))
  const swept = sweep(store.db, store.layout, { dryRun })
  if (removal.removed.length > 0 && !dryRun) afterCommit(() => giveBackRoom(store.db))
  passPoint('cleanup.done')

  const { removed, kept, skipped, failed, archivedBytes, warnings } = removal
  return {
    dryRun,
    checkpointsDeleted: removed.length,
    orphanArtifactsCleaned: swept.removed.length,
    bytesFreed: sumOfSizes(removed) + swept.bytesFreed,
    reasons: removed,
    kept,
    skipped: [...skipped].map(([operationId, reason]) => ({ operationId, reason })),
    orphans: swept.removed,
    archivedBytes,
    failed: [...failed, ...swept.failed],
    warnings: warning === undefined ? warnings : [warning, ...warnings],
  }
}

/** `ktrdr gc`: what a rollback has left behind, then files that crashes did. */
export function collectGarbage(store: CleanupStore, dryRun: boolean): SweepResult {
  const leftBehind = (rows: readonly CheckpointRow[]): Chosen[] =>
    chosenOf(rows, KEEP_ALL, NO_AGE).filter(({ row }) => row.isSuperseded)
  const removal = beginRemoval(store, dryRun)
  reallyOrNot(removal, () => {
    for (const id of listLeftBehind(store.db)) removeFrom(removal, id, leftBehind)
  })
  const swept = sweep(store.db, store.layout, { dryRun })
  const removed = removal.removed.map(({ operationId, seq, reason, sizeBytes }) => ({
    path: `${operationId}@${seq}`,
    reason,
    sizeBytes,
  }))
  return {
    ...swept,
    removed: [...removed, ...swept.removed],
    inUse: [...removal.skipped.keys(), ...swept.inUse],
    failed: [...removal.failed, ...swept.failed],
    bytesFreed: sumOfSizes(removed) + swept.bytesFreed,
  }
}

const KEEP_ALL: RetentionRule = { keepLast: Infinity, keepBest: 0 }
const NO_AGE: AgeRule = { nowMs: 0, maxAgeMs: null }

/** Why ages mean nothing at the moment, if they do not. */
function clockWarning({ db, clock }: CleanupStore, runningId?: string): string | undefined {
  const newestMs = newestRowMs(db, runningId)
  if (newestMs === undefined) return undefined
  const sinceMs = clock.nowMs() - newestMs
  if (sinceMs >= 0 && sinceMs <= TRUSTED_MS) return undefined
  const where = sinceMs < 0 ? 'before' : 'more than 400 days after'
  const newest = new Date(newestMs).toISOString()
  return `The clock stands ${where} the newest record, of ${newest}: nothing is removed for its age.`
}

function removeByRules(removal: Removal, { maxAgeMs, maxSizeBytes, keepLast }: CleanupRules): void {
  const { db, clock } = removal.store
  const age = { nowMs: clock.nowMs(), maxAgeMs }
  // One after the other: all records of a store that is years old are more than fits into memory.
  const operations = [...statusesOfSaved(db).keys()].toReversed().flatMap((id) => {
    const { status, policy, isSealed } = findOperation(db, id)!
    if (!isSealed) removal.skipped.set(id, 'its record is damaged')
    if (!isSealed) return []
    const { retention } = recordedRunSettings(policy)
    const rule = keepLast === undefined ? retention : { ...retention, keepLast }
    return [{ id, rule, isResumable: status !== 'completed' }]
  })
  for (const { id, rule } of operations)
    removeFrom(removal, id, (rows) => chosenOf(rows, rule, age))

  if (maxSizeBytes !== null) {
    const lists = operations.map(({ id, isResumable }) => ({
      isResumable,
      checkpoints: listCheckpoints(db, id).filter(({ isSealed }) => isSealed),
    }))
    fitIntoQuota(removal, quotaOrder(lists), maxSizeBytes)
  }

  const left = statusesOfSaved(db)
  for (const { id, rule } of operations.filter((operation) => left.has(operation.id)))
    for (const { checkpoint, isKept, reason } of judge(listCheckpoints(db, id), rule, age)) {
      const skipped = removal.skipped.get(id)
      if (isKept || skipped !== undefined)
        removal.kept.push({ operationId: id, seq: checkpoint.seq, reason: skipped ?? reason })
    }
}

function fitIntoQuota(removal: Removal, order: readonly CheckpointRow[], maxBytes: number): void {
  const { db } = removal.store
  const quota = sizeText(maxBytes)
  for (const { id, operationId } of order) {
    if (storedBytes(db) <= maxBytes) return
    removeFrom(removal, operationId, (rows) =>
      rows
        .filter((row) => row.id === id)
        .map((row) => ({ row, reason: `over the quota of ${quota}` })),
    )
  }
  const left = storedBytes(db)
  if (left > maxBytes)
    removal.warnings.push(
      `Checkpoints that are pinned, tagged or in use take ${sizeText(left)}, more than the quota of ${quota}.`,
    )
}

/** What goes, the oldest first. A row that is not as it was written decides nothing, so it stays. */
function chosenOf(rows: readonly CheckpointRow[], rule: RetentionRule, age: AgeRule): Chosen[] {
  return judge(rows, rule, age)
    .filter(({ isKept, checkpoint }) => !isKept && checkpoint.isSealed)
    .map(({ checkpoint, reason }) => ({ row: checkpoint, reason }))
    .toSorted((a, b) => a.row.seq - b.row.seq)
}

function sumOfSizes(removed: readonly { readonly sizeBytes: number }[]): number {
  return removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}
