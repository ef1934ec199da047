// Rows of `attempt`: each start of an operation, who ran it, from where, and how it ended (C10).

import type { Json } from '../core/hash.ts'
import type { OperationStatus, Overhead, ResumedFrom } from '../core/operation.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import type { Fence } from './operation-table.ts'
import { seal } from './row-seal.ts'

export type AttemptRow = {
  readonly number: number
  readonly generation: number
  readonly pid: number
  readonly host: string
  readonly program: string
  readonly overrides: Json
  readonly resumedFrom: ResumedFrom | null
  readonly startedAtMs: number
  readonly endedAtMs: number | null
  readonly outcome: OperationStatus | null
  readonly reason: string | null
  /** As of the last save or the end. */
  readonly overhead: Overhead
}

type Raw = {
  number: number
  generation: number
  pid: number
  host: string
  program: string
  overrides_json: string
  resumed_from_json: string | null
  started_at_ms: number
  ended_at_ms: number | null
  outcome: string | null
  reason: string | null
  saves: number
  blocked_ms: number
  running_ms: number
}

/** Numbered after the attempts there are; its generation is the operation's current one. */
export function insertAttempt(
  db: Sqlite,
  operationId: string,
  attempt: Pick<
    AttemptRow,
    'pid' | 'host' | 'program' | 'overrides' | 'resumedFrom' | 'startedAtMs'
  >,
): void {
  db.prepare(
    `INSERT INTO attempt (operation_id, number, generation, pid, host, program, overrides_json,
       resumed_from_json, started_at_ms)
     SELECT id, (SELECT count(*) + 1 FROM attempt WHERE operation_id = operation.id), generation, ?, ?, ?, ?, ?, ?
     FROM operation WHERE id = ?`,
  ).run(
    attempt.pid,
    attempt.host,
    attempt.program,
    JSON.stringify(attempt.overrides),
    attempt.resumedFrom && JSON.stringify(attempt.resumedFrom),
    attempt.startedAtMs,
    operationId,
  )
  seal(db, 'attempt', 'operation_id = ? AND ended_at_ms IS NULL', operationId)
}

/** Call in the transaction of a fenced write: only its success says that the attempt is still the caller's. */
export function recordOverhead(db: Sqlite, fence: Fence, overhead: Overhead): void {
  db.prepare(
    `UPDATE attempt SET saves = @saves, blocked_ms = @blockedMs, running_ms = @runningMs
     WHERE operation_id = @operationId AND generation = @generation`,
  ).run({ ...overhead, ...fence })
  const { operationId, generation } = fence
  seal(db, 'attempt', 'operation_id = ? AND generation = ?', operationId, generation)
}

/** Ends the open attempt of an operation, if there is one. What a cancel request gave as its reason is the reason. */
export function endAttempt(
  db: Sqlite,
  operationId: string,
  outcome: OperationStatus,
  reason: string | null,
  endedAtMs: number,
): void {
  db.prepare(
    `UPDATE attempt SET ended_at_ms = @endedAtMs, outcome = @outcome, reason = coalesce(
       (SELECT cancel_reason FROM operation WHERE id = @operationId AND @outcome = 'cancelled'), @reason)
     WHERE operation_id = @operationId AND ended_at_ms IS NULL`,
  ).run({ operationId, outcome, reason, endedAtMs })
  seal(db, 'attempt', 'operation_id = ? AND ended_at_ms = ?', operationId, endedAtMs)
}

export function listAttempts(db: Sqlite, operationId: string): AttemptRow[] {
  return db
    .prepare<[string], Raw>('SELECT * FROM attempt WHERE operation_id = ? ORDER BY number')
    .all(operationId)
    .map((raw) => ({
      number: raw.number,
      generation: raw.generation,
      pid: raw.pid,
      host: raw.host,
      program: raw.program,
      overrides: JSON.parse(raw.overrides_json) as Json,
      resumedFrom:
        raw.resumed_from_json === null ? null : (JSON.parse(raw.resumed_from_json) as ResumedFrom),
      startedAtMs: raw.started_at_ms,
      endedAtMs: raw.ended_at_ms,
      outcome: raw.outcome as OperationStatus | null,
      reason: raw.reason,
      overhead: { saves: raw.saves, blockedMs: raw.blocked_ms, runningMs: raw.running_ms },
    }))
}
