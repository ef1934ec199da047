// Operations as they are shown, in `--json` as on the screen. Keys may be added, never removed.

import type { Json } from '../core/hash.ts'
import type { Cursor, OperationStatus, Overhead } from '../core/operation.ts'
import type { Layout } from '../core/layout.ts'
import { listAttempts } from '../store/attempt-table.ts'
import { storedBytes } from '../store/blob-table.ts'
import {
  findUsableCheckpoint,
  listCheckpoints,
  type CheckpointRow,
} from '../store/checkpoint-table.ts'
import type { Sqlite } from '../store/database.ts'
import { listRetries, type ListedOperation } from '../store/operation-list.ts'
import type { OperationError, OperationOutline, OperationRow } from '../store/operation-table.ts'
import { withLiveProgress } from './live-progress.ts'
import { logPath } from './operation-log.ts'
import { recordedRunSettings, type RunSettings } from './run-settings.ts'
import { viewCheckpoint, type CheckpointView } from './checkpoint-view.ts'
import { isResumable, RESUMABLE } from './states.ts'

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

export function viewOperation(db: Sqlite, row: OperationRow, nowMs: number): OperationView {
  const newest = findUsableCheckpoint(db, row.id)
  return viewOutline(row, newest, storedBytes(db, row.id), isResumable(row), nowMs)
}

/** The same of one of a list, of which less was read. */
export function viewListed(db: Sqlite, row: ListedOperation, nowMs: number): OperationView {
  const newest = row.hasUsable ? findUsableCheckpoint(db, row.id) : undefined
  const mayResume = row.hasSettings && RESUMABLE.includes(row.status)
  return viewOutline(row, newest, row.storedBytes, mayResume, nowMs)
}

/** @param mayResume given a checkpoint to go on from */
function viewOutline(
  row: OperationOutline,
  newest: CheckpointRow | undefined,
  checkpointBytes: number,
  mayResume: boolean,
  nowMs: number,
): OperationView {
  return {
    operationId: row.id,
    type: row.type,
    name: row.name,
    status: row.status,
    progress: row.progress.doneRatio,
    cursor: row.progress.cursor,
    metrics: row.progress.metrics,
    checkpoint: newest ? viewCheckpoint(newest, nowMs) : null,
    checkpointBytes,
    resumable: newest !== undefined && mayResume,
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
