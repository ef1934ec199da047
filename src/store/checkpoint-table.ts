// Rows of `checkpoint` and `trash`. A checkpoint is a row plus the blobs that it names; the row is the commit point. A
// file that a commit has stopped naming goes to the trash table in that commit, and is unlinked after.

import { sha256, type Json } from '../core/hash.ts'
import type { CheckpointType, Cursor } from '../core/operation.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import { dropUnneeded, insertPart, type BlobFacts, type Lane } from './blob-table.ts'
import { NO_CURSOR, parseColumn } from './json-column.ts'
import { prepared, preparedValue } from './prepared.ts'
import { isSealed, seal, sealing } from './row-seal.ts'

export type CheckpointRow = {
  readonly id: number
  readonly operationId: string
  readonly seq: number
  readonly lane: Lane
  readonly generation: number
  readonly type: CheckpointType
  readonly cursor: Cursor
  readonly summary: Json
  /** Lower is better; null when the job has no such figure. */
  readonly metric: number | null
  readonly format: number
  /** Version of the layout of the state, as its job counts; null in format 1, where it stands in the pack. */
  readonly stateVersion: number | null
  /** Of `partsSha256`; '' in format 1. */
  readonly partsSha256: string
  /** All that it consists of, before any codec. */
  readonly rawBytes: number
  /** What its save has added to the disk. */
  readonly sizeBytes: number
  /** Deltas to apply until all of it can be read. */
  readonly depth: number
  readonly createdAtMs: number
  /** Why it is no longer used; null = good as far as is known. */
  readonly damage: string | null
  /** A rollback has left it behind: no resume starts from it. */
  readonly isSuperseded: boolean
  readonly isPinned: boolean
  readonly tag: string | null
  readonly note: string | null
  /** False when the row is not as it was written. */
  readonly isSealed: boolean
}

type Raw = {
  id: number
  operation_id: string
  seq: number
  lane: number
  generation: number
  type: string
  cursor_json: string
  summary_json: string
  metric: number | null
  format: number
  state_version: number | null
  parts_sha256: string
  raw_bytes: number
  size_bytes: number
  depth: number
  created_at_ms: number
  damage: string | null
  superseded: number
  pinned: number
  tag: string | null
  note: string | null
  seal: string
}

/** A part of a checkpoint to be: its blob is there already. */
export type NewPart = {
  readonly name: string
  readonly ord: number
  readonly blobId: number
  readonly facts: BlobFacts
}

type NewCheckpoint = Omit<
  CheckpointRow,
  'id' | 'damage' | 'partsSha256' | 'isSuperseded' | 'isPinned' | 'tag' | 'note' | 'isSealed'
>

export function insertCheckpoint(db: Sqlite, row: NewCheckpoint, parts: readonly NewPart[]): void {
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO checkpoint (operation_id, seq, lane, generation, type, cursor_json, summary_json, metric, format,
         state_version, parts_sha256, raw_bytes, size_bytes, depth, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      row.operationId,
      row.seq,
      row.lane,
      row.generation,
      row.type,
      JSON.stringify(row.cursor),
      JSON.stringify(row.summary),
      row.metric,
      row.format,
      row.stateVersion,
      partsSha256(parts.map(({ name, ord, facts }) => ({ name, ord, blob: facts }))),
      row.rawBytes,
      row.sizeBytes,
      row.depth,
      row.createdAtMs,
    )
  const id = Number(lastInsertRowid)
  for (const { name, ord, blobId } of parts) insertPart(db, id, name, ord, blobId)
  seal(db, 'checkpoint', 'id = ?', id)
}

/** What a checkpoint consists of, in one hash: names, order and what each blob means, not where it lies. */
export function partsSha256(
  parts: readonly { readonly name: string; readonly ord: number; readonly blob: BlobFacts }[],
): string {
  const lines = parts.map(({ name, ord, blob: { kind, dtype, shape, rawBytes, sha256: of } }) =>
    JSON.stringify([name, ord, kind, dtype, shape, rawBytes, of]),
  )
  return sha256(lines.toSorted().join('\n'))
}

/** Checkpoints of one operation, newest first. */
export function listCheckpoints(db: Sqlite, operationId: string): CheckpointRow[] {
  const sql = 'SELECT * FROM checkpoint WHERE operation_id = ? ORDER BY seq DESC'
  return prepared<[string], Raw>(db, sql).all(operationId).map(fromRaw)
}

/** Number of the newest checkpoint that an operation has, or 0. */
export function newestSeq(db: Sqlite, operationId: string): number {
  const sql = 'SELECT coalesce(max(seq), 0) FROM checkpoint WHERE operation_id = ?'
  return preparedValue<[string], number>(db, sql).get(operationId)!
}

