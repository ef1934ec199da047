// Deleting an operation, under its lock: its record, its checkpoints, its log and, when that is wanted, what it has
// published. The files of a result go first and the rows last: a crash in between leaves an operation whose deletion can
// be asked for again, never files that nobody knows.

import { renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  removeIfEmpty,
  syncDirectory,
  temporaryName,
  unlinkIfThere,
} from '../checkpoint/durable-files.ts'
import { afterCommit, unlinkTrash } from '../checkpoint/write-checkpoint.ts'
import type { Clock } from '../core/clock.ts'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import type { Layout } from '../core/layout.ts'
import { storedBytes } from '../store/blob-table.ts'
import { bundlesOf, deleteBundlesOf, type BundleRow } from '../store/bundle-table.ts'
import { listCheckpoints, removeCheckpoints } from '../store/checkpoint-table.ts'
import { inTransaction, type Sqlite } from '../store/database.ts'
import { deleteOperation, findOperation, listOperations } from '../store/operation-table.ts'
import { lockPath, tryLock } from '../store/owner-lock.ts'
import { takeSaveRequest } from '../store/save-request.ts'
import { operationNotFound, operationRunning } from './errors.ts'
import { logPath, outputPath } from './operation-log.ts'
import { isResumable } from './states.ts'

export type DeletedOperation = {
  readonly operationId: string
  readonly checkpoints: number
  /** Directories of the results that are gone. */
  readonly results: readonly string[]
  readonly bytesFreed: number
}

export type DeletionContext = {
  readonly db: Sqlite
  readonly layout: Layout
  readonly clock: Clock
}

/**
 * @throws OPERATION_ALREADY_RUNNING; HAS_RESULTS when it has published something and `withResults` is false, or when
 *   another operation still needs that
 */
export function deleteOperationOf(
  { db, layout, clock }: DeletionContext,
  operationId: string,
  withResults: boolean,
): DeletedOperation {
  const lock = tryLock(layout.locks, operationId)
  if (!lock) throw operationRunning(operationId)
  try {
    if (!findOperation(db, operationId)) throw operationNotFound(operationId)
    passPoint('remove.locked')
    const bundles = bundlesOf(db, operationId)
    checkDeletable(db, layout, operationId, bundles, withResults)
    for (const bundle of bundles) removeDirectory(placeOf(layout, bundle), operationId)
    for (const path of [logPath(layout.logs, operationId), outputPath(layout.logs, operationId)])
      unlinkIfThere(path)
    takeSaveRequest(layout.locks, operationId)
    passPoint('remove.results-gone')
    const deleted = inTransaction(db, () => {
      const rows = listCheckpoints(db, operationId)
      const stored = storedBytes(db, operationId)
      removeCheckpoints(db, rows, clock.nowMs())
      deleteBundlesOf(db, operationId)
      deleteOperation(db, operationId)
      passPoint('remove.before-commit')
      return {
        operationId,
        checkpoints: rows.length,
        results: bundles.map((bundle) => placeOf(layout, bundle)),
        bytesFreed: bundles.reduce((sum, { sizeBytes }) => sum + sizeBytes, stored),
      }
    })
    afterCommit(() => {
      passPoint('remove.after-commit')
      unlinkTrash(db, layout)
      removeIfEmpty(join(layout.packs, operationId))
      unlinkIfThere(lockPath(layout.locks, operationId)) // its row is gone, and the lock is ours
      passPoint('remove.done')
    })
    return deleted
  } finally {
    lock.release()
  }
}

/** What may be asked before anything is touched. @throws HAS_RESULTS */
export function checkDeletable(
  db: Sqlite,
  layout: Layout,
  operationId: string,
  bundles: readonly BundleRow[],
  withResults: boolean,
): void {
  if (bundles.length === 0) return
  const places = bundles.map((bundle) => placeOf(layout, bundle))
  if (!withResults)
    throw new KtrdrError(
      'HAS_RESULTS',
      `${operationId} has published ${places.join(', ')}, which would be left without a record.`,
      {
        suggestions: [
          `ktrdr operations delete ${operationId} --results`,
          `ktrdr checkpoints delete ${operationId}`,
        ],
        details: { operationId, results: places },
      },
    )
  const user = listOperations(db).find(
    (operation) =>
      operation.id !== operationId &&
      (operation.status === 'running' || isResumable(operation)) &&
      mentions(JSON.stringify(operation.settings), places, bundles),
  )
  if (user)
    throw new KtrdrError(
      'HAS_RESULTS',
      `What ${operationId} has published is needed by ${user.id}, which is ${user.status}.`,
      {
        suggestions: [`ktrdr operations show ${user.id}`, `ktrdr operations delete ${user.id}`],
        details: { operationId, neededBy: user.id },
      },
    )
}

/** Settings name a model by its directory, or by the hash of its manifest. */
function mentions(
  settings: string,
  places: readonly string[],
  bundles: readonly BundleRow[],
): boolean {
  return (
    places.some((place) => settings.includes(JSON.stringify(place))) ||
    bundles.some(({ sha256 }) => settings.includes(sha256))
  )
}

function placeOf(layout: Layout, { kind, path }: BundleRow): string {
  return join(layout.bundles[kind], path)
}

/** Under a name that gc clears away, so that a directory with a final name is always whole. */
function removeDirectory(directory: string, operationId: string): void {
  const doomed = join(dirname(directory), temporaryName(operationId))
  try {
    renameSync(directory, doomed)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return // of a deletion that was cut off
    throw error
  }
  syncDirectory(dirname(directory))
  rmSync(doomed, { recursive: true, force: true })
}
