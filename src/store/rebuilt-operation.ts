// Rows of operations whose record was lost, put together from what is known of them elsewhere.

import type { Sqlite } from '../runtime/sqlite.ts'
import type { OperationRow } from './operation-table.ts'
import { seal } from './row-seal.ts'

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
