// Rows of `pack`: the files in which blobs lie (blob-table.ts).

import type { Sqlite } from '../runtime/sqlite.ts'
import { preparedValue } from './prepared.ts'

export type PackRow = {
  readonly id: number
  readonly operationId: string
  /** Relative to the packs directory. */
  readonly path: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly createdAtMs: number
  /** When every byte of it was last read and found right; null = not since it was written. */
  readonly verifiedAtMs: number | null
}

type RawPack = {
  id: number
  operation_id: string
  path: string
  size_bytes: number
  sha256: string
  created_at_ms: number
  verified_at_ms: number | null
}

export function insertPack(db: Sqlite, pack: Omit<PackRow, 'id' | 'verifiedAtMs'>): number {
  const { lastInsertRowid } = db
    .prepare(
      'INSERT INTO pack (operation_id, path, size_bytes, sha256, created_at_ms) VALUES (?, ?, ?, ?, ?)',
    )
    .run(pack.operationId, pack.path, pack.sizeBytes, pack.sha256, pack.createdAtMs)
  return Number(lastInsertRowid)
}

export function findPack(db: Sqlite, id: number): PackRow | undefined {
  const raw = db.prepare<[number], RawPack>('SELECT * FROM pack WHERE id = ?').get(id)
  return raw && packFromRaw(raw)
}

/** Packs of an operation, or of all, the longest unverified first. */
export function listPacks(db: Sqlite, operationId?: string): PackRow[] {
  const where = operationId === undefined ? '' : 'WHERE operation_id = ?'
  return db
    .prepare<unknown[], RawPack>(
      `SELECT * FROM pack ${where} ORDER BY coalesce(verified_at_ms, created_at_ms), id`,
    )
    .all(...(operationId === undefined ? [] : [operationId]))
    .map(packFromRaw)
}

/** Ids of operations that have packs. */
export function listPackOwners(db: Sqlite): string[] {
  return db.prepare('SELECT DISTINCT operation_id FROM pack').pluck().all() as string[]
}

export function markVerified(db: Sqlite, packId: number, atMs: number): void {
  db.prepare('UPDATE pack SET verified_at_ms = ? WHERE id = ?').run(atMs, packId)
}

export function isPackNamed(db: Sqlite, path: string): boolean {
  return preparedValue(db, 'SELECT 1 FROM pack WHERE path = ?').get(path) !== undefined
}

function packFromRaw(raw: RawPack): PackRow {
  return {
    id: raw.id,
    operationId: raw.operation_id,
    path: raw.path,
    sizeBytes: raw.size_bytes,
    sha256: raw.sha256,
    createdAtMs: raw.created_at_ms,
    verifiedAtMs: raw.verified_at_ms,
  }
}
