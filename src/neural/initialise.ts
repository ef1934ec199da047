// Parameters of a network and their initial values, as PyTorch's defaults: Linear is Kaiming-uniform with a = √5,
// U(−1/√fanIn, 1/√fanIn) for weights and biases; of a recurrent layer all are U(−1/√hidden, 1/√hidden).
// Layer l draws from its own stream, parameter by parameter, so a wider layer never moves another.

import { randomStream } from '../core/rng.ts'
import type { Tensor } from '../core/snapshot.ts'
import type { MlpShape, NetworkShape, RecurrentKind, RecurrentShape } from './network.ts'

export type LayerSize = { readonly inputs: number; readonly outputs: number }

type ParameterSpec = {
  readonly name: string
  readonly shape: readonly number[]
  readonly layer: number
  /** Initial values lie in ±bound. */
  readonly bound: number
}

/** Sizes of the linear layers of a multilayer perceptron, input side first. */
export function layerSizes(shape: MlpShape): LayerSize[] {
  const widths = [shape.inputs, ...shape.hiddenLayers, shape.outputs]
  return widths.slice(1).map((outputs, i) => ({ inputs: widths[i]!, outputs }))
}

/** Gates of a recurrent cell: i f g o, or r z n. */
const GATES: Readonly<Record<RecurrentKind, number>> = { lstm: 4, gru: 3 }

export function gateCount({ kind }: RecurrentShape): number {
  return GATES[kind]
}

/** Every parameter of a network, input side first. */
export function parameterSpecs(shape: NetworkShape): ParameterSpec[] {
  return shape.kind === 'mlp'
    ? layerSizes(shape).flatMap((size, layer) => linear(`layers.${layer}`, layer, size))
    : recurrent(shape)
}

function linear(name: string, layer: number, { inputs, outputs }: LayerSize): ParameterSpec[] {
  const bound = Math.fround(1 / Math.sqrt(inputs))
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], layer, bound },
    { name: `${name}.bias`, shape: [outputs], layer, bound },
  ]
}

function recurrent(shape: RecurrentShape): ParameterSpec[] {
  const { kind, inputs, hiddenSize, layerCount, outputs } = shape
  const gates = gateCount(shape) * hiddenSize
  const bound = Math.fround(1 / Math.sqrt(hiddenSize))
  const cells = Array.from({ length: layerCount }, (_, layer): ParameterSpec[] => {
    const width = layer === 0 ? inputs : hiddenSize
    return [
      { name: `${kind}.weight_ih_l${layer}`, shape: [gates, width], layer, bound },
      { name: `${kind}.weight_hh_l${layer}`, shape: [gates, hiddenSize], layer, bound },
      { name: `${kind}.bias_ih_l${layer}`, shape: [gates], layer, bound },
      { name: `${kind}.bias_hh_l${layer}`, shape: [gates], layer, bound },
    ]
  })
  return [...cells.flat(), ...linear('head', layerCount, { inputs: hiddenSize, outputs })]
}

export function parameterCount(shape: NetworkShape): number {
  return parameterSpecs(shape).reduce((sum, { shape: dimensions }) => sum + sizeOf(dimensions), 0)
}

export function initialWeights(shape: NetworkShape, seed: number): Record<string, Tensor> {
  const specs = parameterSpecs(shape)
  const streams = specs.map(({ layer }) => layer).filter((l, i, all) => all.indexOf(l) === i)
  const streamOf = new Map(streams.map((layer) => [layer, randomStream(seed, 'init', layer)]))
  return Object.fromEntries(
    specs.map(({ name, shape: dimensions, layer, bound }) => {
      const { nextUnit } = streamOf.get(layer)!
      const draw = (): number => Math.fround(2 * nextUnit() - 1) * bound
      return [
        name,
        { tensor: Float32Array.from({ length: sizeOf(dimensions) }, draw), shape: dimensions },
      ]
    }),
  )
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1)
}
