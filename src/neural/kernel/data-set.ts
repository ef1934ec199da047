// The data set in the kernel's memory, and what the loss of a batch is divided by.

import { expectSamples } from '../expect-samples.ts'
import type { Loss } from '../loss.ts'
import type { Rows } from '../network.ts'
import type { Plan } from './plan.ts'

const f = Math.fround

/** What each sample adds to the divisor of the loss; null = 1 each. */
export type Divisors = Float32Array | null

/**
 * Copies a data set to its place.
 * @throws INVARIANT when a window does not lie within the features
 */
export function writeDataSet(
  memory: WebAssembly.Memory,
  plan: Plan,
  { settings, classWeights }: Loss,
  rows: Rows,
): Divisors {
  expectSamples(rows, plan.shape)
  const { count, features, firstRows, targets, weights } = rows
  const floats = new Float32Array(memory.buffer)
  const words = new Int32Array(memory.buffer)
  floats.set(features, plan.features / 4)
  floats.set(targets.subarray(0, count), plan.targets / 4)
  for (let i = 0; i < count; i++) {
    words[plan.firstRows / 4 + i] = firstRows ? firstRows[i]! : i
    const ofClass = classWeights ? classWeights[targets[i]!]! : 1
    floats[plan.weights / 4 + i] = weights ? f(ofClass * weights[i]!) : ofClass
  }
  const countsClasses = settings.kind === 'cross_entropy' && classWeights !== null
  if (countsClasses) return floats.slice(plan.weights / 4, plan.weights / 4 + count)
  return weights
}

/** As lossDivisor of src/neural/loss.ts. */
export function divisorOf(divisors: Divisors, batch: Int32Array): number {
  if (!divisors) return batch.length
  let divisor = 0
  for (let i = 0; i < batch.length; i++) divisor += divisors[batch[i]!]!
  return divisor
}
