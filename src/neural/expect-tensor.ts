// A saved tensor, found and measured.

import { KtrdrError } from '../core/errors.ts'
import type { NetworkState } from './network.ts'

/** @throws CHECKPOINT_CORRUPT when there is no tensor of that name and length */
export function expectTensor(
  tensors: NetworkState['weights'],
  name: string,
  length: number,
): Float32Array {
  const found = tensors[name]
  if (found?.tensor.length === length) return found.tensor
  throw new KtrdrError(
    'CHECKPOINT_CORRUPT',
    found
      ? `The tensor ${name} has ${found.tensor.length} elements, the network needs ${length}.`
      : `The tensor ${name} is missing.`,
  )
}
