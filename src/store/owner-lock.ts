// Who runs an operation holds its lock: an exclusive transaction on a tiny SQLite file. The kernel drops it when the
// process dies, however it dies, and keeps it while the process is merely stopped; no pid, lease or clock is trusted.
// A lock file lives as long as the row of its operation.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../core/errors.ts'
import { openSqlite } from '../runtime/sqlite.ts'

export type OwnerLock = { readonly release: () => void }

/** Takes the lock of an operation without waiting; undefined when somebody else has it. */
export function tryLock(locksDirectory: string, operationId: string): OwnerLock | undefined {
  mkdirSync(locksDirectory, { recursive: true, mode: 0o700 })
  const path = lockPath(locksDirectory, operationId)
  for (;;) {
    const db = openSqlite(path, { timeout: 0 })
    try {
      db.pragma('journal_mode = MEMORY')
      db.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      db.close()
      if (systemCode(error)?.startsWith('SQLITE_BUSY')) return undefined
      throw error
    }
    // The sweep may have unlinked the file of a lost operation between our opening and locking it.
    if (existsSync(path)) return { release: () => db.close() }
    db.close()
  }
}

export function lockPath(locksDirectory: string, operationId: string): string {
  return join(locksDirectory, `${operationId}.lock`)
}
