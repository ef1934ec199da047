// Rows of `bundle`: directories that an operation has published, such as a model or the result of a backtest. The row of
// one that was deleted on purpose stays, as of another kind, so that no version is given twice.

import { BUNDLE_KINDS, type BundleKind } from '../core/layout.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import { seal, sealing } from './row-seal.ts'

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

export function isBundleKnown(
  db: Sqlite,
  { kind, name, variant, version }: Pick<BundleRow, 'kind' | 'name' | 'variant' | 'version'>,
): boolean {
  const sql =
    'SELECT 1 FROM bundle WHERE kind IN (?, ?) AND name = ? AND variant = ? AND version = ?'
  return db.prepare(sql).get(kind, deleted(kind), name, variant, version) !== undefined
}

/** The version that the next bundle of this kind, name and variant gets. */
export function nextBundleVersion(
  db: Sqlite,
  kind: BundleKind,
  name: string,
  variant: string,
): number {
  const sql =
    'SELECT coalesce(max(version), 0) + 1 FROM bundle WHERE kind IN (?, ?) AND name = ? AND variant = ?'
  return Number(db.prepare(sql).pluck().get(kind, deleted(kind), name, variant))
}

/** @returns false when it is gone already; call it in a transaction */
export function markBundleDeleted(
  db: Sqlite,
  { kind, name, variant, version }: Pick<BundleRow, 'kind' | 'name' | 'variant' | 'version'>,
): boolean {
  const key = [kind, name, variant, version]
  const sql = 'SELECT id FROM bundle WHERE kind = ? AND name = ? AND variant = ? AND version = ?'
  const id = db
    .prepare<unknown[], number>(sql)
    .pluck()
    .get(...key) as number | undefined
  if (id === undefined) return false
  sealing(db, 'bundle', 'id = ?', id, () =>
    db.prepare('UPDATE bundle SET kind = ? WHERE id = ?').run(deleted(kind), id),
  )
  return true
}

function deleted(kind: BundleKind): string {
  return `deleted ${kind}`
}

/** Bundles of a kind, newest first. */
export function listBundles(db: Sqlite, kind: BundleKind): BundleRow[] {
  return rowsOf(db, kind, kind)
}

/** Those that were deleted. A crash may have left the directory of one. */
export function listDeletedBundles(db: Sqlite, kind: BundleKind): BundleRow[] {
  return rowsOf(db, kind, deleted(kind))
}

/** What an operation has published, and what of that was deleted. */
export function bundlesOf(
  db: Sqlite,
  operationId: string,
): { readonly published: readonly BundleRow[]; readonly gone: readonly BundleRow[] } {
  const isOwn = (row: BundleRow): boolean => row.operationId === operationId
  return {
    published: BUNDLE_KINDS.flatMap((kind) => listBundles(db, kind).filter(isOwn)),
    gone: BUNDLE_KINDS.flatMap((kind) => listDeletedBundles(db, kind).filter(isOwn)),
  }
}

/** Forgets what an operation has published, when its files are gone. */
export function forgetBundlesOf(db: Sqlite, operationId: string): void {
  db.prepare('DELETE FROM bundle WHERE operation_id = ?').run(operationId)
}

function rowsOf(db: Sqlite, kind: BundleKind, recorded: string): BundleRow[] {
  return db
    .prepare<[string], Raw>('SELECT * FROM bundle WHERE kind = ? ORDER BY id DESC')
    .all(recorded)
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
