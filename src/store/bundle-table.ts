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

const DELETED = 'deleted '

type Raw = {
  operation_id: string
  kind: string
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
  return `${DELETED}${kind}`
}

/** Bundles of a kind, or of one name of it, newest first. */
export function listBundles(db: Sqlite, kind: BundleKind, name?: string): BundleRow[] {
  return name === undefined
    ? bundlesWhere(db, 'kind = ?', kind)
    : bundlesWhere(db, 'kind = ? AND name = ?', kind, name)
}

/** Names of the bundles of a kind, that of the newest first. */
export function listBundleNames(db: Sqlite, kind: BundleKind): string[] {
  const sql = 'SELECT name FROM bundle WHERE kind = ? GROUP BY name ORDER BY max(id) DESC'
  return db.prepare(sql).pluck().all(kind) as string[]
}

/** The newest with this manifest; of an unknown one there is none. */
export function findBundleByHash(
  db: Sqlite,
  kind: BundleKind,
  sha256: string | null,
): BundleRow | undefined {
  if (sha256 === null) return undefined
  return bundlesWhere(db, 'kind = ? AND sha256 = ?', kind, sha256)[0]
}

/** Those that were deleted. A crash may have left the directory of one. */
export function listDeletedBundles(db: Sqlite, kind: BundleKind): BundleRow[] {
  return bundlesWhere(db, 'kind = ?', deleted(kind))
}

/** What an operation has published, and what of that was deleted. */
export function bundlesOf(
  db: Sqlite,
  operationId: string,
): { readonly published: readonly BundleRow[]; readonly gone: readonly BundleRow[] } {
  const recordedAs = (kind: string) =>
    bundlesWhere(db, 'operation_id = ? AND kind = ?', operationId, kind)
  return {
    published: BUNDLE_KINDS.flatMap((kind) => recordedAs(kind)),
    gone: BUNDLE_KINDS.flatMap((kind) => recordedAs(deleted(kind))),
  }
}

/** Forgets what an operation has published, when its files are gone. */
export function forgetBundlesOf(db: Sqlite, operationId: string): void {
  db.prepare('DELETE FROM bundle WHERE operation_id = ?').run(operationId)
}

function bundlesWhere(db: Sqlite, where: string, ...values: readonly string[]): BundleRow[] {
  return db
    .prepare<unknown[], Raw>(`SELECT * FROM bundle WHERE ${where} ORDER BY id DESC`)
    .all(...values)
    .map((raw) => ({
      operationId: raw.operation_id,
      kind: (raw.kind.startsWith(DELETED)
        ? raw.kind.slice(DELETED.length)
        : raw.kind) as BundleKind,
      name: raw.name,
      variant: raw.variant,
      version: raw.version,
      path: raw.path,
      sha256: raw.sha256,
      sizeBytes: raw.size_bytes,
      createdAtMs: raw.created_at_ms,
    }))
}
