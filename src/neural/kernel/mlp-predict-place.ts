// Where the forward pass of a multilayer perceptron over a block of samples lives.

import type { MlpShape } from '../network.ts'
import { panelsOf, strideOf, type Allocator } from './memory.ts'
import { BLOCK_SAMPLES, stagingFloats, type Staging } from './predict-samples.ts'

/** Addresses: activations of even and odd layers in turn. */
export type MlpPredictPlace = Staging & { readonly even: number; readonly odd: number }

export function placeMlpPredict(shape: MlpShape, { take }: Allocator): MlpPredictPlace {
  const stride = strideOf(BLOCK_SAMPLES)
  const widest = Math.max(shape.inputs, ...shape.hiddenLayers, shape.outputs)
  const matrix = (): number => take(stride * panelsOf(widest))
  const words = (): number => take(BLOCK_SAMPLES * 4)
  return {
    features: take(stagingFloats(shape) * 4),
    samples: words(),
    firstRows: words(),
    even: matrix(),
    odd: matrix(),
  }
}
