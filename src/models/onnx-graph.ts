// A model as an ONNX graph: raw features in, as `ktrdr features` gives them, normalised inside, answers out.
//
//   features  [batch, features], of a recurrent network [batch, bars of a window, features], float64
//   logits, probabilities  [batch, classes]          forecast  [batch, 1]
//
// ktrdr normalises in float64 and rounds the result; so does the graph. ONNX has the gates of an LSTM in the order i o f g
// and those of a GRU as z r n; PyTorch, whose order the weights have, as i f g o and r z n.

import { LEAKY_SLOPE } from '../neural/leaky-slope.ts'
import type { Activation, MlpShape, RecurrentKind, RecurrentShape } from '../neural/network.ts'
import { modelCorrupt, type Model } from './load-model.ts'
import type { ModelManifest } from './model.ts'
import type { OnnxAttribute, OnnxModel, OnnxNode } from './onnx.ts'

type Graph = Pick<OnnxModel, 'nodes' | 'tensors' | 'inputs' | 'outputs'>
type Part = Pick<OnnxModel, 'nodes' | 'tensors'>

/** The values of a weight. @throws MODEL_CORRUPT unless it is there, in this shape */
type Weights = (name: string, shape: readonly number[]) => Float32Array

/** @throws MODEL_CORRUPT when the weights are not those of the network of the manifest */
export function onnxGraph({ manifest, weights, directory }: Model): Graph {
  const { network, features } = manifest
  const weightsOf: Weights = (name, shape) => {
    const found = weights[name]
    if (found?.shape.join() !== shape.join())
      throw modelCorrupt(directory, `its weight ${name} is not ${shape.join(' × ')}`)
    return found.tensor
  }
  const isForecast = network.outputs === 1
  const answer = isForecast ? 'forecast' : 'logits'
  const parts = [
    normalisation(manifest),
    network.kind === 'mlp'
      ? perceptron(network, weightsOf, answer)
      : recurrent(network, weightsOf, answer),
    ...(isForecast ? [] : [{ nodes: [node('Softmax', [answer], 'probabilities')], tensors: [] }]),
  ]
  const window = network.kind === 'mlp' ? [] : [network.sequenceLength]
  return {
    nodes: parts.flatMap(({ nodes }) => nodes),
    tensors: parts.flatMap(({ tensors }) => tensors),
    inputs: [{ name: 'features', type: 'double', shape: ['batch', ...window, features.length] }],
    outputs: (isForecast ? [answer] : [answer, 'probabilities']).map((name) => ({
      name,
      type: 'float',
      shape: ['batch', network.outputs],
    })),
  }
}

function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): OnnxNode {
  return { operator, inputs, outputs: [output], attributes }
}

/** `features` → `normalised`: (x − offset) · scale, in float64, then rounded. */
function normalisation({ features, normalizations }: ModelManifest): Part {
  const fits = features.map((id) => normalizations[id] ?? { offset: 0, scale: 1 })
  const shape = [features.length]
  return {
    nodes: [
      node('Sub', ['features', 'offset'], 'centred'),
      node('Mul', ['centred', 'scale'], 'scaled'),
      node('Cast', ['scaled'], 'normalised', { to: 1 }), // float32
    ],
    tensors: [
      { name: 'offset', shape, data: Float64Array.from(fits, ({ offset }) => offset) },
      { name: 'scale', shape, data: Float64Array.from(fits, ({ scale }) => scale) },
    ],
  }
}

const ACTIVATIONS: Readonly<
  Record<Activation, readonly [operator: string, attributes?: OnnxNode['attributes']]>
> = {
  relu: ['Relu'],
  leaky_relu: ['LeakyRelu', { alpha: { float: LEAKY_SLOPE } }],
  tanh: ['Tanh'],
  sigmoid: ['Sigmoid'],
}

function perceptron(
  { inputs, hiddenLayers, outputs, activation }: MlpShape,
  weights: Weights,
  answer: string,
): Part {
  const widths = [inputs, ...hiddenLayers, outputs]
  const [operator, attributes] = ACTIVATIONS[activation]
  let input = 'normalised'
  const layers = widths.slice(1).map((width, l): Part => {
    const isLast = l === hiddenLayers.length
    const sum = isLast ? answer : `layers.${l}.sum`
    const part = linear(`layers.${l}`, widths[l]!, width, input, sum, weights)
    if (isLast) return part
    input = `layers.${l}.activated`
    return { ...part, nodes: [...part.nodes, node(operator, [sum], input, attributes)] }
  })
  return {
    nodes: layers.flatMap(({ nodes }) => nodes),
    tensors: layers.flatMap(({ tensors }) => tensors),
  }
}

