// Initial weights: Kaiming-uniform with a = √5, PyTorch's default for Linear: weights and biases are
// U(−1/√fanIn, 1/√fanIn). Layer l draws from its own stream, so a wider layer never moves another.

import { randomStream } from '../core/rng.ts'
import type { Tensor } from '../core/snapshot.ts'
import type { NetworkShape } from './network.ts'

export type LayerSize = { readonly inputs: number; readonly outputs: number }

/** Sizes of the linear layers, input side first. */
export function layerSizes(shape: NetworkShape): LayerSize[] {
  const widths = [shape.inputs, ...shape.hiddenLayers, shape.outputs]
  return widths.slice(1).map((outputs, i) => ({ inputs: widths[i]!, outputs }))
}

export function parameterCount(shape: NetworkShape): number {
  return layerSizes(shape).reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0)
}

export function initialWeights(shape: NetworkShape, seed: number): Record<string, Tensor> {
  const weights: Record<string, Tensor> = {}
  for (const [layer, { inputs, outputs }] of layerSizes(shape).entries()) {
    const stream = randomStream(seed, 'init', layer)
    const bound = Math.fround(1 / Math.sqrt(inputs))
    const draw = (n: number): Float32Array =>
      Float32Array.from({ length: n }, () => Math.fround(2 * stream.nextUnit() - 1) * bound)
    weights[`layers.${layer}.weight`] = { tensor: draw(inputs * outputs), shape: [outputs, inputs] }
    weights[`layers.${layer}.bias`] = { tensor: draw(outputs), shape: [outputs] }
  }
  return weights
}
