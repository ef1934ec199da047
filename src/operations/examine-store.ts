// What `ktrdr doctor` looks at. It only reads, and takes locks only to see whether they are free; it works when the
// database is gone or broken, and says what to type.

import { existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../checkpoint/durable-files.ts'
import { quarantineDirectory } from '../checkpoint/quarantine.ts'
import {
  databaseProblems,
  packProblems,
  rowProblems,
  sealProblems,
  type StoreProblem,
} from '../checkpoint/store-problems.ts'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { isOperationId } from '../core/ids.ts'
import type { Layout } from '../core/layout.ts'
import { explainSystemError } from '../core/system-error.ts'
import { counted } from '../core/text.ts'
import { openToLook, SCHEMA_VERSION, type Sqlite } from '../store/database.ts'
import { listAllCheckpoints } from '../store/checkpoint-table.ts'
import { listRunningIds } from '../store/operation-list.ts'
import { findOperation } from '../store/operation-table.ts'
import { brokenSeals } from '../store/row-seal.ts'
import { lockPath, tryLock } from '../store/owner-lock.ts'
import { isPackNamed } from '../store/pack-table.ts'

export type Finding = {
  readonly check: string
  readonly verdict: 'ok' | 'warning' | 'problem'
  readonly message: string
  /** Commands to type. */
  readonly suggestions: readonly string[]
}

/** Below this a save may fail soon. */
const LITTLE_SPACE_BYTES = 500e6

const REBUILD = ['ktrdr doctor --rebuild']
const REPAIR = ['ktrdr checkpoints verify --repair']

export function examineStore(layout: Layout): Finding[] {
  return [examineSpace(layout), ...examineDatabase(layout)]
}

/**
 * Whether the database can be kept as it is: it is there, and SQLite finds nothing wrong with it.
 * @throws FORMAT_TOO_NEW; IO_FAILED when it cannot be examined, as without permission: that says nothing of its content
 */
export function isDatabaseSound(layout: Layout): boolean {
  if (!existsSync(layout.database)) return false
  try {
    return withDatabase(layout, ({ db, schema }) => {
      if (schema > SCHEMA_VERSION) throw tooNew(layout)
      return databaseProblems(db).length === 0
    })
  } catch (error) {
    if (isBroken(error)) return false
    throw explainSystemError(error, CANNOT_EXAMINE)
  }
}

const CANNOT_EXAMINE = 'The database could not be examined'

/** What SQLite says of a file that is no database, or no longer a whole one. */
function isBroken(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(systemCode(error) ?? '')
}

function tooNew({ database }: Layout): KtrdrError {
  return new KtrdrError('FORMAT_TOO_NEW', `${database} was written by a newer ktrdr.`, {
    suggestions: ['Use the newer ktrdr, or another --data-dir.'],
  })
}

function examineSpace({ root }: Layout): Finding {
  if (!existsSync(root)) return ok('disk', `${root} is not there yet`)
  const { bavail, bsize } = statfsSync(root)
  const free = bavail * bsize
  const message = `${(free / 1e9).toFixed(1)} GB free in ${root}`
  if (free >= LITTLE_SPACE_BYTES) return ok('disk', message)
  return { check: 'disk', verdict: 'warning', message, suggestions: ['ktrdr gc'] }
}

function examineDatabase(layout: Layout): Finding[] {
  const check = 'database'
  if (!existsSync(layout.database)) {
    const lost = namesIn(layout.packs).filter(isOperationId)
    if (lost.length === 0) return [ok(check, 'not there yet: nothing was started')]
    const message = `ktrdr.db is gone; there are packs of ${counted(lost.length, 'operation')}`
    return [{ check, verdict: 'problem', message, suggestions: REBUILD }]
  }
  try {
    return withDatabase(layout, ({ db, schema }) => {
      const problems = databaseProblems(db)
      if (problems.length > 0)
        return [{ check, verdict: 'problem', message: list(problems), suggestions: REBUILD }]
      return examineRows(layout, db, schema)
    })
  } catch (error) {
    const { message } = explainSystemError(error, CANNOT_EXAMINE) as Error
    return [{ check, verdict: 'problem', message, suggestions: isBroken(error) ? REBUILD : [] }]
  }
}

function examineRows(layout: Layout, db: Sqlite, schema: number): Finding[] {
  const whole = ok('database', `SQLite finds nothing wrong with it; schema ${schema}`)
  if (schema > SCHEMA_VERSION)
    return [
      {
        ...whole,
        verdict: 'problem',
        message: `It was written by a newer ktrdr (schema ${schema}, this one knows ${SCHEMA_VERSION})`,
        suggestions: ['Use the newer ktrdr, or another --data-dir.'],
      },
    ]
  if (schema < SCHEMA_VERSION)
    return [{ ...whole, message: `schema ${schema}; the next command brings it up to date` }]
  const broken = brokenSeals(db)
  const checkpoints = broken.filter(({ table }) => table === 'checkpoint')
  return [
    whole,
    group('records', 'every row is as it was written', sealProblems(broken), [
      'Start those operations again, or restore the database from a backup.',
    ]),
    group(
      'checkpoint rows',
      'every one is as it was written',
      checkpoints.map(({ key }) => ({
        kind: 'seal',
        subject: `checkpoint ${key}`,
        message: 'its row is not as it was written',
      })),
      REPAIR,
    ),
    group('parts', 'every row is needed', rowProblems(db), REPAIR),
    group('packs', 'every file is there, of the right size', packProblems(db, layout), REPAIR),
    examineJournal(db),
    examineDamage(db),
    examineOrphans(layout, db),
    examineOwners(layout, db),
    examineQuarantine(layout),
  ]
}

/** How the database is kept on disk; `synchronous` and the rest are of each connection (src/store/database.ts). */
function examineJournal(db: Sqlite): Finding {
  const [mode, vacuum] = ['journal_mode', 'auto_vacuum'].map((pragma) =>
    db.pragma(pragma, { simple: true }),
  )
  const message = `journal ${mode}, room of what was deleted ${vacuum === 2 ? 'goes back to the disk' : 'is kept for what comes'}`
  if (mode === 'wal') return ok('journal', message)
  return {
    check: 'journal',
    verdict: 'warning',
    message: `${message}: another program has changed it`,
    suggestions: ['ktrdr operations list'],
  }
}

/** Checkpoints that were found to be no good; a resume passes over them. */
function examineDamage(db: Sqlite): Finding {
  const damaged = listAllCheckpoints(db).filter(({ damage }) => damage !== null)
  if (damaged.length === 0) return ok('checkpoints', 'none is known to be damaged')
  const names = damaged.map(({ operationId, seq }) => `${operationId}@${seq}`).join(', ')
  const message = `${counted(damaged.length, 'checkpoint')} damaged: ${names}`
  return { check: 'checkpoints', verdict: 'warning', message, suggestions: REPAIR }
}

/** Files that crashes left behind: they cost space and nothing else. */
function examineOrphans(layout: Layout, db: Sqlite): Finding {
  const running = new Set(listRunningIds(db))
  const ids = namesIn(layout.packs).filter((id) => isOperationId(id) && !running.has(id))
  const orphans = ids
    .filter((id) => findOperation(db, id))
    .flatMap((id) => namesIn(join(layout.packs, id)).map((name) => join(id, name)))
    .filter((path) => !isPackNamed(db, path))
  const unknown = ids.filter((id) => !findOperation(db, id))
  if (unknown.length > 0)
    return {
      check: 'orphans',
      verdict: 'problem',
      message: `packs of ${counted(unknown.length, 'operation')} that the database does not know`,
      suggestions: REBUILD,
    }
  if (orphans.length === 0) return ok('orphans', 'no file without a row')
  const message = `${counted(orphans.length, 'file')} that no row names`
  return { check: 'orphans', verdict: 'warning', message, suggestions: ['ktrdr gc'] }
}

function examineOwners(layout: Layout, db: Sqlite): Finding {
  const running = listRunningIds(db)
  const dead = running.filter((id) => isLockFree(layout, id))
  if (dead.length === 0) return ok('owners', `${counted(running.length, 'operation')} running`)
  return {
    check: 'owners',
    verdict: 'warning',
    message: `recorded as running, but nobody runs it: ${dead.join(', ')}`,
    suggestions: dead.map((id) => `ktrdr operations resume ${id}`),
  }
}

function isLockFree({ locks }: Layout, id: string): boolean {
  if (!existsSync(lockPath(locks, id))) return true
  const lock = tryLock(locks, id)
  lock?.release()
  return lock !== undefined
}

function examineQuarantine(layout: Layout): Finding {
  const root = quarantineDirectory(layout)
  const files = namesIn(root).flatMap((id) => namesIn(join(root, id)))
  const message = files.length === 0 ? 'empty' : `${counted(files.length, 'file')} in ${root}`
  return ok('quarantine', message)
}

function withDatabase<Result>(
  { database }: Layout,
  look: (opened: { readonly db: Sqlite; readonly schema: number }) => Result,
): Result {
  const opened = openToLook(database)
  try {
    return look(opened)
  } finally {
    opened.db.close()
  }
}

function group(
  check: string,
  fine: string,
  problems: readonly StoreProblem[],
  suggestions: readonly string[],
): Finding {
  if (problems.length === 0) return ok(check, fine)
  return { check, verdict: 'problem', message: list(problems), suggestions }
}

function list(problems: readonly StoreProblem[]): string {
  return problems.map(({ subject, message }) => `${subject}: ${message}`).join('; ')
}

function ok(check: string, message: string): Finding {
  return { check, verdict: 'ok', message, suggestions: [] }
}
