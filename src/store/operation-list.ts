// Which operations there are, for whoever looks for some of them: a store may hold a hundred thousand, and all that is known
// of one is some kilobytes.

import type { OperationStatus } from '../core/operation.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import { IS_USABLE } from './checkpoint-table.ts'
import { operationFromRaw, type OperationRow, type RawOperation } from './operation-table.ts'

export const OPERATION_ORDERS = ['age', 'progress', 'size', 'status'] as const

export type OperationPage = {
  readonly status?: OperationStatus | undefined
  readonly type?: string | undefined
  /** Only those with settings, in one of these states, that have a checkpoint to go on from. */
  readonly resumableIn?: readonly OperationStatus[] | undefined
  readonly order: (typeof OPERATION_ORDERS)[number]
  readonly limit?: number | undefined
}

const ORDER_BY: Readonly<Record<OperationPage['order'], string>> = {
  age: '',
  progress: "iif(json_valid(progress_json), json_extract(progress_json, '$.doneRatio'), 0) DESC,",
  size: `(SELECT coalesce(sum(size_bytes), 0) FROM pack WHERE operation_id = operation.id)
    + (SELECT coalesce(sum(size_bytes), 0) FROM blob WHERE operation_id = operation.id AND pack_id IS NULL) DESC,`,
  status: 'status,',
}

/** Newest first within what is equal in the order. Only the rows of the page are read as a whole. */
export function pageOperations(
  db: Sqlite,
  { status, type, resumableIn, order, limit }: OperationPage,
): OperationRow[] {
  const conditions = [
    ...(status === undefined ? [] : ['status = @status']),
    ...(type === undefined ? [] : ['type = @type']),
    ...(resumableIn === undefined
      ? []
      : [
          `status IN (SELECT value FROM json_each(@resumableIn)) AND settings_json <> 'null' AND json_valid(settings_json)
           AND EXISTS (SELECT 1 FROM checkpoint WHERE operation_id = operation.id AND ${IS_USABLE})`,
        ]),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const sql = `SELECT * FROM operation WHERE rowid IN (
      SELECT rowid FROM operation ${where} ORDER BY ${ORDER_BY[order]} rowid DESC LIMIT @limit)
    ORDER BY ${ORDER_BY[order]} rowid DESC`
  return db
    .prepare<unknown[], RawOperation>(sql)
    .all({
      ...(status === undefined ? {} : { status }),
      ...(type === undefined ? {} : { type }),
      ...(resumableIn === undefined ? {} : { resumableIn: JSON.stringify(resumableIn) }),
      limit: limit ?? -1,
    })
    .map(operationFromRaw)
}

/**
 * Ids that `text` may name, newest first: all that begin or end with it, or the newest for "latest". The `+` has SQLite look
 * through the index of ids, which is a hundredth of the table.
 */
export function listIdsLike(db: Sqlite, text: string): string[] {
  if (text === 'latest')
    return db
      .prepare('SELECT id FROM operation ORDER BY rowid DESC LIMIT 1')
      .pluck()
      .all() as string[]
  if (text === '') return []
  if (isOperationKnown(db, text)) return [text]
  return db
    .prepare(
      `SELECT id FROM operation
       WHERE substr(id, 1, length(@text)) = @text OR substr(id, -length(@text)) = @text ORDER BY +rowid DESC`,
    )
    .pluck()
    .all({ text }) as string[]
}

export function isOperationKnown(db: Sqlite, id: string): boolean {
  return db.prepare('SELECT 1 FROM operation WHERE id = ?').get(id) !== undefined
}

export function statusOf(db: Sqlite, id: string): OperationStatus | undefined {
  const sql = 'SELECT status FROM operation WHERE id = ?'
  return db.prepare(sql).pluck().get(id) as OperationStatus | undefined
}

/** Of the operations that have checkpoints, newest first. */
export function statusesOfSaved(db: Sqlite): Map<string, OperationStatus> {
  const rows = db
    .prepare<[], Pick<RawOperation, 'id' | 'status'>>(
      'SELECT id, status FROM operation WHERE id IN (SELECT operation_id FROM checkpoint) ORDER BY rowid DESC',
    )
    .all()
  return new Map(rows.map(({ id, status }) => [id, status as OperationStatus]))
}

/** All operations, newest first. */
export function listOperations(db: Sqlite): OperationRow[] {
  return db
    .prepare<[], RawOperation>('SELECT * FROM operation ORDER BY rowid DESC')
    .all()
    .map(operationFromRaw)
}

/** Operations in whose settings a text stands as a whole, newest first. */
export function listOperationsNaming(db: Sqlite, text: string): OperationRow[] {
  return db
    .prepare<[string], RawOperation>(
      'SELECT * FROM operation WHERE instr(settings_json, ?) > 0 ORDER BY rowid DESC',
    )
    .all(JSON.stringify(text))
    .map(operationFromRaw)
}

/** Ids of the retries of an operation, newest first. */
export function listRetries(db: Sqlite, id: string): string[] {
  return db
    .prepare<[string], string>(
      'SELECT id FROM operation WHERE retried_from = ? ORDER BY rowid DESC',
    )
    .pluck()
    .all(id) as string[]
}

/** Ids of all operations, newest first. */
export function listOperationIds(db: Sqlite): string[] {
  return db
    .prepare<[], string>('SELECT id FROM operation ORDER BY rowid DESC')
    .pluck()
    .all() as string[]
}

export function listRunningIds(db: Sqlite): string[] {
  return db
    .prepare<[], string>("SELECT id FROM operation WHERE status = 'running'")
    .pluck()
    .all() as string[]
}
