// Failures of the machine rather than of ktrdr: a full disk, a missing right, a held database. Each becomes one clear
// line with a remedy; the codes are those of Node (errno) and SQLite.

import { KtrdrError, systemCode, type ErrorCode } from './errors.ts'

type Meaning = {
  readonly reason: string
  readonly code?: ErrorCode
  readonly suggestions?: readonly string[]
}

const FREE_SPACE = {
  reason: 'the disk is full',
  suggestions: ['ktrdr gc', 'Free some space on the disk.'],
}
const BUSY = {
  reason: 'another process holds the database; it may be stopped or suspended',
  suggestions: ['Try again, or look which ktrdr is running.'],
}

const BROKEN = {
  code: 'CHECKPOINT_CORRUPT',
  suggestions: ['ktrdr doctor', 'ktrdr doctor --rebuild'],
} as const

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: FREE_SPACE,
  SQLITE_FULL: FREE_SPACE,
  EDQUOT: { reason: 'the disk quota is used up' },
  EROFS: { reason: 'the file system is read-only' },
  EACCES: { reason: 'permission was denied' },
  EPERM: { reason: 'permission was denied' },
  ENOENT: { reason: 'there is no such file or directory' },
  ENOTDIR: { reason: 'a part of the path is no directory' },
  EEXIST: { reason: 'something else is in its place' },
  EIO: { reason: 'the disk reported an error' },
  EMFILE: { reason: 'too many files are open' },
  SQLITE_BUSY: BUSY,
  SQLITE_LOCKED: BUSY,
  SQLITE_READONLY: { reason: 'the database cannot be written' },
  SQLITE_CANTOPEN: { reason: 'the database cannot be opened' },
  SQLITE_IOERR: { reason: 'the disk reported an error' },
  SQLITE_CORRUPT: { ...BROKEN, reason: 'the database is damaged' },
  // Rows that point to nothing: no write of ours makes them.
  SQLITE_CONSTRAINT_FOREIGNKEY: {
    ...BROKEN,
    reason: 'records of the database contradict each other',
  },
  SQLITE_NOTADB: { ...BROKEN, reason: 'the file is no database of ktrdr' },
}

/**
 * A system error as a KtrdrError; any other error comes back as it is.
 * @param what that failed, without a full stop, e.g. "The checkpoint could not be saved"
 */
export function explainSystemError(error: unknown, what: string): unknown {
  const code = systemCode(error)
  if (error instanceof KtrdrError || code === undefined) return error
  // Extended SQLite codes begin with the primary one: SQLITE_IOERR_FSYNC.
  const primary = code.startsWith('SQLITE_') ? code.split('_').slice(0, 2).join('_') : code
  const meaning =
    MEANINGS[code] ??
    MEANINGS[primary] ??
    (isErrno(code) ? { reason: 'the system refused it' } : undefined)
  if (!meaning) return error
  const path = (error as { path?: unknown }).path
  const where = typeof path === 'string' ? ` ${path}` : ''
  return new KtrdrError(
    meaning.code ?? 'IO_FAILED',
    `${what}: ${meaning.reason} (${code}${where}).`,
    {
      suggestions: meaning.suggestions ?? [],
      details: { systemCode: code },
      cause: error,
    },
  )
}

/** ENOTDIR, ENAMETOOLONG …, but not Node's own ERR_INVALID_ARG_TYPE, which is a bug of ours. */
function isErrno(code: string): boolean {
  return /^E[A-Z0-9]+$/.test(code)
}
