// The sweep (`ktrdr gc`) removes what crashes left behind: files that no row names. A file of a save in progress has
// no row yet either, so nothing is judged by that alone: the sweep takes the lock of the operation first, skips it
// when somebody holds it, and looks at the row again under the lock. No clock and no grace period takes part.
// It may be killed anywhere: each removal stands for itself.

import { readdirSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { systemCode } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import { isOperationId } from '../core/ids.ts'
import type { Layout } from '../core/layout.ts'
import { isPackNamed, listTrash } from '../store/checkpoint-table.ts'
import type { Sqlite } from '../store/database.ts'
import { findOperation } from '../store/operation-table.ts'
import { lockPath, tryLock } from '../store/owner-lock.ts'
import { TEMPORARY_PREFIX } from './durable-files.ts'
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
  readonly failed: readonly { readonly path: string; readonly reason: string }[]
  readonly bytesFreed: number
}

type Candidate = {
  readonly path: string
  readonly operationId: string | null
  readonly reason: string
  /** Asked again under the lock. */
  readonly isGarbage: () => boolean
}

export function sweep(db: Sqlite, layout: Layout, options: { dryRun: boolean }): SweepResult {
  passPoint('gc.begun')
  const removed: SweptFile[] = []
  const inUse: string[] = []
  const failed: { path: string; reason: string }[] = []
  const shown = (path: string): string => relative(layout.root, path)

  for (const path of listTrash(db)) {
    const file = join(layout.packs, path)
    const sizeBytes = sizeOf(file)
    if (sizeBytes > 0)
      removed.push({ path: shown(file), reason: 'its checkpoint was deleted', sizeBytes })
  }
  if (!options.dryRun) unlinkTrash(db, layout)

  for (const candidate of [
    ...findPacks(db, layout),
    ...findLocks(db, layout),
    ...findStagedBundles(layout),
  ]) {
    if (options.dryRun && removed.some(({ path }) => path === shown(candidate.path))) continue // trash
    const lock =
      candidate.operationId === null ? NO_LOCK : tryLock(layout.locks, candidate.operationId)
    if (!lock) {
      inUse.push(shown(candidate.path))
      continue
    }
    try {
      passPoint('gc.locked')
      if (!candidate.isGarbage()) continue
      const sizeBytes = sizeOf(candidate.path)
      passPoint('gc.before-unlink')
      if (!options.dryRun) rmSync(candidate.path, { recursive: true, force: true })
      passPoint('gc.after-unlink')
      removed.push({ path: shown(candidate.path), reason: candidate.reason, sizeBytes })
    } catch (error) {
      failed.push({ path: shown(candidate.path), reason: systemCode(error) ?? String(error) })
    } finally {
      lock.release()
    }
  }
  passPoint('gc.done')
  return {
    removed,
    inUse,
    failed,
    bytesFreed: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

const NO_LOCK = { release: (): void => {} }

function findPacks(db: Sqlite, layout: Layout): Candidate[] {
  return namesIn(layout.packs)
    .filter(isOperationId)
    .flatMap((operationId) =>
      namesIn(join(layout.packs, operationId)).map((name) => {
        const isTemporary = name.startsWith(TEMPORARY_PREFIX)
        return {
          path: join(layout.packs, operationId, name),
          operationId,
          reason: isTemporary ? 'crashed write' : 'no database row',
          isGarbage: () => !isPackNamed(db, join(operationId, name)),
        }
      }),
    )
    .filter((candidate) => candidate.isGarbage())
}

/** Locks of operations that were never recorded: their owner died between the lock and the row. */
function findLocks(db: Sqlite, layout: Layout): Candidate[] {
  return namesIn(layout.locks)
    .map((name) => name.replace(/\.lock$/, ''))
    .filter((id) => isOperationId(id) && findOperation(db, id) === undefined)
    .map((operationId) => ({
      path: lockPath(layout.locks, operationId),
      operationId,
      reason: 'lock of an operation that was never recorded',
      isGarbage: () => findOperation(db, operationId) === undefined,
    }))
}

/** Bundles that were staged and never published. Published ones stay, whoever put them there. */
function findStagedBundles(layout: Layout): Candidate[] {
  return Object.values(layout.bundles).flatMap((root) =>
    namesIn(root).flatMap((name) =>
      namesIn(join(root, name)).flatMap((variant) =>
        namesIn(join(root, name, variant))
          .filter((entry) => entry.startsWith(TEMPORARY_PREFIX))
          .map((entry) => {
            const label = entry.slice(TEMPORARY_PREFIX.length).replace(/-[0-9a-f]{12}$/, '')
            return {
              path: join(root, name, variant, entry),
              operationId: isOperationId(label) ? label : null,
              reason: 'crashed before it was published',
              isGarbage: () => true,
            }
          }),
      ),
    ),
  )
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).toSorted()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return []
    throw error
  }
}

/** Bytes of a file, or of the files of a directory; 0 when it is gone. */
function sizeOf(path: string): number {
  try {
    const stat = statSync(path)
    if (!stat.isDirectory()) return stat.size
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
  } catch {
    return 0
  }
}
