// One SQLite file holds the record of every operation. This room turns rows into plain data and back and knows
// nothing else of the program.
//
// Rules, each with the loss that it prevents:
// - `synchronous=FULL` on every connection: better-sqlite3 opens WAL databases with NORMAL, under which a commit
//   that was acknowledged can be gone after a power cut.
// - No `RETURNING`: `.get()` on a writing statement swallows a failed COMMIT.
// - Writes run in `immediate` transactions: a deferred one that reads first fails with SQLITE_BUSY_SNAPSHOT.
// - Nobody opens ktrdr.db or a lock file with node:fs: closing that descriptor would drop SQLite's locks.

import { KtrdrError, systemCode } from '../core/errors.ts'
import { openSqlite, type Sqlite } from '../runtime/sqlite.ts'
import { createPrivately } from './create-privately.ts'
import { migrate, SCHEMA_VERSION, versionOf } from './migrations.ts'

export { SCHEMA_VERSION }
export type { Sqlite }

/** Older SQLite can corrupt a WAL that is reset while being read (fixed in 3.51.3). */
const MINIMUM_SQLITE = [3, 51, 3] as const
const BUSY_TIMEOUT_MS = 5000
const WAL_RETRY_MS = 20

/** Opens the database, creating it (mode 0600) or bringing its schema up to date when needed. */
export function openDatabase(path: string): Sqlite {
  createPrivately(path)
  const db = openSqlite(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    useWriteAheadLog(db)
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    db.pragma('trusted_schema = OFF')
    db.pragma('cell_size_check = ON')
    checkVersion(db)
    refusePlanted(db, path)
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens a database as it is, to look at it: nothing is created, brought up to date or written. */
export function openToLook(path: string): { readonly db: Sqlite; readonly schema: number } {
  const db = openSqlite(path, { readonly: true, timeout: BUSY_TIMEOUT_MS })
  try {
    db.pragma('trusted_schema = OFF')
    return { db, schema: versionOf(db) }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Triggers and views, of which ktrdr has none: they would run whatever whoever made them wanted. */
export function plantedIn(db: Sqlite): { readonly type: string; readonly name: string }[] {
  return db
    .prepare<[], { type: string; name: string }>(
      `SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')`,
    )
    .all()
}

/** @throws CHECKPOINT_CORRUPT */
function refusePlanted(db: Sqlite, path: string): void {
  const [planted] = plantedIn(db)
  if (!planted) return
  throw new KtrdrError(
    'CHECKPOINT_CORRUPT',
    `${path} has a ${planted.type} ${JSON.stringify(planted.name)}, which ktrdr did not make.`,
    { suggestions: ['Find out who did.', 'ktrdr doctor --rebuild'] },
  )
}

export function sqliteVersion(): string {
  const db = openSqlite(':memory:')
  try {
    return versionOfSqlite(db)
  } finally {
    db.close()
  }
}

function versionOfSqlite(db: Sqlite): string {
  return String(db.prepare('SELECT sqlite_version()').pluck().get())
}

/** Runs `work` in one immediate transaction: all of it is durable when this returns, or none of it happened. */
export function inTransaction<Result>(db: Sqlite, work: () => Result): Result {
  return db.transaction(work).immediate()
}

/** Runs `work` to see what it would do, and takes all of it back. */
export function rehearse<Result>(db: Sqlite, work: () => Result): Result {
  db.exec('BEGIN IMMEDIATE')
  try {
    return work()
  } finally {
    db.exec('ROLLBACK')
  }
}

/** Pages that are given back at once: others write in between. */
const PAGES_AT_ONCE = 1000

/** Gives the room of what was deleted back to the disk, if the file was made for that. */
export function giveBackRoom(db: Sqlite): void {
  const countOf = (pragma: string): number => Number(db.pragma(pragma, { simple: true }))
  if (countOf('auto_vacuum') !== 2) return
  for (let free = countOf('freelist_count'); free > 0;) {
    db.pragma(`incremental_vacuum(${PAGES_AT_ONCE})`)
    const left = countOf('freelist_count')
    if (left >= free) return
    free = left
  }
}

/**
 * Switching a new database to WAL needs it for itself, and so does whoever closes it last. SQLite waits for that in some
 * cases only, so we wait: BUSY_TIMEOUT_MS in all, for the other one may be stopped.
 */
function useWriteAheadLog(db: Sqlite): void {
  db.pragma('busy_timeout = 0')
  for (let waitedMs = 0; ; waitedMs += WAL_RETRY_MS) {
    try {
      // Of a new file; one that has tables stays as it was made. To say it takes the write lock, which somebody may
      // hold who is suspended: nobody who only reads is to wait for that.
      if (db.pragma('page_count', { simple: true }) === 0) db.pragma('auto_vacuum = INCREMENTAL')
      db.pragma('journal_mode = WAL')
      break
    } catch (error) {
      const isBusy = systemCode(error)?.startsWith('SQLITE_BUSY') ?? false
      if (waitedMs >= BUSY_TIMEOUT_MS || !isBusy) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_RETRY_MS)
    }
  }
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
}

function checkVersion(db: Sqlite): void {
  const version = versionOfSqlite(db)
  const parts = version.split('.').map(Number)
  const order =
    MINIMUM_SQLITE.map((n, i) => Math.sign((parts[i] ?? 0) - n)).find((sign) => sign !== 0) ?? 0
  if (order < 0)
    throw new KtrdrError(
      'INVARIANT',
      `SQLite ${version} is too old: ${MINIMUM_SQLITE.join('.')} is needed.`,
    )
}
