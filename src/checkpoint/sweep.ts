// The sweep (`ktrdr gc`) removes what crashes left behind: files that no row names. A file of a save in progress has
// no row yet either, so nothing is judged by that alone: the sweep takes the lock of the operation first, skips it
// when somebody holds it, and looks at the row again under the lock. No clock and no grace period takes part.
// It may be killed anywhere: each removal stands for itself.

import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { systemCode } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import { isOperationId } from '../core/ids.ts'
import { BUNDLE_KINDS, type Layout } from '../core/layout.ts'
import { listDeletedBundles } from '../store/bundle-table.ts'
import { listTrash } from '../store/checkpoint-table.ts'
import type { Sqlite } from '../store/database.ts'
import { isOperationKnown } from '../store/operation-list.ts'
import { lockPath, tryLock, type OwnerLock } from '../store/owner-lock.ts'
import { isPackNamed } from '../store/pack-table.ts'
import { namesIn, removeIfEmpty, TEMPORARY_PREFIX } from './durable-files.ts'
import { publisherOf, removeBundle } from './publish-bundle.ts'
import { unlinkTrash } from './write-checkpoint.ts'

export type SweptFile = {
  /** Relative to the data directory. */
  readonly path: string
  readonly reason: string
  readonly sizeBytes: number
}

export type SweepResult = {
  /** What was removed, or with `dryRun` would be. */
  readonly removed: readonly SweptFile[]
  /** Left alone because a running operation may be writing it. */
  readonly inUse: readonly string[]
  /**
   * Left alone because the database does not know their operation. A crash never leaves such: a row comes before any
   * file. So the database was replaced, or another data directory shares models_dir.
   */
  readonly unknown: readonly string[]
  readonly failed: readonly { readonly path: string; readonly reason: string }[]
  readonly bytesFreed: number
}

type Candidate = {
  readonly path: string
  readonly operationId: string
  readonly reason: string
  /** The lock file of an operation that has no row. */
  readonly isLock?: boolean
  /** Its directory belongs to the same operation, so it may go with the last file. */
  readonly emptiesDirectory?: boolean
  /** Asked again under the lock. */
  readonly isGarbage: () => boolean
  /** Where there is more to it than to remove it. */
  readonly remove?: () => void
}

export function sweep(db: Sqlite, layout: Layout, options: { dryRun: boolean }): SweepResult {
  passPoint('gc.begun')
  const trash = listTrash(db)
  const { removed, failed } = emptyTrash(db, layout, trash, options.dryRun)
  const inUse: string[] = []
  const unknown: string[] = []
  const shown = (path: string): string => relative(layout.root, path)

  for (const candidate of [
    ...findPacks(db, layout, new Set(trash)),
    ...findLocks(db, layout),
    ...findStagedBundles(layout),
    ...findDeletedBundles(db, layout),
  ]) {
    if (!candidate.isLock && !isOperationKnown(db, candidate.operationId)) {
      unknown.push(shown(candidate.path))
      continue
    }
    let lock: OwnerLock | undefined
    try {
      lock = tryLock(layout.locks, candidate.operationId)
      if (!lock) {
        inUse.push(shown(candidate.path))
        continue
      }
      passPoint('gc.locked')
      if (!candidate.isGarbage()) continue
      const sizeBytes = sizeOf(candidate.path)
      passPoint('gc.before-unlink')
      if (!options.dryRun) {
        if (candidate.remove) candidate.remove()
        else rmSync(candidate.path, { recursive: true, force: true })
        if (candidate.emptiesDirectory) removeIfEmpty(dirname(candidate.path))
      }
      passPoint('gc.after-unlink')
      removed.push({ path: shown(candidate.path), reason: candidate.reason, sizeBytes })
    } catch (error) {
      failed.push({ path: shown(candidate.path), reason: systemCode(error) ?? String(error) })
    } finally {
      lock?.release()
    }
  }
  if (!options.dryRun) removeEmptyDirectories(db, layout)
  passPoint('gc.done')
  const bytesFreed = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return { removed, inUse, unknown, failed, bytesFreed }
}

