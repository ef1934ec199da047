// Clean-up without being asked: when a run has started, and again whenever the interval has passed while it goes on. It
// works in the main thread, beside the job. What it did is an event of the run; its failure never ends one.

import { errorToData } from '../core/errors.ts'
import { explainSystemError } from '../core/system-error.ts'
import type { RunContext } from '../runner/run-operation.ts'
import { takeOn } from '../store/housekeeping-table.ts'
import { cleanUp, type CleanupRules } from './cleanup.ts'

export type AutomaticCleanup = { readonly rules: CleanupRules; readonly intervalMs: number }

const HOUR_MS = 3_600_000
const SECOND_MS = 1000

/** The same context, whose run also cleans up, unless that is switched off. */
export function withCleanup<Context extends RunContext>(
  context: Context,
  automatic: AutomaticCleanup | undefined,
): Context {
  if (automatic === undefined) return context
  const { db, layout, clock, listener } = context
  const { rules, intervalMs } = automatic
  // By the clock that never jumps; the database, which other processes clean too, is asked at least once an hour.
  const lookEveryMs = Math.max(SECOND_MS, Math.min(intervalMs, HOUR_MS))
  let nextLookMs = clock.elapsedMs()
  const housekeep = (operationId: string): void => {
    if (clock.elapsedMs() < nextLookMs) return
    nextLookMs = clock.elapsedMs() + lookEveryMs
    try {
      if (!takeOn(db, 'cleanup', intervalMs, clock.nowMs())) return
      const cleanup = cleanUp({ db, layout, clock }, rules, { dryRun: false }, operationId)
      const { checkpointsDeleted, orphanArtifactsCleaned, bytesFreed, failed, warnings } = cleanup
      const figures = { checkpointsDeleted, orphanArtifactsCleaned, bytesFreed }
      listener({ kind: 'cleaned', ...figures, failed: failed.length, warnings })
    } catch (error) {
      const known = explainSystemError(error, 'The clean-up could not be done')
      listener({ kind: 'cleanup-failed', error: errorToData(known) })
    }
  }
  return { ...context, housekeep }
}
