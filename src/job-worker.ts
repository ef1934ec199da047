// The worker thread that does the work of an operation.

import { availableParallelism } from 'node:os'
import type { MessagePort } from 'node:worker_threads'
import { systemClock } from './core/clock.ts'
import { findJob } from './jobs/catalog.ts'
import { openKernel } from './open-kernel.ts'
import { runJobThread } from './runner/job-thread.ts'
import type { JobThreadData } from './runner/messages.ts'

export async function runJobWorker(
  data: JobThreadData,
  main: MessagePort,
  writer: MessagePort,
): Promise<void> {
  const machine = {
    cores: availableParallelism(),
    kernel: openKernel,
    clock: systemClock,
  }
  return runJobThread(data, await findJob(data.type), machine, main, writer)
}
