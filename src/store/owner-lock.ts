// Who runs an operation holds its lock: an exclusive transaction on a tiny SQLite file. The kernel drops it when the
// process dies, however it dies, and keeps it while the process is merely stopped; no pid, lease or clock is trusted.
// A lock file lives as long as the row of its operation.

import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../core/errors.ts'
import { openSqlite } from '../runtime/sqlite.ts'
import { createPrivately } from './create-privately.ts'

export type OwnerLock = { readonly release: () => void }

/** Takes the lock of an operation without waiting; undefined when somebody else has it. */
export function tryLock(locksDirectory: string, operationId: string): OwnerLock | undefined {
  mkdirSync(locksDirectory, { recursive: true, mode: 0o700 })
  const path = lockPath(locksDirectory, operationId)
  for (;;) {
    const before = identityOf(path)
    if (before === undefined) createPrivately(path)
    const db = openSqlite(path, { timeout: 0 })
    try {
      db.pragma('journal_mode = MEMORY')
      db.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      db.close()
      if (systemCode(error)?.startsWith('SQLITE_BUSY')) return undefined
      throw error
    }
    // The sweep may have unlinked the file of a lost operation, and somebody made a new one, between our opening and
    // locking it: what we hold must be what the name means. A file that is new with us takes a second look.
    if (before !== undefined && before === identityOf(path)) return { release: () => db.close() }
    db.close()
  }
}

function identityOf(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat && `${stat.dev}:${stat.ino}:${stat.birthtimeNs}`
}

export function lockPath(locksDirectory: string, operationId: string): string {
  return join(locksDirectory, `${operationId}.lock`)
}
