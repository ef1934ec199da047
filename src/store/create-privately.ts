// A file for SQLite, 0600: SQLite itself would create it 0644. Its -wal and -shm take the mode of the file.

import { closeSync, openSync } from 'node:fs'
import { systemCode } from '../core/errors.ts'

/** One that is there stays as it is, and is not even opened: closing it again would drop SQLite's locks. */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}
