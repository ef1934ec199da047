// The one entry of all worker threads. What a thread is to be stands in its workerData.

import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { systemClock } from './core/clock.ts'
import { invariant } from './core/errors.ts'
import type { JobThreadData, WriterThreadData } from './runner/messages.ts'

async function main(): Promise<void> {
  invariant(parentPort, 'src/worker.ts runs in worker threads only')
  const data = workerData as (JobThreadData | WriterThreadData) & { readonly peer: MessagePort }
  // Each thread loads only what its role needs.
  if (data.role === 'job') {
    const [{ findJob }, { runJobThread }] = await Promise.all([
      import('./jobs/catalog.ts'),
      import('./runner/job-thread.ts'),
    ])
    await runJobThread(data, await findJob(data.type), parentPort, data.peer)
  } else {
    const { runWriterThread } = await import('./runner/writer-thread.ts')
    runWriterThread(data, systemClock, parentPort, data.peer)
  }
}

void main()
