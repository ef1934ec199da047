// Deleting an operation, under its lock: its record, its checkpoints, its log and, when that is wanted, what it has
// published. First what was published goes, as `models delete` lets a model go; the record goes last. A crash in between
// leaves an operation whose deletion can be asked for again, never files that nobody knows.

import { join } from 'node:path'
import { removeIfEmpty, unlinkIfThere } from '../checkpoint/durable-files.ts'
import { removeBundle } from '../checkpoint/publish-bundle.ts'
import { afterCommit, unlinkTrash } from '../checkpoint/write-checkpoint.ts'
import type { Clock } from '../core/clock.ts'
import { KtrdrError } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import type { Layout } from '../core/layout.ts'
import { storedBytes } from '../store/blob-table.ts'
import {
  bundlesOf,
  forgetBundlesOf,
  markBundleDeleted,
  type BundleRow,
} from '../store/bundle-table.ts'
import { listCheckpoints, removeCheckpoints } from '../store/checkpoint-table.ts'
import { inTransaction, type Sqlite } from '../store/database.ts'
import { deleteOperation, findOperation } from '../store/operation-table.ts'
import { lockPath, tryLock } from '../store/owner-lock.ts'
import { takeSaveRequest } from '../store/save-request.ts'
import { refuseIfNeeded } from './delete-model.ts'
import { operationNotFound, operationRunning } from './errors.ts'
import { logPath, outputPath } from './operation-log.ts'

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
 * @throws OPERATION_ALREADY_RUNNING; HAS_RESULTS when it has published something and `withResults` is false;
 *   MODEL_IN_USE when another operation still needs that
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
    const { published, gone } = inTransaction(db, () => {
      checkDeletable(db, layout, operationId, withResults)
      const bundles = bundlesOf(db, operationId)
      for (const bundle of bundles.published) markBundleDeleted(db, bundle)
      return bundles
    })
    passPoint('remove.results-marked')
    for (const bundle of [...published, ...gone]) removeBundle(placeOf(layout, bundle), operationId)
    for (const path of [logPath(layout.logs, operationId), outputPath(layout.logs, operationId)])
      unlinkIfThere(path)
    takeSaveRequest(layout.locks, operationId)
    passPoint('remove.results-gone')
    const deleted = inTransaction(db, () => {
      const rows = listCheckpoints(db, operationId)
      const stored = storedBytes(db, operationId)
      removeCheckpoints(db, rows, clock.nowMs())
      forgetBundlesOf(db, operationId)
      deleteOperation(db, operationId)
      passPoint('remove.before-commit')
      return {
        operationId,
        checkpoints: rows.length,
        results: published.map((bundle) => placeOf(layout, bundle)),
        bytesFreed: published.reduce((sum, { sizeBytes }) => sum + sizeBytes, stored),
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

/** @throws HAS_RESULTS, MODEL_IN_USE */
export function checkDeletable(
  db: Sqlite,
  layout: Layout,
  operationId: string,
  withResults: boolean,
): void {
  const { published } = bundlesOf(db, operationId)
  if (published.length === 0) return
  const places = published.map((bundle) => placeOf(layout, bundle))
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
  for (const bundle of published)
    refuseIfNeeded(db, { model: `${bundle.name}@${bundle.version}`, path: placeOf(layout, bundle) })
}

function placeOf(layout: Layout, { kind, path }: BundleRow): string {
  return join(layout.bundles[kind], path)
}
