// The front door's part that tidies up: clean-up by hand and on the way, what gc removes, and how much room is taken.

import type { Keys } from './checkpoint/encryption.ts'
import type { SweepResult } from './checkpoint/sweep.ts'
import type { AutomaticCleanup } from './operations/automatic-cleanup.ts'
import { checkpointStats, type CheckpointStats } from './operations/checkpoint-stats.ts'
import { cleanUp, collectGarbage, type Cleanup, type CleanupStore } from './operations/cleanup.ts'
import { cleanupRulesOf, type CleanupFlags, type Settings } from './settings.ts'

export type CleanupOptions = {
  readonly dryRun: boolean
  /** The directory to export to what goes. */
  readonly archive?: string | undefined
}

/** @param keys opened when something encrypted is to be read */
export function housekeepingOf(store: CleanupStore, settings: Settings, keys: () => Keys) {
  const { values } = settings
  const rules = cleanupRulesOf(settings)
  const intervalMs = values['cleanup.interval']
  const automatic: AutomaticCleanup | undefined = values['cleanup.auto']
    ? { rules, intervalMs }
    : undefined
  return {
    /** Of every run; undefined = it is switched off. */
    automatic,
    stats: (): CheckpointStats => checkpointStats(store, rules),
    cleanup: (flags: CleanupFlags, { dryRun, archive }: CleanupOptions): Cleanup =>
      cleanUp(store, cleanupRulesOf(settings, flags), {
        dryRun,
        archive: archive === undefined ? undefined : { directory: archive, keys: keys() },
      }),
    gc: ({ dryRun }: { dryRun: boolean }): SweepResult => collectGarbage(store, dryRun),
  }
}