function linear(
  name: string,
  inputs: number,
  outputs: number,
  input: string,
  output: string,
  weights: Weights,
): Part {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`]
  const tensors = [
    { name: weight, shape: [outputs, inputs] },
    { name: bias, shape: [outputs] },
  ]
  return {
    nodes: [node('Gemm', [input, weight, bias], output, { transB: 1 })],
    tensors: tensors.map((tensor) => ({ ...tensor, data: weights(tensor.name, tensor.shape) })),
  }
}

/** For each gate in the order of ONNX, where it stands in PyTorch's. */
const GATES: Readonly<Record<RecurrentKind, readonly number[]>> = {
  lstm: [0, 3, 1, 2],
  gru: [1, 0, 2],
}

/** Its layers read a window bar by bar, [bars, batch, values]; what they end with, [1, batch, hidden], goes to the head. */
function recurrent(shape: RecurrentShape, weights: Weights, answer: string): Part {
  const { kind, inputs, hiddenSize, layerCount, outputs } = shape
  const layers = Array.from({ length: layerCount }, (_, l) => {
    const isLast = l === layerCount - 1
    const sequence = l === 0 ? 'sequence' : `${kind}.${l - 1}.read`
    const place = { l, width: l === 0 ? inputs : hiddenSize, sequence, isLast }
    return recurrentLayer(shape, place, weights)
  })
  const head = linear('head', hiddenSize, outputs, 'summary', answer, weights)
  return {
    nodes: [
      node('Transpose', ['normalised'], 'sequence', { perm: [1, 0, 2] }),
      ...layers.flatMap(({ nodes }) => nodes),
      node('Squeeze', [`${kind}.${layerCount - 1}.last`, 'axis.0'], 'summary'),
      ...head.nodes,
    ],
    tensors: [
      { name: 'axis.0', shape: [1], data: BigInt64Array.of(0n) },
      ...(layerCount > 1 ? [{ name: 'axis.1', shape: [1], data: BigInt64Array.of(1n) }] : []),
      ...layers.flatMap(({ tensors }) => tensors),
      ...head.tensors,
    ],
  }
}

function recurrentLayer(
  { kind, hiddenSize }: RecurrentShape,
  {
    l,
    width,
    sequence,
    isLast,
  }: {
    readonly l: number
    readonly width: number
    readonly sequence: string
    readonly isLast: boolean
  },
  weights: Weights,
): Part {
  const order = GATES[kind]
  const rows = order.length * hiddenSize
  const gates = (name: string, columns: number | null): Float32Array => {
    const values = weights(`${kind}.${name}_l${l}`, columns === null ? [rows] : [rows, columns])
    return reordered(values, order)
  }
  const [w, r, b] = [`${kind}.${l}.W`, `${kind}.${l}.R`, `${kind}.${l}.B`]
  const [all, last] = [`${kind}.${l}.all`, `${kind}.${l}.last`]
  return {
    nodes: [
      {
        operator: kind.toUpperCase(),
        inputs: [sequence, w, r, b],
        outputs: [all, last],
        // As PyTorch's: what is remembered passes its matrix first, and the reset gate then.
        attributes: {
          hidden_size: hiddenSize,
          ...(kind === 'gru' ? { linear_before_reset: 1 } : {}),
        },
      },
      ...(isLast ? [] : [node('Squeeze', [all, 'axis.1'], `${kind}.${l}.read`)]),
    ],
    tensors: [
      { name: w, shape: [1, rows, width], data: gates('weight_ih', width) },
      { name: r, shape: [1, rows, hiddenSize], data: gates('weight_hh', hiddenSize) },
      {
        name: b,
        shape: [1, 2 * rows],
        data: Float32Array.of(...gates('bias_ih', null), ...gates('bias_hh', null)),
      },
    ],
  }
}

/** Its equal parts, one for each gate, in another order. */
function reordered(values: Float32Array, order: readonly number[]): Float32Array {
  const size = values.length / order.length
  const moved = new Float32Array(values.length)
  for (const [to, from] of order.entries())
    moved.set(values.subarray(from * size, (from + 1) * size), to * size)
  return moved
}
