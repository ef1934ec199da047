// The front door's part that tidies up: how much room checkpoints take, deleting them, clean-up by hand and on the
// way, and gc.

import { join } from 'node:path'
import { sweepQuarantine } from './checkpoint/quarantine.ts'
import type { Source } from './checkpoint/read-blobs.ts'
import type { SweepResult, SweptFile } from './checkpoint/sweep.ts'
import { KtrdrError } from './core/errors.ts'
import type { Layout } from './core/layout.ts'
import { clearBarCache } from './data/bar-cache.ts'
import type { AutomaticCleanup } from './operations/automatic-cleanup.ts'
import { checkpointStats, type CheckpointStats } from './operations/checkpoint-stats.ts'
import { cleanUp, collectGarbage, type Cleanup } from './operations/cleanup.ts'
import { compactWasteful, type Compacted } from './operations/compact-checkpoints.ts'
import { deleteCheckpoints } from './operations/delete-checkpoints.ts'
import type { CleanupStore } from './operations/removal.ts'
import { viewCheckpoint, type CheckpointView } from './operations/checkpoint-view.ts'
import { cleanupRulesOf, type CleanupFlags, type Settings } from './settings.ts'

export type CleanupOptions = {
  readonly dryRun: boolean
  /** The directory to export to what goes. */
  readonly archive?: string | undefined
}

export type GcResult = SweepResult & { readonly compacted: readonly Compacted[] }

export type DeletedCheckpoints = {
  readonly deleted: readonly CheckpointView[]
  readonly bytesFreed: number
  /** Operations whose checkpoints stay because they are running. */
  readonly inUse: readonly string[]
}

export function housekeepingOf(store: CleanupStore & Source, settings: Settings) {
  const { db, layout, clock } = store
  const { values } = settings
  const rules = cleanupRulesOf(settings)
  const automatic: AutomaticCleanup = { rules, intervalMs: values['cleanup.interval'] }
  /**
   * Exactly these: what was saved since they were looked at stays.
   * @throws OPERATION_ALREADY_RUNNING; CHECKPOINT_NOT_FOUND when all of them are gone
   */
  const deleteVersions = (id: string, seqs: readonly number[]): DeletedCheckpoints => {
    const { rows, bytesFreed } = deleteCheckpoints(db, layout, clock, id, seqs)
    const deleted = rows.map((row) => viewCheckpoint(row, clock.nowMs()))
    return { deleted, bytesFreed, inUse: [] }
  }
  return {
    /** Of every run; undefined = it is switched off. */
    automatic: values['cleanup.auto'] ? automatic : undefined,

    checkpoints: {
      stats: (): CheckpointStats => checkpointStats(store, rules),
      cleanup: (flags: CleanupFlags, { dryRun, archive }: CleanupOptions): Cleanup =>
        cleanUp(store, cleanupRulesOf(settings, flags), {
          dryRun,
          archive: archive === undefined ? undefined : { directory: archive, keys: store.keys },
        }),
      delete: deleteVersions,
      /** Of those, the ones that no running operation uses. @returns also ids of the running ones */
      deleteAll: (chosen: readonly CheckpointView[]): DeletedCheckpoints => {
        const deleted: CheckpointView[] = []
        const inUse: string[] = []
        let bytesFreed = 0
        for (const [id, versions] of Map.groupBy(chosen, (version) => version.operationId))
          try {
            const seqs = versions.map(({ seq }) => seq)
            const one = deleteVersions(id, seqs)
            deleted.push(...one.deleted)
            bytesFreed += one.bytesFreed
          } catch (error) {
            const code = error instanceof KtrdrError ? error.code : undefined
            if (code === 'OPERATION_ALREADY_RUNNING') inUse.push(id)
            else if (code !== 'CHECKPOINT_NOT_FOUND') throw error // deleted by another process meanwhile
          }
        return { deleted, bytesFreed, inUse }
      },
    },

    gc: ({ dryRun }: { dryRun: boolean }): GcResult => {
      const swept = collectGarbage(store, dryRun)
      const { compacted, failed } = compactWasteful(store, dryRun)
      const expired = sweepQuarantine(layout, { dryRun, keepMs: rules.maxAgeMs }, clock.nowMs())
      const cached = sweepBarCache(layout, dryRun)
      const freed = [
        ...cached.map(({ sizeBytes }) => sizeBytes),
        ...expired.map(({ sizeBytes }) => sizeBytes),
        ...compacted.map((one) => one.bytesFreed),
      ]
      return {
        ...swept,
        compacted,
        removed: [...swept.removed, ...expired, ...cached],
        failed: [...swept.failed, ...failed],
        bytesFreed: freed.reduce((sum, bytes) => sum + bytes, swept.bytesFreed),
      }
    },
  }
}

/** Also when it is switched off: what it was kept for does not come back. */
function sweepBarCache(layout: Layout, dryRun: boolean): readonly SweptFile[] {
  const path = join('cache', 'bars')
  const sizeBytes = clearBarCache(join(layout.root, path), { dryRun })
  return sizeBytes === 0
    ? []
    : [{ path, reason: 'bars of data files, to read them sooner', sizeBytes }]
}
