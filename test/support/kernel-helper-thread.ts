// A helper thread that serves one kernel network after another, as a worker.

import { parentPort } from 'node:worker_threads'
import {
  abortKernel,
  runKernelThread,
  type KernelThreadData,
} from '../../src/neural/kernel/thread.ts'

parentPort!.on('message', (data: KernelThreadData) => {
  try {
    runKernelThread(data)
  } catch (error) {
    // Whoever started this thread sleeps in a step and would never hear of it.
    abortKernel(data)
    throw error
  }
})
