// What tests ask of the run of a queue by the real program.

import type { QueueSettings } from '../../src/jobs/task-queue.ts'
import type { RunResult } from './program.ts'

/** Workers that have died in a run with --progress json. */
export function deathsIn({ events }: RunResult): number {
  return events().filter(({ event, text }) => event === 'task' && String(text).includes('died'))
    .length
}

/** One worker, nothing saved, nothing limited. */
export const ONE_WORKER: QueueSettings = {
  workers: 1,
  snapshotEveryMs: null,
  taskTimeoutMs: null,
  maxSnapshotAgeMs: null,
  failFast: false,
  workerMemoryBytes: null,
}
