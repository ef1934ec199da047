// The forward pass of a multilayer perceptron without dropout: a block of samples at a time, or one sample, which has
// a shorter way of the same bits.

import { softmax } from '../loss.ts'
import type { MlpShape, Samples } from '../network.ts'
import { allocateFrom, paddedRows, strideOf } from './memory.ts'
import { placeMlpPredict } from './mlp-predict-place.ts'
import type { Plan } from './plan.ts'
import { BLOCK_SAMPLES, copyFloats, stage, unpackOutputs } from './predict-samples.ts'
import type { Routines } from './routines.ts'
import { ROW_BYTES } from './routines/tile.ts'

/** Outputs of each sample; with `asProbabilities` their softmax, row by row. */
export type Predict = (samples: Samples, asProbabilities: boolean) => Float32Array

export function createMlpPredict(
  routines: Routines,
  memory: WebAssembly.Memory,
  plan: Plan,
  shape: MlpShape,
): Predict {
  const floats = new Float32Array(memory.buffer)
  const words = new Int32Array(memory.buffer)
  const { parameters } = plan
  const place = placeMlpPredict(shape, allocateFrom(plan.predict))
  const { inputs, outputs, activation } = shape
  const { even, odd } = place
  const stride = strideOf(BLOCK_SAMPLES)
  const last = shape.hiddenLayers.length
  const activate = activation === 'relu' ? null : routines[`activate_${activation}`]
  const hiddenProduct = activate ? routines.product_bias : routines.product_relu
  const hiddenVector = activate ? routines.vector_product_bias : routines.vector_product_relu

  function one({ features, firstRows }: Samples): Float32Array {
    const from = (firstRows ? firstRows[0]! : 0) * inputs
    for (let i = 0; i < inputs; i++) floats[even / 4 + i] = features[from + i]!
    for (let l = 0; l <= last; l++) {
      const { at, panelBytes, inputs: k, panels } = parameters[2 * l]!
      const [x, y] = l % 2 === 0 ? [even, odd] : [odd, even]
      const product = l === last ? routines.vector_product_bias : hiddenVector
      product(x, at, panelBytes, parameters[2 * l + 1]!.at, y, k, panels)
      if (activate && l < last) activate(y, y, ROW_BYTES, 0, ROW_BYTES, panels)
    }
    const result = (last % 2 === 0 ? odd : even) / 4
    return copyFloats(floats, result, outputs)
  }

  /** Predicts as many samples as can be staged; gives their number. */
  function block(
    samples: Samples,
    from: number,
    into: Float32Array,
    asProbabilities: boolean,
  ): number {
    const count = stage(floats, words, place, shape, samples, from)
    const rows = paddedRows(count) * ROW_BYTES
    const { features, samples: numbers, firstRows } = place
    routines.gather(features, inputs * 4, numbers, firstRows, even, stride, 0, rows, inputs)
    for (let l = 0; l <= last; l++) {
      const { at, panelBytes, inputs: k, panels } = parameters[2 * l]!
      const [x, y] = l % 2 === 0 ? [even, odd] : [odd, even]
      const product = l === last ? routines.product_bias : hiddenProduct
      const bias = parameters[2 * l + 1]!.at
      product(x, stride, at, panelBytes, y, stride, 0, rows, k, panels, bias)
      if (activate && l < last) activate(y, y, stride, 0, rows, panels)
    }
    const result = last % 2 === 0 ? odd : even
    if (asProbabilities) routines.softmax(result, stride, 0, rows, outputs)
    unpackOutputs(floats, result, stride, outputs, count, into, from * outputs)
    return count
  }

  return (samples, asProbabilities) => {
    const { count } = samples
    if (count === 1) return asProbabilities ? softmax(one(samples), 1, outputs) : one(samples)
    const into = new Float32Array(count * outputs)
    for (let from = 0; from < count;) from += block(samples, from, into, asProbabilities)
    return into
  }
}
