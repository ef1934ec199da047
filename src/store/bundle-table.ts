// Rows of `bundle`: directories that an operation has published, such as a model or the result of a backtest.

import type { BundleKind } from '../core/layout.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import { seal } from './row-seal.ts'

export type BundleRow = {
  readonly operationId: string
  readonly kind: BundleKind
  readonly name: string
  readonly variant: string
  readonly version: number
  /** Relative to the directory of its kind. */
  readonly path: string
  /** SHA-256 of the manifest. */
  readonly sha256: string
  readonly sizeBytes: number
  readonly createdAtMs: number
}

type Raw = {
  operation_id: string
  name: string
  variant: string
  version: number
  path: string
  sha256: string
  size_bytes: number
  created_at_ms: number
}

export function insertBundle(db: Sqlite, row: BundleRow): void {
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO bundle (operation_id, kind, name, variant, version, path, sha256, size_bytes, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      row.operationId,
      row.kind,
      row.name,
      row.variant,
      row.version,
      row.path,
      row.sha256,
      row.sizeBytes,
      row.createdAtMs,
    )
  seal(db, 'bundle', 'id = ?', Number(lastInsertRowid))
}

/** The version that the next bundle of this kind, name and variant gets. */
export function nextBundleVersion(db: Sqlite, kind: string, name: string, variant: string): number {
  const sql =
    'SELECT coalesce(max(version), 0) + 1 FROM bundle WHERE kind = ? AND name = ? AND variant = ?'
  return Number(db.prepare(sql).pluck().get(kind, name, variant))
}

/** Bundles of a kind, newest first. */
export function listBundles(db: Sqlite, kind: BundleKind): BundleRow[] {
  return db
    .prepare<[string], Raw>('SELECT * FROM bundle WHERE kind = ? ORDER BY id DESC')
    .all(kind)
    .map((raw) => ({
      operationId: raw.operation_id,
      kind,
      name: raw.name,
      variant: raw.variant,
      version: raw.version,
      path: raw.path,
      sha256: raw.sha256,
      sizeBytes: raw.size_bytes,
      createdAtMs: raw.created_at_ms,
    }))
}
