// What a batch of samples reads from a data set.

import type { Judged } from '../loss.ts'
import type { Rows, Samples } from '../network.ts'

/** The rows of each sample's window, oldest first: element t is row-major, `inputs` to a sample. */
export type Window = readonly Float32Array[]

/** @param length rows of a window; 1 for a network without memory */
export function gatherFeatures(
  { features, firstRows }: Samples,
  batch: Int32Array,
  inputs: number,
  length: number,
): Window {
  return Array.from({ length }, (_, t) => {
    const gathered = new Float32Array(batch.length * inputs)
    for (const [i, sample] of batch.entries()) {
      const from = ((firstRows ? firstRows[sample]! : sample) + t) * inputs
      gathered.set(features.subarray(from, from + inputs), i * inputs)
    }
    return gathered
  })
}

export function gatherTargets({ targets, weights }: Rows, batch: Int32Array): Judged {
  return {
    count: batch.length,
    targets: Float32Array.from(batch, (sample) => targets[sample]!),
    weights: weights && Float32Array.from(batch, (sample) => weights[sample]!),
  }
}
