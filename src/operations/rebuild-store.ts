// Making the database again from packs and bundles, when it is gone or cannot be read. What is left of the broken one is
// moved aside, never changed. Each operation comes back in a transaction of its own, so that whoever is killed in between
// starts again and goes on. With a database that is sound, what it does not know is added.

import { existsSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { makeDirectory, namesIn, syncDirectory } from '../checkpoint/durable-files.ts'
import type { Keys } from '../checkpoint/encryption.ts'
import { findBundles, type FoundBundle } from '../checkpoint/find-bundles.ts'
import { rebuildOperation, type RebuiltOperation } from '../checkpoint/rebuild-operation.ts'
import type { Source } from '../checkpoint/read-blobs.ts'
import type { Clock } from '../core/clock.ts'
import { passPoint } from '../core/fault.ts'
import { isOperationId } from '../core/ids.ts'
import type { BundleKind, Layout } from '../core/layout.ts'
import { isBundleKnown, insertBundle } from '../store/bundle-table.ts'
import { inTransaction, openDatabase } from '../store/database.ts'
import { findOperation } from '../store/operation-table.ts'
import { insertRebuiltOperation } from '../store/rebuilt-operation.ts'
import { tryLock } from '../store/owner-lock.ts'
import { operationRunning } from './errors.ts'
import { UNKNOWN_RUN_SETTINGS } from './run-settings.ts'

export type Rebuilt = {
  /** Where the broken database lies now; null when there was none, or a sound one. */
  readonly brokenDatabase: string | null
  readonly operations: readonly RebuiltOperation[]
  readonly bundles: readonly { readonly kind: BundleKind; readonly path: string }[]
  /** Directories that look like a bundle and are not registered. */
  readonly unusable: readonly { readonly path: string; readonly reason: string }[]
  /** Operations that only a log tells of. */
  readonly withoutTrace: readonly string[]
}

/**
 * @param isSound whether the database that is there can be kept
 * @throws OPERATION_ALREADY_RUNNING, with nothing changed, when somebody runs an operation that would be rebuilt
 */
export function rebuildStore(layout: Layout, keys: Keys, clock: Clock, isSound: boolean): Rebuilt {
  makeDirectory(layout.root)
  const ids = namesIn(layout.packs).filter(isOperationId)
  const known = operationsKnownElsewhere(layout)
  if (!isSound) for (const id of new Set([...ids, ...known])) withLock(layout, id, () => {})
  const brokenDatabase = isSound ? null : moveAside(layout, clock.nowMs())
  passPoint('rebuild.moved-aside')
  const db = openDatabase(layout.database)
  try {
    const source = { db, layout, keys }
    const operations = ids
      .filter((id) => findOperation(db, id) === undefined)
      .map((id) =>
        withLock(layout, id, () =>
          rebuildOperation(source, id, UNKNOWN_RUN_SETTINGS, clock.nowMs()),
        ),
      )
    const { bundles, unusable } = findBundles(layout)
    const registered = bundles.filter((bundle) => register(source, bundle))
    return {
      brokenDatabase,
      operations,
      bundles: registered.map(({ kind, path }) => ({ kind, path })),
      unusable,
      withoutTrace: known.filter((id) => findOperation(db, id) === undefined),
    }
  } finally {
    db.close()
  }
}

/** By their logs. One that was never recorded has none. */
function operationsKnownElsewhere({ logs }: Layout): string[] {
  return namesIn(logs)
    .map((name) => name.replace(/\.jsonl$/, ''))
    .filter(isOperationId)
}

function withLock<Result>(layout: Layout, id: string, work: () => Result): Result {
  const lock = tryLock(layout.locks, id)
  if (!lock) throw operationRunning(id, ': stop it before the database is made again')
  try {
    return work()
  } finally {
    lock.release()
  }
}

/** The database with all that belongs to it: a new one must not meet the log of an old one. */
function moveAside({ root, database }: Layout, nowMs: number): string | null {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const aside = join(root, `${basename(database)}.broken-${time}`)
  const parts = ['', '-wal', '-shm'].filter((part) => existsSync(`${database}${part}`))
  for (const part of parts) renameSync(`${database}${part}`, `${aside}${part}`)
  syncDirectory(root)
  return parts.length === 0 ? null : aside
}

/** @returns whether it was not known yet */
function register({ db }: Source, { manifest, ...bundle }: FoundBundle): boolean {
  const { operationId, kind, name, version, path, createdAtMs } = bundle
  return inTransaction(db, () => {
    if (isBundleKnown(db, bundle)) return false
    if (!findOperation(db, operationId)) {
      const epochs = typeof manifest['epochs'] === 'number' ? manifest['epochs'] : 0
      insertRebuiltOperation(db, {
        id: operationId,
        type: operationId.split('_')[1]!,
        name,
        status: 'completed',
        generation: 1,
        settings: null,
        fingerprints: {},
        policy: UNKNOWN_RUN_SETTINGS,
        progress: {
          cursor: { unit: UNITS[kind], at: epochs, of: epochs, within: null },
          doneRatio: 1,
          metrics: {},
        },
        lastSeq: 0,
        error: null,
        result: { [kind]: { path, version } },
        createdAtMs,
        endedAtMs: createdAtMs,
      })
    }
    insertBundle(db, bundle)
    return true
  })
}

const UNITS: Readonly<Record<BundleKind, string>> = {
  model: 'epoch',
  backtest: 'bar',
  tasks: 'task',
  search: 'trial',
  walkforward: 'fold',
}
