// How many threads a training step is worth. Two meetings a step cost some microseconds, more when a thread has to be
// woken, so a short step is faster alone; a long one is divided into parts that are themselves worth a thread.

import { parameterCount } from '../initialise.ts'
import type { NetworkShape } from '../network.ts'

/** Multiplications and additions; a thread does them in about 0.4 ms. Less does not pay (docs/benchmarks.md). */
const WORTH_A_THREAD = 2e7

export function worthwhileThreads(shape: NetworkShape, batchSize: number): number {
  const times = shape.kind === 'mlp' ? 1 : shape.sequenceLength
  const operations = 6 * parameterCount(shape) * batchSize * times // forward, and twice as much backward
  return Math.max(1, Math.floor(operations / WORTH_A_THREAD))
}
