// A thread that trains a network of two threads; its parent starts the other one. Reports how the first step ended.

import { parentPort, workerData } from 'node:worker_threads'
import { errorToData } from '../../src/core/errors.ts'
import { createKernelNetwork } from '../../src/neural/kernel/network.ts'
import type { Training } from './random-training.ts'

const { module, training } = workerData as { module: WebAssembly.Module; training: Training }
const { shape, fit, rows, batches } = training
const network = createKernelNetwork(
  { module, threads: 2, startThread: (data) => parentPort!.postMessage({ start: data }) },
  shape,
  fit,
  rows,
)
try {
  network.trainStep(batches[0]!, { step: 1, learningRate: 0.01 })
  parentPort!.postMessage({ ended: null })
} catch (error) {
  parentPort!.postMessage({ ended: errorToData(error) })
}
