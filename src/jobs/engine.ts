// The engine of a network, on as many threads as are worth it.

import type { KernelEngine } from '../neural/kernel/network.ts'
import { worthwhileThreads } from '../neural/kernel/worthwhile-threads.ts'
import type { NetworkShape } from '../neural/network.ts'
import type { Resources } from './job.ts'

/** To train `shape` in batches. */
export function engineFor(
  { threads, cores, kernel, startThread }: Resources,
  shape: NetworkShape,
  batchSize: number,
): KernelEngine {
  const wanted = threads ?? Math.min(cores, worthwhileThreads(shape, batchSize))
  return { module: kernel(), threads: Math.min(wanted, mostThreads(cores)), startThread }
}

/** More than processors only wait for each other; a few more are allowed, to try that the result is the same. */
function mostThreads(cores: number): number {
  return Math.max(8, cores)
}

/** To predict only. */
export function predictingEngine({ kernel, startThread }: Resources): KernelEngine {
  return { module: kernel(), threads: 1, startThread }
}
