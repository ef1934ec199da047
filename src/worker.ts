// The one entry of all worker threads. What a thread is to be stands in its workerData.

import { availableParallelism } from 'node:os'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { systemClock } from './core/clock.ts'
import { invariant } from './core/errors.ts'
import type { JobThreadData, KernelThreadData, WriterThreadData } from './runner/messages.ts'

type Role =
  | (JobThreadData & { readonly peer: MessagePort })
  | (WriterThreadData & { readonly peer: MessagePort })
  | ({ readonly role: 'kernel' } & KernelThreadData)

async function main(): Promise<void> {
  invariant(parentPort, 'src/worker.ts runs in worker threads only')
  const data = workerData as Role
  // Each thread loads only what its role needs.
  switch (data.role) {
    case 'job': {
      const [{ findJob }, { runJobThread }, { openKernel }] = await Promise.all([
        import('./jobs/catalog.ts'),
        import('./runner/job-thread.ts'),
        import('./open-kernel.ts'),
      ])
      const machine = {
        cores: availableParallelism(),
        kernel: openKernel,
        elapsedMs: systemClock.elapsedMs,
      }
      return runJobThread(data, await findJob(data.type), machine, parentPort, data.peer)
    }
    case 'writer': {
      const { runWriterThread } = await import('./runner/writer-thread.ts')
      return runWriterThread(data, systemClock, parentPort, data.peer)
    }
    case 'kernel': {
      const { runKernelThread } = await import('./neural/kernel/thread.ts')
      return runKernelThread(data)
    }
  }
}

void main()
