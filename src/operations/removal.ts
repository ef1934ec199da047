// How checkpoints are removed: an operation is looked at under its lock, so a running one is passed over; what it is to
// lose goes in one transaction, after it has been archived if it is to be. It may be killed anywhere: what is gone is
// gone, the rest is as it was.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { removeIfEmpty } from '../checkpoint/durable-files.ts'
import type { Keys } from '../checkpoint/encryption.ts'
import { exportCheckpoint } from '../checkpoint/export-checkpoint.ts'
import { afterCommit, unlinkTrash } from '../checkpoint/write-checkpoint.ts'
import type { Clock } from '../core/clock.ts'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import type { Layout } from '../core/layout.ts'
import { listCheckpoints, type CheckpointRow } from '../store/checkpoint-table.ts'
import { inTransaction, rehearse, type Sqlite } from '../store/database.ts'
import { statusOf } from '../store/operation-list.ts'
import { tryLock } from '../store/owner-lock.ts'
import { dropCheckpoints } from './delete-checkpoints.ts'

export type CleanupOptions = {
  readonly dryRun: boolean
  /** Each checkpoint that goes is exported to `<directory>/<operation>/<generation>-<seq>` before. */
  readonly archive?: { readonly directory: string; readonly keys: Keys } | undefined
}

export type CleanupStore = { readonly db: Sqlite; readonly layout: Layout; readonly clock: Clock }

export type JudgedCheckpoint = {
  readonly operationId: string
  readonly seq: number
  readonly reason: string
}

export type Chosen = { readonly row: CheckpointRow; readonly reason: string }

export type Removal = {
  readonly store: CleanupStore
  readonly dryRun: boolean
  readonly archive: CleanupOptions['archive']
  readonly removed: (JudgedCheckpoint & { readonly sizeBytes: number })[]
  readonly kept: JudgedCheckpoint[]
  /** Operations, and why. */
  readonly skipped: Map<string, string>
  readonly failed: { readonly path: string; readonly reason: string }[]
  readonly warnings: string[]
  archivedBytes: number
}

export function beginRemoval(
  store: CleanupStore,
  dryRun: boolean,
  archive?: CleanupOptions['archive'],
): Removal {
  const skipped = new Map<string, string>()
  const none = { removed: [], kept: [], failed: [], warnings: [], archivedBytes: 0 }
  return { store, dryRun, archive, skipped, ...none }
}

/** A dry run does what the real one does, and takes it back: its figures are those of the real one. */
export function reallyOrNot({ store, dryRun }: Removal, work: () => void): void {
  if (dryRun) rehearse(store.db, work)
  else work()
}

export function removeFrom(
  removal: Removal,
  operationId: string,
  choose: (rows: readonly CheckpointRow[]) => readonly Chosen[],
): void {
  const { db, layout } = removal.store
  const seen = choose(listCheckpoints(db, operationId))
  if (seen.length === 0) return
  if (isUndisturbed(removal, operationId)) {
    removeAll(removal, operationId, seen)
    return
  }
  const lock = tryLock(layout.locks, operationId)
  if (!lock) {
    removal.skipped.set(operationId, 'running')
    return
  }
  try {
    passPoint('cleanup.locked')
    // Again: what was seen without the lock may have been of a run that has ended meanwhile.
    const chosen = choose(listCheckpoints(db, operationId))
    removeAll(
      removal,
      operationId,
      chosen.filter((one) => isArchived(removal, one)),
    )
    if (removal.dryRun) return
    afterCommit(() => {
      passPoint('cleanup.after-commit')
      unlinkTrash(db, layout)
      passPoint('cleanup.after-unlink')
      removeIfEmpty(join(layout.packs, operationId))
    })
  } finally {
    lock.release()
  }
}

/** Who only looks needs no lock, which costs a file, for what nobody runs. */
function isUndisturbed({ store, dryRun }: Removal, operationId: string): boolean {
  return dryRun && statusOf(store.db, operationId) !== 'running'
}

function removeAll(removal: Removal, operationId: string, chosen: readonly Chosen[]): void {
  const { db, clock } = removal.store
  const remove = ({ row, reason }: Chosen) => {
    const sizeBytes = dropCheckpoints(db, operationId, [row], clock.nowMs())
    return { operationId, seq: row.seq, reason, sizeBytes }
  }
  try {
    const removed = inTransaction(db, () => {
      passPoint('cleanup.in-transaction')
      const gone = chosen.map(remove)
      passPoint('cleanup.before-commit')
      return gone
    })
    removal.removed.push(...removed)
  } catch (error) {
    for (const one of chosen) noteFailure(removal, one, error)
  }
}

/** An archive is whole or not there: what one that was killed has left is taken as it is. */
function isArchived(removal: Removal, chosen: Chosen): boolean {
  const { store, dryRun, archive } = removal
  if (dryRun || archive === undefined) return true
  const { operationId, generation, seq } = chosen.row
  const target = join(archive.directory, operationId, `${generation}-${seq}`)
  try {
    if (!existsSync(target))
      removal.archivedBytes += exportCheckpoint({ ...store, ...archive }, chosen.row, target)
    passPoint('cleanup.archived')
    return true
  } catch (error) {
    noteFailure(removal, chosen, error)
    return false
  }
}

/** @throws what is a bug rather than a failure of the machine or of the checkpoint */
function noteFailure({ failed }: Removal, { row }: Chosen, error: unknown): void {
  if (!(error instanceof KtrdrError) && systemCode(error) === undefined) throw error
  failed.push({ path: `${row.operationId}@${row.seq}`, reason: (error as Error).message })
}
