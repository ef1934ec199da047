// Samples that are really there. The kernel reads memory wherever a sample number sends it, so both engines ask first.

import { KtrdrError } from '../core/errors.ts'
import type { NetworkShape, Samples } from './network.ts'
import { windowLength } from './window-length.ts'

export function noSuchSample(sample: number, count: number): KtrdrError {
  return new KtrdrError('INVARIANT', `A batch asks for sample ${sample} of ${count}`)
}

/** @throws INVARIANT when the window of a sample does not lie within the features */
export function expectSamples({ count, features, firstRows }: Samples, shape: NetworkShape): void {
  const last = Math.floor(features.length / shape.inputs) - windowLength(shape)
  for (let i = firstRows ? 0 : Math.max(0, count - 1); i < count; i++) {
    const first = firstRows ? firstRows[i] : i
    if (!(first !== undefined && first >= 0 && first <= last))
      throw new KtrdrError(
        'INVARIANT',
        `Sample ${i} begins with row ${first}, and the last window of the features with row ${last}`,
      )
  }
}