/** Files that durable commits have stopped naming: nobody can want them, so no lock is needed. */
function emptyTrash(
  db: Sqlite,
  layout: Layout,
  trash: readonly string[],
  dryRun: boolean,
): { removed: SweptFile[]; failed: { path: string; reason: string }[] } {
  const files = trash
    .map((path) => join(layout.packs, path))
    .map((file) => ({ file, path: relative(layout.root, file), sizeBytes: sizeOf(file) }))
    .filter(({ sizeBytes }) => sizeBytes > 0)
  if (!dryRun) unlinkTrash(db, layout)
  const isGone = ({ file }: { file: string }): boolean => dryRun || !existsSync(file)
  return {
    removed: files
      .filter(isGone)
      .map(({ path, sizeBytes }) => ({ path, reason: 'its checkpoint was deleted', sizeBytes })),
    failed: files
      .filter((file) => !isGone(file))
      .map(({ path }) => ({ path, reason: 'it could not be unlinked' })),
  }
}

/** Of operations that were deleted: a row comes before any file, so nobody is about to write there. */
function removeEmptyDirectories(db: Sqlite, layout: Layout): void {
  for (const id of namesIn(layout.packs).filter(isOperationId))
    if (!isOperationKnown(db, id)) removeIfEmpty(join(layout.packs, id))
}

function findPacks(db: Sqlite, layout: Layout, trash: ReadonlySet<string>): Candidate[] {
  return namesIn(layout.packs)
    .filter(isOperationId)
    .flatMap((operationId) =>
      ownNamesIn(join(layout.packs, operationId)).map((name) => {
        const isTemporary = name.startsWith(TEMPORARY_PREFIX)
        const path = join(operationId, name)
        return {
          path: join(layout.packs, path),
          operationId,
          reason: isTemporary ? 'crashed write' : 'no database row',
          emptiesDirectory: true,
          isGarbage: () => !trash.has(path) && !isPackNamed(db, path),
        }
      }),
    )
    .filter((candidate) => candidate.isGarbage())
}

/** Locks of operations that were never recorded: their owner died between the lock and the row. */
function findLocks(db: Sqlite, layout: Layout): Candidate[] {
  return namesIn(layout.locks)
    .map((name) => name.replace(/\.lock$/, ''))
    .filter((id) => isOperationId(id) && !isOperationKnown(db, id))
    .map((operationId) => ({
      path: lockPath(layout.locks, operationId),
      operationId,
      reason: 'lock of an operation that was never recorded',
      isLock: true,
      isGarbage: () => !isOperationKnown(db, operationId),
    }))
}

/** Bundles that were staged and never published. Those with a final name stay: somebody's model is no garbage. */
function findStagedBundles(layout: Layout): Candidate[] {
  return Object.values(layout.bundles).flatMap((root) =>
    namesIn(root).flatMap((name) =>
      ownNamesIn(join(root, name)).flatMap((variant) =>
        ownNamesIn(join(root, name, variant))
          .filter((entry) => entry.startsWith(TEMPORARY_PREFIX))
          .map((entry) => ({
            path: join(root, name, variant, entry),
            operationId: entry.slice(TEMPORARY_PREFIX.length).replace(/-[0-9a-f]{12}$/, ''),
            reason: 'crashed before it was published, or while it was deleted',
            isGarbage: () => true,
          })),
      ),
    ),
  )
}

/** Bundles whose deletion was recorded, and cut off before their directory was out of sight. */
function findDeletedBundles(db: Sqlite, layout: Layout): Candidate[] {
  return BUNDLE_KINDS.flatMap((kind) =>
    listDeletedBundles(db, kind).map(({ operationId, path: place }): Candidate => {
      const path = join(layout.bundles[kind], place)
      return {
        path,
        operationId,
        reason: `its ${kind} was deleted`,
        // Another data directory may have published its own there meanwhile.
        isGarbage: () => publisherOf(path) === operationId,
        remove: () => removeBundle(path, operationId),
      }
    }),
  ).filter((candidate) => candidate.isGarbage())
}

/** Names in a directory that is one: what lies behind a link is not ours to sweep. */
function ownNamesIn(directory: string): string[] {
  const isOwn = lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false
  return isOwn ? namesIn(directory) : []
}

/** Bytes of a file, or of the files of a directory; 0 when it is gone. */
function sizeOf(path: string): number {
  try {
    const stat = lstatSync(path)
    if (!stat.isDirectory()) return stat.size
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
  } catch {
    return 0
  }
}
