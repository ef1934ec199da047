import type { NetworkShape } from './network.ts'

/** Rows of features that one sample is made from. */
export function windowLength(shape: NetworkShape): number {
  return shape.kind === 'mlp' ? 1 : shape.sequenceLength
}
