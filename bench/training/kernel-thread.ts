// The worker that one helper thread of the kernel runs in.

import { workerData } from 'node:worker_threads'
import { runKernelThread, type KernelThreadData } from '../../src/neural/kernel/thread.ts'

runKernelThread(workerData as KernelThreadData)
