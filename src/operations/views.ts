// Operations and checkpoints as they are shown, in `--json` as on the screen. Keys may be added, never removed.

import type { Json } from '../core/hash.ts'
import type { Cursor, OperationStatus, Overhead } from '../core/operation.ts'
import { packPath } from '../checkpoint/durable-files.ts'
import { inspectParts, type InspectedPart } from '../checkpoint/inspect-checkpoint.ts'
import type { Source } from '../checkpoint/read-blobs.ts'
import { findDamage } from '../checkpoint/read-checkpoint.ts'
import type { Layout } from '../core/layout.ts'
import { listAttempts } from '../store/attempt-table.ts'
import { storedBytes } from '../store/blob-table.ts'
import {
  findUsableCheckpoint,
  listCheckpoints,
  type CheckpointRow,
} from '../store/checkpoint-table.ts'
import type { Sqlite } from '../store/database.ts'
import { listRetries } from '../store/operation-list.ts'
import type { OperationError, OperationRow } from '../store/operation-table.ts'
import { withLiveProgress } from './live-progress.ts'
import { logPath } from './operation-log.ts'
import { recordedRunSettings, type RunSettings } from './run-settings.ts'
import { isResumable } from './states.ts'

export type CheckpointView = {
  readonly operationId: string
  readonly seq: number
  readonly type: string
  readonly unit: string
  readonly at: number
  readonly of: number
  readonly within: Cursor['within']
  readonly createdAt: string
  readonly ageMs: number
  /** What its save has added to the disk. */
  readonly sizeBytes: number
  /** All that it consists of, before any codec. */
  readonly rawBytes: number
  /** Deltas to apply until all of it can be read. */
  readonly depth: number
  /** Why it cannot be used; null = good as far as is known. */
  readonly damage: string | null
  readonly pinned: boolean
  readonly tag: string | null
  readonly note: string | null
  /** A rollback has left it behind. */
  readonly superseded: boolean
}

/** A named part of a checkpoint: model, optimizer, best, equity, state … */
export type ArtifactView = {
  readonly name: string
  readonly sizeBytes: number
  readonly storedBytes: number
  readonly codecs: readonly string[]
  /** Pack files, relative to the packs directory, or `database`. */
  readonly places: readonly string[]
  /** What is wrong with it; null = every byte verifies. */
  readonly damage: string | null
}

export type CheckpointDetails = CheckpointView & {
  readonly operationType: string
  readonly operationStatus: OperationStatus
  readonly resumable: boolean
  /** What the job says of its state, e.g. trainLoss. */
  readonly state: Json
  readonly artifacts: readonly ArtifactView[]
  /** Of the pack that its save has written; null = it needed none, or nothing lies there any more. */
  readonly path: string | null
}

export type OperationView = {
  readonly operationId: string
  readonly type: string
  readonly name: string
  readonly status: OperationStatus
  /** 0 … 1, as of the end; of a running one where it stands, or its last save when it keeps no log. */
  readonly progress: number
  readonly cursor: Cursor
  readonly metrics: Readonly<Record<string, number | null>>
  readonly checkpoint: CheckpointView | null
  readonly checkpointBytes: number
  readonly resumable: boolean
  readonly createdAt: string
  readonly endedAt: string | null
  readonly ageMs: number
  readonly error: OperationError | null
}

export type OverheadView = Overhead & {
  /** Blocked of running; null before the first save. */
  readonly ratio: number | null
}

export type AttemptView = {
  readonly number: number
  readonly startedAt: string
  readonly endedAt: string | null
  readonly outcome: string | null
  readonly reason: string | null
  readonly pid: number
  readonly host: string
  readonly program: string
  readonly overrides: Json
  readonly resumedFrom: Json
  readonly overhead: OverheadView
}

export type OperationDetails = OperationView & {
  readonly settings: Json
  readonly fingerprints: Readonly<Record<string, string>>
  /** As the operation was started; the overhead is that of its newest attempt. */
  readonly saving: RunSettings & { readonly overhead: OverheadView | null }
  readonly attempts: readonly AttemptView[]
  readonly checkpoints: readonly CheckpointView[]
  /** What its newest good checkpoint says of it, `null` without one; of a queue: its tasks. */
  readonly state: Json
  readonly result: Json
  readonly log: string
  /** What it is a retry of; it may have been deleted since. */
  readonly retriedFrom: string | null
  /** Its retries, newest first. */
  readonly retriedBy: readonly string[]
}

export function viewCheckpoint(row: CheckpointRow, nowMs: number): CheckpointView {
  const { unit, at, of, within } = row.cursor
  return {
    operationId: row.operationId,
    seq: row.seq,
    type: row.type,
    unit,
    at,
    of,
    within,
    createdAt: new Date(row.createdAtMs).toISOString(),
    ageMs: nowMs - row.createdAtMs,
    sizeBytes: row.sizeBytes,
    rawBytes: row.rawBytes,
    depth: row.depth,
    damage: row.damage,
    pinned: row.isPinned,
    tag: row.tag,
    note: row.note,
    superseded: row.isSuperseded,
  }
}

