// The copy of a database that is made before its schema changes, for whoever wants to go back to the older ktrdr. It lies
// beside the database, as `ktrdr.db.schema-1.bak`, and nobody but the user removes it.

import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { openSqlite, type Sqlite } from '../runtime/sqlite.ts'

/** As it was when it was last written by a ktrdr that knew `version`. */
export function backupPath(database: string, version: number): string {
  return `${database}.schema-${version}.bak`
}

/**
 * Copies what is committed. Call it inside the transaction that migrates: it keeps others from doing the same, and from
 * writing what the copy would miss.
 */
export function backupDatabase(db: Sqlite, version: number): void {
  const path = backupPath(db.name, version)
  const temporary = `${path}.tmp`
  rmSync(temporary, { force: true }) // of a migration that was killed
  const fd = openSync(temporary, 'wx', 0o600) // SQLite would create it 0644; an empty file it fills
  try {
    const reader = openSqlite(db.name)
    try {
      reader.prepare('VACUUM INTO ?').run(temporary)
    } finally {
      reader.close()
    }
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(temporary, path)
}
