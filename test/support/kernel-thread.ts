// A helper thread of a kernel network, as a worker.

import { workerData } from 'node:worker_threads'
import { runKernelThread, type KernelThreadData } from '../../src/neural/kernel/thread.ts'

runKernelThread(workerData as KernelThreadData)