/** Checkpoints of all operations, newest first. */
export function listAllCheckpoints(db: Sqlite): CheckpointRow[] {
  return db.prepare<[], Raw>('SELECT * FROM checkpoint ORDER BY id DESC').all().map(fromRaw)
}

/** What makes it one to go on from. */
export const IS_USABLE = 'damage IS NULL AND superseded = 0'

/** The newest to go on from. */
export function findUsableCheckpoint(db: Sqlite, operationId: string): CheckpointRow | undefined {
  const sql = `SELECT * FROM checkpoint WHERE operation_id = ? AND ${IS_USABLE} ORDER BY seq DESC LIMIT 1`
  const raw = prepared<[string], Raw>(db, sql).get(operationId)
  return raw && fromRaw(raw)
}

/** Operations that a rollback has left checkpoints of behind, newest first. */
export function listLeftBehind(db: Sqlite): string[] {
  return db
    .prepare(
      'SELECT operation_id FROM checkpoint WHERE superseded = 1 GROUP BY operation_id ORDER BY max(id) DESC',
    )
    .pluck()
    .all() as string[]
}

/** What may change of a checkpoint after it was saved. */
export type CheckpointMarks = Partial<
  Pick<CheckpointRow, 'damage' | 'isSuperseded' | 'isPinned' | 'tag' | 'note'>
>

/** Call inside a transaction: a mark and its seal belong together. */
export function markCheckpoint(db: Sqlite, id: number, marks: CheckpointMarks): void {
  const columns = {
    damage: marks.damage,
    superseded: marks.isSuperseded === undefined ? undefined : Number(marks.isSuperseded),
    pinned: marks.isPinned === undefined ? undefined : Number(marks.isPinned),
    tag: marks.tag,
    note: marks.note,
  }
  sealing(db, 'checkpoint', 'id = ?', id, () => {
    for (const [column, value] of Object.entries(columns))
      if (value !== undefined)
        db.prepare(`UPDATE checkpoint SET ${column} = ? WHERE id = ?`).run(value, id)
  })
}

/** After blobs of an operation were stored in another way: how deep its checkpoints lie now. */
export function renewDepths(db: Sqlite, operationId: string): void {
  const write = db.prepare(
    `UPDATE checkpoint SET depth = (SELECT coalesce(max(blob.depth), 0)
       FROM checkpoint_blob JOIN blob ON blob.id = blob_id WHERE checkpoint_id = checkpoint.id) WHERE id = ?`,
  )
  for (const { id } of listCheckpoints(db, operationId))
    sealing(db, 'checkpoint', 'id = ?', id, () => write.run(id))
}

/** Removes rows, and moves pack files that no row needs any more to the trash; the caller unlinks after the commit. */
export function removeCheckpoints(db: Sqlite, rows: readonly CheckpointRow[], nowMs: number): void {
  const drop = prepared(db, 'DELETE FROM checkpoint WHERE id = ?')
  for (const { id } of rows) drop.run(id)
  for (const operationId of new Set(rows.map((row) => row.operationId)))
    dropUnneeded(db, operationId, nowMs)
}

/** Paths (relative to the packs directory) that may be unlinked: no durable row names them. */
export function listTrash(db: Sqlite): string[] {
  return db
    .prepare<[], string>(
      'SELECT path FROM trash WHERE path NOT IN (SELECT path FROM pack) ORDER BY path',
    )
    .pluck()
    .all() as string[]
}

export function emptyTrash(db: Sqlite, paths: readonly string[]): void {
  const drop = db.prepare('DELETE FROM trash WHERE path = ?')
  for (const path of paths) drop.run(path)
}

function fromRaw(raw: Raw): CheckpointRow {
  return {
    id: raw.id,
    operationId: raw.operation_id,
    seq: raw.seq,
    lane: raw.lane as Lane,
    generation: raw.generation,
    type: raw.type as CheckpointType,
    cursor: parseColumn(raw.cursor_json, NO_CURSOR),
    summary: parseColumn<Json>(raw.summary_json, {}),
    metric: raw.metric,
    format: raw.format,
    stateVersion: raw.state_version,
    partsSha256: raw.parts_sha256,
    rawBytes: raw.raw_bytes,
    sizeBytes: raw.size_bytes,
    depth: raw.depth,
    createdAtMs: raw.created_at_ms,
    damage: raw.damage,
    isSuperseded: raw.superseded === 1,
    isPinned: raw.pinned === 1,
    tag: raw.tag,
    note: raw.note,
    isSealed: isSealed(raw),
  }
}
