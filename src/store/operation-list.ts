// Which operations there are, for whoever looks for some of them: a store may hold a hundred thousand, and all that is known
// of one is some kilobytes.

import type { OperationStatus } from '../core/operation.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import { IS_USABLE } from './checkpoint-table.ts'
import {
  operationFromRaw,
  outlineFromRaw,
  type OperationOutline,
  type OperationRow,
  type RawOperation,
  type RawOutline,
} from './operation-table.ts'
import { preparedValue } from './prepared.ts'

export const OPERATION_ORDERS = ['age', 'progress', 'size', 'status'] as const

export type OperationPage = {
  readonly status?: OperationStatus | undefined
  readonly type?: string | undefined
  /** Only those with settings, in one of these states, that have a checkpoint to go on from. */
  readonly resumableIn?: readonly OperationStatus[] | undefined
  readonly order: (typeof OPERATION_ORDERS)[number]
  readonly limit?: number | undefined
}

export type ListedOperation = OperationOutline & {
  /** Without them there is nothing that a resume could go by. */
  readonly hasSettings: boolean
  /** A checkpoint to go on from. */
  readonly hasUsable: boolean
  /** Bytes that its checkpoints have on the disk. */
  readonly storedBytes: number
}

type RawListed = RawOutline & {
  readonly has_settings: number
  readonly has_usable: number
  readonly stored_bytes: number
}

const HAS_SETTINGS = "settings_json <> 'null' AND json_valid(settings_json)"
const HAS_USABLE = `EXISTS (SELECT 1 FROM checkpoint WHERE operation_id = operation.id AND ${IS_USABLE})`
const STORED_BYTES = `(SELECT coalesce(sum(size_bytes), 0) FROM pack WHERE operation_id = operation.id)
  + (SELECT coalesce(sum(size_bytes), 0) FROM blob WHERE operation_id = operation.id AND pack_id IS NULL)`

const ORDER_BY: Readonly<Record<OperationPage['order'], string>> = {
  age: '',
  progress: "iif(json_valid(progress_json), json_extract(progress_json, '$.doneRatio'), 0) DESC,",
  size: `${STORED_BYTES} DESC,`,
  status: 'status,',
}

/** Newest first within what is equal in the order. Of the rows of the page, what a list shows. */
export function pageOperations(
  db: Sqlite,
  { status, type, resumableIn, order, limit }: OperationPage,
): ListedOperation[] {
  const conditions = [
    ...(status === undefined ? [] : ['status = @status']),
    ...(type === undefined ? [] : ['type = @type']),
    ...(resumableIn === undefined
      ? []
      : [
          `status IN (SELECT value FROM json_each(@resumableIn)) AND ${HAS_SETTINGS} AND ${HAS_USABLE}`,
        ]),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const sql = `SELECT id, type, name, status, progress_json, error_json, created_at_ms, ended_at_ms,
      ${HAS_SETTINGS} AS has_settings, ${HAS_USABLE} AS has_usable, ${STORED_BYTES} AS stored_bytes
    FROM operation WHERE rowid IN (
      SELECT rowid FROM operation ${where} ORDER BY ${ORDER_BY[order]} rowid DESC LIMIT @limit)
    ORDER BY ${ORDER_BY[order]} rowid DESC`
  const rows = db.prepare<unknown[], RawListed>(sql).iterate({
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
    ...(resumableIn === undefined ? {} : { resumableIn: JSON.stringify(resumableIn) }),
    limit: limit ?? -1,
  })
  return Array.from(rows, (raw) => ({
    ...outlineFromRaw(raw),
    hasSettings: raw.has_settings === 1,
    hasUsable: raw.has_usable === 1,
    storedBytes: raw.stored_bytes,
  }))
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
  return preparedValue(db, 'SELECT 1 FROM operation WHERE id = ?').get(id) !== undefined
}

export function statusOf(db: Sqlite, id: string): OperationStatus | undefined {
  const sql = 'SELECT status FROM operation WHERE id = ?'
  return preparedValue<[string], OperationStatus>(db, sql).get(id)
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
