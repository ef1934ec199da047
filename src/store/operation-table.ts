// Rows of `operation`. Every write of a running operation is fenced: it names the generation under which its writer
// claimed the operation, and changes nothing when somebody has taken over since.

import type { Json } from '../core/hash.ts'
import type { OperationStatus, Progress } from '../core/operation.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import { NO_CURSOR, parseColumn } from './json-column.ts'
import { prepared, preparedValue } from './prepared.ts'
import { isSealed, seal, sealing } from './row-seal.ts'

export type OperationError = {
  readonly code: string
  readonly message: string
  readonly suggestions: readonly string[]
}

export type OperationRow = {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly status: OperationStatus
  readonly generation: number
  readonly settings: Json
  readonly fingerprints: Readonly<Record<string, string>>
  readonly policy: Json
  readonly progress: Progress
  readonly lastSeq: number
  readonly error: OperationError | null
  readonly result: Json
  readonly cancelRequestedAtMs: number | null
  readonly cancelReason: string | null
  readonly createdAtMs: number
  readonly endedAtMs: number | null
  /** The operation that this one is a retry of; it may have been deleted since. */
  readonly retriedFrom: string | null
  /** False when the row is not as it was written. */
  readonly isSealed: boolean
}

/** Who writes, and under which claim. */
export type Fence = { readonly operationId: string; readonly generation: number }

export type RawOperation = {
  id: string
  type: string
  name: string
  status: string
  generation: number
  settings_json: string
  fingerprints_json: string
  policy_json: string
  progress_json: string
  last_seq: number
  error_json: string | null
  result_json: string | null
  cancel_requested_at_ms: number | null
  cancel_reason: string | null
  created_at_ms: number
  ended_at_ms: number | null
  retried_from: string | null
  seal: string
}

export function insertOperation(
  db: Sqlite,
  row: Pick<
    OperationRow,
    'id' | 'type' | 'name' | 'settings' | 'fingerprints' | 'policy' | 'progress' | 'createdAtMs'
  > &
    Partial<Pick<OperationRow, 'retriedFrom'>>,
): void {
  db.prepare(
    `INSERT INTO operation (id, type, name, status, generation, settings_json, fingerprints_json, policy_json,
       progress_json, last_seq, created_at_ms, retried_from)
     VALUES (?, ?, ?, 'running', 1, ?, ?, ?, ?, 0, ?, ?)`,
  ).run(
    row.id,
    row.type,
    row.name,
    JSON.stringify(row.settings),
    JSON.stringify(row.fingerprints),
    JSON.stringify(row.policy),
    JSON.stringify(row.progress),
    row.createdAtMs,
    row.retriedFrom ?? null,
  )
  seal(db, 'operation', 'id = ?', row.id)
}

/** Whether a statement has changed the row. */
function hasChanged(
  db: Sqlite,
  id: string,
  statement: () => { readonly changes: number },
): boolean {
  return sealing(db, 'operation', 'id = ?', id, statement).changes === 1
}

