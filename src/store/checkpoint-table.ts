// Rows of `checkpoint`, `pack` and `trash`. A checkpoint is a row plus the pack file that it names; the row is the
// commit point. A file that a commit has stopped naming goes to the trash table in that commit, and is unlinked after.

import type { Json } from '../core/hash.ts'
import type { CheckpointType, Cursor } from '../core/operation.ts'
import type { Sqlite } from '../runtime/sqlite.ts'

export type StoredArray = { readonly name: string; readonly sizeBytes: number }

export type CheckpointRow = {
  readonly id: number
  readonly operationId: string
  readonly seq: number
  readonly generation: number
  readonly type: CheckpointType
  readonly cursor: Cursor
  readonly summary: Json
  /** Lower is better; null when the job has no such figure. */
  readonly metric: number | null
  readonly format: number
  /** null = the state is in the pack. */
  readonly stateJson: string | null
  readonly stateSha256: string
  readonly arrays: readonly StoredArray[]
  readonly packId: number
  readonly packPath: string
  readonly packBytes: number
  readonly packSha256: string
  readonly sizeBytes: number
  readonly createdAtMs: number
  /** Why it is no longer used; null = good as far as is known. */
  readonly damage: string | null
}

type Raw = {
  id: number
  operation_id: string
  seq: number
  generation: number
  type: string
  cursor_json: string
  summary_json: string
  metric: number | null
  format: number
  state_json: string | null
  state_sha256: string
  arrays_json: string
  pack_id: number
  pack_path: string | null
  pack_bytes: number | null
  pack_sha256: string | null
  size_bytes: number
  created_at_ms: number
  damage: string | null
}

/** A pack whose row is gone is reported as a missing file, not as a missing checkpoint: hence LEFT JOIN. */
const SELECT = `
  SELECT checkpoint.*, pack.path AS pack_path, pack.size_bytes AS pack_bytes, pack.sha256 AS pack_sha256
  FROM checkpoint LEFT JOIN pack ON pack.id = checkpoint.pack_id`

export function insertCheckpoint(
  db: Sqlite,
  row: Omit<CheckpointRow, 'id' | 'packId' | 'damage'>,
): void {
  const { lastInsertRowid: packId } = db
    .prepare(
      'INSERT INTO pack (operation_id, path, size_bytes, sha256, created_at_ms) VALUES (?, ?, ?, ?, ?)',
    )
    .run(row.operationId, row.packPath, row.packBytes, row.packSha256, row.createdAtMs)
  db.prepare(
    `INSERT INTO checkpoint (operation_id, seq, generation, type, cursor_json, summary_json, metric, format,
       state_json, state_sha256, arrays_json, pack_id, size_bytes, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    row.operationId,
    row.seq,
    row.generation,
    row.type,
    JSON.stringify(row.cursor),
    JSON.stringify(row.summary),
    row.metric,
    row.format,
    row.stateJson,
    row.stateSha256,
    JSON.stringify(row.arrays),
    packId,
    row.sizeBytes,
    row.createdAtMs,
  )
}

/** Checkpoints of one operation, newest first. */
export function listCheckpoints(db: Sqlite, operationId: string): CheckpointRow[] {
  return db
    .prepare<[string], Raw>(`${SELECT} WHERE checkpoint.operation_id = ? ORDER BY seq DESC`)
    .all(operationId)
    .map(fromRaw)
}

/** Checkpoints of all operations, newest first. */
export function listAllCheckpoints(db: Sqlite): CheckpointRow[] {
  return db.prepare<[], Raw>(`${SELECT} ORDER BY checkpoint.id DESC`).all().map(fromRaw)
}

/** @param damage why it cannot be used, or null when it turned out to be good */
export function markDamage(db: Sqlite, id: number, damage: string | null): void {
  db.prepare('UPDATE checkpoint SET damage = ? WHERE id = ?').run(damage, id)
}

/** Removes rows and moves their pack files to the trash; the caller unlinks after the commit. */
export function removeCheckpoints(db: Sqlite, rows: readonly CheckpointRow[], nowMs: number): void {
  const dropCheckpoint = db.prepare('DELETE FROM checkpoint WHERE id = ?')
  const dropPack = db.prepare('DELETE FROM pack WHERE id = ?')
  const toTrash = db.prepare('INSERT OR IGNORE INTO trash (path, since_ms) VALUES (?, ?)')
  for (const row of rows) {
    dropCheckpoint.run(row.id)
    dropPack.run(row.packId)
    if (row.packPath !== '') toTrash.run(row.packPath, nowMs)
  }
}

/** Paths (relative to the packs directory) that may be unlinked: no durable row names them. */
export function listTrash(db: Sqlite): string[] {
  return db.prepare<[], string>('SELECT path FROM trash ORDER BY path').pluck().all() as string[]
}

export function emptyTrash(db: Sqlite, paths: readonly string[]): void {
  const drop = db.prepare('DELETE FROM trash WHERE path = ?')
  for (const path of paths) drop.run(path)
}

export function isPackNamed(db: Sqlite, path: string): boolean {
  return db.prepare('SELECT 1 FROM pack WHERE path = ?').get(path) !== undefined
}

function fromRaw(raw: Raw): CheckpointRow {
  return {
    id: raw.id,
    operationId: raw.operation_id,
    seq: raw.seq,
    generation: raw.generation,
    type: raw.type as CheckpointType,
    cursor: JSON.parse(raw.cursor_json) as Cursor,
    summary: JSON.parse(raw.summary_json) as Json,
    metric: raw.metric,
    format: raw.format,
    stateJson: raw.state_json,
    stateSha256: raw.state_sha256,
    arrays: JSON.parse(raw.arrays_json) as StoredArray[],
    packId: raw.pack_id,
    packPath: raw.pack_path ?? '',
    packBytes: raw.pack_bytes ?? 0,
    packSha256: raw.pack_sha256 ?? '',
    sizeBytes: raw.size_bytes,
    createdAtMs: raw.created_at_ms,
    damage: raw.damage,
  }
}