/** Reads every part: what it says of its integrity is true at this moment. */
export function viewCheckpointDetails(
  source: Source,
  row: CheckpointRow,
  operation: OperationRow,
  nowMs: number,
): CheckpointDetails {
  const parts = inspectParts(source, row.id)
  const own = packPath(row.operationId, row.generation, row.seq)
  return {
    ...viewCheckpoint(row, nowMs),
    damage: findDamage(source, row) ?? null,
    operationType: operation.type,
    operationStatus: operation.status,
    resumable: isResumable(operation),
    state: row.summary,
    artifacts: artifactsOf(parts),
    path: parts.some(({ path }) => path === own) ? own : null,
  }
}

/** Parts by the field of the state that they belong to. */
function artifactsOf(parts: readonly InspectedPart[]): ArtifactView[] {
  const groups = Map.groupBy(parts, ({ name }) => name.split('.')[0]!)
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)
  return [...groups].map(([name, group]) => ({
    name,
    sizeBytes: sum(group.map(({ blob }) => blob.rawBytes)),
    storedBytes: sum(group.map(({ blob }) => blob.sizeBytes)),
    codecs: [...new Set(group.map(({ blob }) => blob.codec))].toSorted(),
    places: [...new Set(group.map(({ path }) => path ?? 'database'))].toSorted(),
    damage: group.find(({ damage }) => damage !== null)?.damage ?? null,
  }))
}

export function viewOperation(db: Sqlite, row: OperationRow, nowMs: number): OperationView {
  const newest = findUsableCheckpoint(db, row.id)
  return {
    operationId: row.id,
    type: row.type,
    name: row.name,
    status: row.status,
    progress: row.progress.doneRatio,
    cursor: row.progress.cursor,
    metrics: row.progress.metrics,
    checkpoint: newest ? viewCheckpoint(newest, nowMs) : null,
    checkpointBytes: storedBytes(db, row.id),
    resumable: newest !== undefined && isResumable(row),
    createdAt: new Date(row.createdAtMs).toISOString(),
    endedAt: row.endedAtMs === null ? null : new Date(row.endedAtMs).toISOString(),
    ageMs: nowMs - row.createdAtMs,
    error: row.error,
  }
}

export function viewOperationDetails(
  db: Sqlite,
  layout: Layout,
  row: OperationRow,
  nowMs: number,
): OperationDetails {
  const attempts = listAttempts(db, row.id).map(
    ({ startedAtMs, endedAtMs, generation: _, resumedFrom, overhead, ...rest }) => ({
      ...rest,
      startedAt: new Date(startedAtMs).toISOString(),
      endedAt: endedAtMs === null ? null : new Date(endedAtMs).toISOString(),
      resumedFrom: resumedFrom && viewResumedFrom(resumedFrom),
      overhead: viewOverhead(overhead),
    }),
  )
  return {
    ...viewOperation(db, withLiveProgress(layout, row), nowMs),
    settings: row.settings,
    fingerprints: row.fingerprints,
    saving: {
      ...recordedRunSettings(row.policy),
      overhead: attempts.at(-1)?.overhead ?? null,
    },
    attempts,
    checkpoints: listCheckpoints(db, row.id).map((checkpoint) => viewCheckpoint(checkpoint, nowMs)),
    state: findUsableCheckpoint(db, row.id)?.summary ?? null,
    result: row.result,
    log: logPath(layout.logs, row.id),
    retriedFrom: row.retriedFrom,
    retriedBy: listRetries(db, row.id),
  }
}

function viewOverhead(overhead: Overhead): OverheadView {
  const { blockedMs, runningMs } = overhead
  return { ...overhead, ratio: runningMs > 0 ? blockedMs / runningMs : null }
}

/** {seq, type, createdAt, epoch: 29, batch: 120}: the cursor by the names of its units. */
export function viewResumedFrom({
  seq,
  type,
  createdAtMs,
  cursor,
}: {
  readonly seq: number
  readonly type: string
  readonly createdAtMs: number
  readonly cursor: Cursor
}): Readonly<Record<string, Json>> {
  return {
    seq,
    type,
    createdAt: new Date(createdAtMs).toISOString(),
    [cursor.unit]: cursor.at,
    ...(cursor.within ? { [cursor.within.unit]: cursor.within.at } : {}),
  }
}

/** How a run ended: what `train`, `backtest` and `operations resume` answer. The figures of the job stand beside. */
export type RunReport = {
  readonly operationId: string
  readonly type: string
  readonly name: string
  readonly status: OperationStatus
  readonly resumedFrom: Readonly<Record<string, Json>> | null
  readonly cursor: Cursor
  /** The checkpoint saved when the run was stopped; null when none was. */
  readonly checkpoint: CheckpointView | null
  readonly resumable: boolean
  readonly error: OperationError | null
} & Readonly<Record<string, unknown>>

export function viewRun(
  db: Sqlite,
  row: OperationRow,
  end: {
    readonly checkpoint: unknown
    readonly resumedFrom: Parameters<typeof viewResumedFrom>[0] | null
    readonly isAbandoned: boolean
  },
  nowMs: number,
): RunReport {
  const { checkpoint, resumable } = viewOperation(db, row, nowMs)
  // Whoever abandons a run that hangs may not have been able to record its end; the next start will.
  const willBeResumable = end.isAbandoned && checkpoint !== null
  return {
    operationId: row.id,
    type: row.type,
    name: row.name,
    status: row.status,
    ...(row.result as Record<string, Json> | null),
    resumedFrom: end.resumedFrom && viewResumedFrom(end.resumedFrom),
    cursor: row.progress.cursor,
    checkpoint: end.checkpoint ? checkpoint : null,
    resumable: resumable || willBeResumable,
    error: row.error,
  }
}
