// Rows of `phase`: what a pipeline has done, by the fingerprint of what each phase depends on. They carry no seal: a
// fingerprint or a hash that has changed makes the phase run again, and nothing else.

import type { Sqlite } from '../runtime/sqlite.ts'
import { parseColumn } from './json-column.ts'
import type { OperationError } from './operation-table.ts'

export const PHASE_STATUSES = ['running', 'completed', 'failed', 'cancelled'] as const
export type PhaseStatus = (typeof PHASE_STATUSES)[number]

/** Something that a phase has made: what a reference to it means, and where it lies. */
export type PhaseOutput = {
  readonly value: string
  /** A file or a directory; null = it is only a name. */
  readonly path: string | null
  readonly sha256: string | null
  readonly sizeBytes: number
}

export type PhaseOutputs = Readonly<Record<string, PhaseOutput>>

/** A child process, by what no other one has. */
export type ProcessMark = { readonly pid: number; readonly startedAt: string }

export type PhaseRow = {
  /** Absolute path of the file. */
  readonly pipeline: string
  readonly name: string
  readonly phase: string
  readonly kind: string
  readonly fingerprint: string
  readonly parts: Readonly<Record<string, string>>
  readonly operationId: string | null
  readonly process: ProcessMark | null
  readonly status: PhaseStatus
  readonly startedAtMs: number
  readonly endedAtMs: number | null
  readonly outputs: PhaseOutputs
  readonly sizeBytes: number
  readonly error: OperationError | null
}

export type PhaseKey = Pick<PhaseRow, 'pipeline' | 'phase' | 'fingerprint'>

type Raw = {
  pipeline: string
  name: string
  phase: string
  kind: string
  fingerprint: string
  parts_json: string
  operation_id: string | null
  process_json: string | null
  status: string
  started_at_ms: number
  ended_at_ms: number | null
  outputs_json: string
  size_bytes: number
  error_json: string | null
}

/** A phase begins, or goes on: whatever its row said before is replaced. */
export function beginPhase(
  db: Sqlite,
  row: Omit<PhaseRow, 'process' | 'status' | 'endedAtMs' | 'outputs' | 'sizeBytes' | 'error'>,
): void {
  db.prepare(
    `INSERT OR REPLACE INTO phase (pipeline, name, phase, kind, fingerprint, parts_json, operation_id, status,
       started_at_ms, outputs_json, size_bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?, '{}', 0)`,
  ).run(
    row.pipeline,
    row.name,
    row.phase,
    row.kind,
    row.fingerprint,
    JSON.stringify(row.parts),
    row.operationId,
    row.startedAtMs,
  )
}

export function notePhaseProcess(db: Sqlite, key: PhaseKey, mark: ProcessMark): void {
  db.prepare(
    'UPDATE phase SET process_json = ? WHERE pipeline = ? AND phase = ? AND fingerprint = ?',
  ).run(JSON.stringify(mark), key.pipeline, key.phase, key.fingerprint)
}

export function endPhase(
  db: Sqlite,
  key: PhaseKey,
  ending: {
    readonly status: Exclude<PhaseStatus, 'running'>
    readonly endedAtMs: number
    readonly outputs?: PhaseOutputs
    readonly error?: OperationError
  },
): void {
  const { status, endedAtMs, outputs = {}, error } = ending
  const sizeBytes = Object.values(outputs).reduce((sum, output) => sum + output.sizeBytes, 0)
  db.prepare(
    `UPDATE phase SET status = ?, ended_at_ms = ?, outputs_json = ?, size_bytes = ?, error_json = ?, process_json = NULL
     WHERE pipeline = ? AND phase = ? AND fingerprint = ?`,
  ).run(
    status,
    endedAtMs,
    JSON.stringify(outputs),
    sizeBytes,
    error ? JSON.stringify(error) : null,
    key.pipeline,
    key.phase,
    key.fingerprint,
  )
}

/** What is known of a pipeline, or of all, the newest first. */
export function listPhases(db: Sqlite, pipeline?: string): PhaseRow[] {
  return db
    .prepare<[string | null], Raw>(
      `SELECT * FROM phase WHERE pipeline = coalesce(?, pipeline)
       ORDER BY started_at_ms DESC, pipeline, phase, fingerprint`,
    )
    .all(pipeline ?? null)
    .map(fromRaw)
}

export function dropPhases(db: Sqlite, keys: readonly PhaseKey[]): void {
  const drop = db.prepare('DELETE FROM phase WHERE pipeline = ? AND phase = ? AND fingerprint = ?')
  for (const { pipeline, phase, fingerprint } of keys) drop.run(pipeline, phase, fingerprint)
}

function fromRaw(raw: Raw): PhaseRow {
  return {
    pipeline: raw.pipeline,
    name: raw.name,
    phase: raw.phase,
    kind: raw.kind,
    fingerprint: raw.fingerprint,
    parts: parseColumn<PhaseRow['parts']>(raw.parts_json, {}),
    operationId: raw.operation_id,
    process: parseColumn<ProcessMark | null>(raw.process_json, null),
    status: raw.status as PhaseStatus,
    startedAtMs: raw.started_at_ms,
    endedAtMs: raw.ended_at_ms,
    outputs: parseColumn<PhaseOutputs>(raw.outputs_json, {}),
    sizeBytes: raw.size_bytes,
    error: parseColumn<OperationError | null>(raw.error_json, null),
  }
}
