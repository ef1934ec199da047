// The one entry of all worker threads. What a thread is to be stands in its workerData.

import { availableParallelism } from 'node:os'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { systemClock } from './core/clock.ts'
import { invariant } from './core/errors.ts'
import type { JobThreadData, KernelThreadData, WriterThreadData } from './runner/messages.ts'
import type { TaskThreadData } from './runner/task-messages.ts'
import { keepCompiled } from './runtime/keep-compiled.ts'

type Role =
  | (JobThreadData & { readonly peer: MessagePort })
  | (WriterThreadData & { readonly peer: MessagePort })
  | ({ readonly role: 'kernel' } & KernelThreadData)
  | TaskThreadData
  | { readonly role: 'probe' }

async function main(): Promise<void> {
  invariant(parentPort, 'src/worker.ts runs in worker threads only')
  const data = workerData as Role
  keepCompiled()
  // Each thread loads only what its role needs; in a bundle each of these is a file of its own (scripts/bundle.mjs).
  switch (data.role) {
    case 'job': {
      const { runJobWorker } = await import('./job-worker.ts')
      return runJobWorker(data, parentPort, data.peer)
    }
    case 'writer': {
      const { runWriterThread } = await import('./runner/writer-thread.ts')
      return runWriterThread(data, systemClock, parentPort, data.peer)
    }
    case 'task': {
      const { runTaskWorker } = await import('./task-worker.ts')
      return runTaskWorker(data)
    }
    case 'probe':
      return parentPort.postMessage(availableParallelism())
    case 'kernel': {
      const { runKernelThread } = await import('./neural/kernel/thread.ts')
      return runKernelThread(data)
    }
  }
}

void main()