/** An operation of which the record was lost, as far as it is known from elsewhere. */
export function insertRebuiltOperation(
  db: Sqlite,
  row: Pick<
    OperationRow,
    | 'id'
    | 'type'
    | 'name'
    | 'status'
    | 'generation'
    | 'settings'
    | 'fingerprints'
    | 'policy'
    | 'progress'
    | 'lastSeq'
    | 'error'
    | 'result'
    | 'createdAtMs'
    | 'endedAtMs'
  >,
): void {
  db.prepare(
    `INSERT INTO operation (id, type, name, status, generation, settings_json, fingerprints_json, policy_json,
       progress_json, last_seq, error_json, result_json, created_at_ms, ended_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    row.id,
    row.type,
    row.name,
    row.status,
    row.generation,
    JSON.stringify(row.settings),
    JSON.stringify(row.fingerprints),
    JSON.stringify(row.policy),
    JSON.stringify(row.progress),
    row.lastSeq,
    row.error && JSON.stringify(row.error),
    row.result && JSON.stringify(row.result),
    row.createdAtMs,
    row.endedAtMs,
  )
  seal(db, 'operation', 'id = ?', row.id)
}

export function findOperation(db: Sqlite, id: string): OperationRow | undefined {
  const sql = 'SELECT * FROM operation WHERE id = ?'
  const raw = prepared<[string], RawOperation>(db, sql).get(id)
  return raw && operationFromRaw(raw)
}

/**
 * The claim: one UPDATE that exactly one of many concurrent callers sees succeed.
 * @returns false when the operation is not (any more) in a state that may be resumed
 */
export function claimOperation(
  db: Sqlite,
  id: string,
  from: readonly OperationStatus[],
  settings: Json,
): boolean {
  return hasChanged(db, id, () =>
    db
      .prepare(
        `UPDATE operation SET status = 'running', generation = generation + 1, settings_json = ?,
           error_json = NULL, ended_at_ms = NULL, cancel_requested_at_ms = NULL, cancel_reason = NULL
         WHERE id = ? AND status IN (${from.map(() => '?').join(', ')})`,
      )
      .run(JSON.stringify(settings), id, ...from),
  )
}

/** Records an acknowledged checkpoint. False when fenced off. */
export function recordProgress(db: Sqlite, fence: Fence, seq: number, progress: Progress): boolean {
  return hasChanged(db, fence.operationId, () =>
    db
      .prepare(
        `UPDATE operation SET last_seq = ?, progress_json = ?
         WHERE id = ? AND generation = ? AND status = 'running'`,
      )
      .run(seq, JSON.stringify(progress), fence.operationId, fence.generation),
  )
}

export type Ending = {
  readonly status: Extract<OperationStatus, 'completed' | 'failed' | 'cancelled'>
  readonly error?: OperationError
  readonly result?: Json
  readonly progress?: Progress
  readonly endedAtMs: number
}

/** Ends a running operation. False when fenced off. */
export function endOperation(db: Sqlite, fence: Fence, ending: Ending): boolean {
  return hasChanged(db, fence.operationId, () =>
    db
      .prepare(
        `UPDATE operation SET status = ?, error_json = ?, result_json = ?, ended_at_ms = ?,
           progress_json = coalesce(?, progress_json)
         WHERE id = ? AND generation = ? AND status = 'running'`,
      )
      .run(
        ending.status,
        ending.error ? JSON.stringify(ending.error) : null,
        ending.result === undefined ? null : JSON.stringify(ending.result),
        ending.endedAtMs,
        ending.progress ? JSON.stringify(ending.progress) : null,
        fence.operationId,
        fence.generation,
      ),
  )
}

/** Shuts out whoever still believes to own the operation. */
export function bumpGeneration(db: Sqlite, id: string): void {
  hasChanged(db, id, () =>
    db.prepare('UPDATE operation SET generation = generation + 1 WHERE id = ?').run(id),
  )
}

/** Number of the last acknowledged checkpoint, 0 = none yet. */
export function lastSeqOf(db: Sqlite, id: string): number | undefined {
  const sql = 'SELECT last_seq FROM operation WHERE id = ?'
  return preparedValue<[string], number>(db, sql).get(id)
}

/** After checkpoints were deleted by hand: the newest that is left, or 0. */
export function setLastSeq(db: Sqlite, id: string, seq: number): void {
  hasChanged(db, id, () =>
    prepared(db, 'UPDATE operation SET last_seq = ? WHERE id = ?').run(seq, id),
  )
}

/** Back to an earlier checkpoint: what is resumable stays so, and what was completed becomes so again. */
export function rewindOperation(db: Sqlite, id: string, progress: Progress): void {
  hasChanged(db, id, () =>
    db
      .prepare(
        `UPDATE operation SET status = CASE status WHEN 'completed' THEN 'cancelled' ELSE status END,
           generation = generation + 1, progress_json = ?, result_json = NULL
         WHERE id = ? AND status <> 'running'`,
      )
      .run(JSON.stringify(progress), id),
  )
}

/** With its attempts. Its checkpoints and what it has published are gone before. */
export function deleteOperation(db: Sqlite, id: string): void {
  db.prepare('DELETE FROM operation WHERE id = ?').run(id)
}

/** Asks the owner of a running operation to stop. Call inside a transaction. False when it is not running. */
export function requestCancel(
  db: Sqlite,
  id: string,
  reason: string | null,
  nowMs: number,
): boolean {
  return hasChanged(db, id, () =>
    db
      .prepare(
        `UPDATE operation SET cancel_requested_at_ms = ?, cancel_reason = ?
         WHERE id = ? AND status = 'running'`,
      )
      .run(nowMs, reason, id),
  )
}

/** The reason of a pending cancel request ('' when none was given), or undefined. */
export function pendingCancel(db: Sqlite, id: string): string | undefined {
  const row = db
    .prepare<[string], { cancel_requested_at_ms: number | null; cancel_reason: string | null }>(
      'SELECT cancel_requested_at_ms, cancel_reason FROM operation WHERE id = ?',
    )
    .get(id)
  return row?.cancel_requested_at_ms == null ? undefined : (row.cancel_reason ?? '')
}

const NO_PROGRESS: Progress = { cursor: NO_CURSOR, doneRatio: 0, metrics: {} }

export function operationFromRaw(raw: RawOperation): OperationRow {
  return {
    ...outlineFromRaw(raw),
    generation: raw.generation,
    settings: parseColumn<Json>(raw.settings_json, null),
    fingerprints: parseColumn<Record<string, string>>(raw.fingerprints_json, {}),
    policy: parseColumn<Json>(raw.policy_json, {}),
    lastSeq: raw.last_seq,
    result: parseColumn<Json>(raw.result_json, null),
    cancelRequestedAtMs: raw.cancel_requested_at_ms,
    cancelReason: raw.cancel_reason,
    retriedFrom: raw.retried_from ?? null,
    isSealed: isSealed(raw),
  }
}

/** What tells one operation from others, and where it stands. */
export type OperationOutline = Pick<
  OperationRow,
  'id' | 'type' | 'name' | 'status' | 'progress' | 'error' | 'createdAtMs' | 'endedAtMs'
>

export type RawOutline = Pick<
  RawOperation,
  | 'id'
  | 'type'
  | 'name'
  | 'status'
  | 'progress_json'
  | 'error_json'
  | 'created_at_ms'
  | 'ended_at_ms'
>

export function outlineFromRaw(raw: RawOutline): OperationOutline {
  return {
    id: raw.id,
    type: raw.type,
    name: raw.name,
    status: raw.status as OperationStatus,
    progress: parseColumn(raw.progress_json, NO_PROGRESS),
    error: parseColumn<OperationError | null>(raw.error_json, null),
    createdAtMs: raw.created_at_ms,
    endedAtMs: raw.ended_at_ms,
  }
}
