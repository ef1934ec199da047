// The worker thread that does tasks of a queue.

import { availableParallelism } from 'node:os'
import { systemClock } from './core/clock.ts'
import { findWork } from './jobs/work-catalog.ts'
import { openKernel } from './open-kernel.ts'
import type { TaskThreadData } from './runner/task-messages.ts'
import { runTaskThread } from './runner/task-thread.ts'

export function runTaskWorker(data: TaskThreadData): void {
  const resources = {
    // The tasks share the processors: each computes on one.
    threads: 1,
    cores: availableParallelism(),
    kernel: openKernel,
    startThread: () => {},
  }
  runTaskThread(data, findWork, resources, systemClock)
}
