// `ktrdr gc`: files that crashes left behind, copies that were in quarantine long enough, and packs that are mostly unneeded.

import { sweepQuarantine } from '../checkpoint/quarantine.ts'
import type { Source } from '../checkpoint/read-blobs.ts'
import { sweep, type SweepResult } from '../checkpoint/sweep.ts'
import type { Clock } from '../core/clock.ts'
import { compactWasteful, type Compacted } from './compact-checkpoints.ts'

export type GcResult = SweepResult & { readonly compacted: readonly Compacted[] }

export function collectGarbage(
  context: Source & { readonly clock: Clock },
  options: { dryRun: boolean },
): GcResult {
  const { db, layout, clock } = context
  const { compacted, failed } = compactWasteful(context, options.dryRun)
  const swept = sweep(db, layout, options)
  const expired = sweepQuarantine(layout, options, clock.nowMs())
  const freed = [
    ...expired.map(({ sizeBytes }) => sizeBytes),
    ...compacted.map(({ bytesFreed }) => bytesFreed),
  ]
  return {
    ...swept,
    compacted,
    removed: [...swept.removed, ...expired],
    failed: [...swept.failed, ...failed],
    bytesFreed: freed.reduce((sum, bytes) => sum + bytes, swept.bytesFreed),
  }
}
