// A thread that trains a network of two threads; its parent starts the other one. Reports how two steps ended.

import { parentPort, workerData } from 'node:worker_threads'
import { errorToData, type ErrorData } from '../../src/core/errors.ts'
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
function failureOf(step: number): ErrorData | null {
  try {
    network.trainStep(batches[0]!, { step, learningRate: 0.01 })
    return null
  } catch (error) {
    return errorToData(error)
  }
}

parentPort!.postMessage({ ended: [failureOf(1), failureOf(2)] })
