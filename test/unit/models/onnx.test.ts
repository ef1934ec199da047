// The graph of a model, run by ONNX Runtime, against our own network.

import { beforeAll, describe, expect, it } from 'vitest'
import { InferenceSession, Tensor, env } from 'onnxruntime-web'
import { randomStream } from '../../../src/core/rng.ts'
import { exportModel } from '../../../src/models/export-model.ts'
import type { Model } from '../../../src/models/load-model.ts'
import { initialWeights } from '../../../src/neural/initialise.ts'
import { ACTIVATIONS, type NetworkShape } from '../../../src/neural/network.ts'
import { createReferenceNetwork } from '../../../src/neural/reference/network.ts'
import { windowLength } from '../../../src/neural/window-length.ts'
import { MANIFEST } from '../../support/temp-model.ts'

const FACTS = { name: 'walk/SPY_1d@3', classes: ['BUY', 'HOLD', 'SELL'], version: '0.1.0' }
const NORMALIZATIONS = {
  f1: { method: 'zscore', offset: 4321.0625, scale: 1 / 250 },
  f2: { method: 'minmax', offset: -3, scale: 1 / 7 },
} as const

/** Three times the initial weights: gates and activations leave their linear range. */
function modelOf(network: NetworkShape, seed = 1): Model {
  const weights = initialWeights(network, seed)
  for (const { tensor } of Object.values(weights)) for (const i of tensor.keys()) tensor[i]! *= 3
  const features = Array.from({ length: network.inputs }, (_, i) => `f${i}`)
  return {
    directory: '/models/walk',
    sha256: 'f00d',
    strategyText: 'name: walk\n',
    manifest: { ...MANIFEST, network, features, normalizations: NORMALIZATIONS },
    weights,
  }
}

type Rows = { readonly features: Float64Array; readonly count: number }

/** Features as they come from the bars: one of thousands, one of some units, the rest between 0 and 1. */
function rawRows(inputs: number, length: number, count: number): Rows {
  const { nextUnit: random } = randomStream(7, 'init')
  const features = Float64Array.from({ length: count * length * inputs }, (_, i) => {
    const feature = i % inputs
    if (feature === 1) return 4321 + 700 * (random() - 0.5)
    return feature === 2 ? 8 * (random() - 0.5) : random()
  })
  return { features, count }
}

/** What our network says of them, normalised as a backtest does. */
function ours({ manifest, weights }: Model, { features, count }: Rows) {
  const { network, normalizations } = manifest
  const normalised = Float32Array.from(features, (value, i) => {
    const { offset, scale } = normalizations[`f${i % network.inputs}`] ?? { offset: 0, scale: 1 }
    return (value - offset) * scale
  })
  const length = windowLength(network)
  const firstRows = length === 1 ? null : Int32Array.from({ length: count }, (_, i) => i * length)
  const engine = createReferenceNetwork(network)
  engine.write({ weights, slots: {} })
  const samples = { count, features: normalised, firstRows }
  return { logits: engine.predict(samples), probabilities: engine.classify(samples) }
}

async function theirs(model: Model, { features, count }: Rows) {
  const { network } = model.manifest
  const session = await InferenceSession.create(exportModel(model, 'onnx', FACTS))
  const window = network.kind === 'mlp' ? [] : [network.sequenceLength]
  const input = new Tensor('float64', features, [count, ...window, network.inputs])
  const outputs = await session.run({ features: input })
  const { inputNames, outputNames } = session
  await session.release()
  return { outputs, inputNames, outputNames }
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}

const valuesOf = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array

beforeAll(() => {
  env.wasm.numThreads = 1
  env.logLevel = 'error'
})

const mlp = (activation: (typeof ACTIVATIONS)[number], hiddenLayers: readonly number[]) =>
  ({ kind: 'mlp', inputs: 4, hiddenLayers, outputs: 3, activation, dropout: 0.2 }) as const
const recurrent = (kind: 'lstm' | 'gru', layerCount: number, outputs = 3) =>
  ({
    kind,
    inputs: 4,
    sequenceLength: 9,
    hiddenSize: 7,
    layerCount,
    outputs,
    dropout: 0.1,
  }) as const

const SHAPES: readonly NetworkShape[] = [
  ...ACTIVATIONS.flatMap((activation) =>
    [[], [5], [6, 5, 4]].map((sizes) => mlp(activation, sizes)),
  ),
  ...[1, 2, 3].flatMap((layers) => [recurrent('lstm', layers), recurrent('gru', layers)]),
]

describe('ONNX Runtime gives the same logits and probabilities, to 1e-6', () => {
  it.each(SHAPES.map((shape) => [nameOf(shape), shape] as const))('%s', async (_, shape) => {
    const model = modelOf(shape)
    const rows = rawRows(shape.inputs, windowLength(shape), 50)
    const { outputs, inputNames, outputNames } = await theirs(model, rows)
    expect([inputNames, outputNames]).toEqual([['features'], ['logits', 'probabilities']])
    const { logits, probabilities } = ours(model, rows)
    expect(Math.max(...logits) - Math.min(...logits), 'they vary').toBeGreaterThan(0.5)
    expect(largestDifference(valuesOf(outputs['logits']), logits)).toBeLessThan(1e-6)
    expect(largestDifference(valuesOf(outputs['probabilities']), probabilities)).toBeLessThan(1e-6)
  })

  it.each(['lstm', 'gru'] as const)('and forecasts, of a %s', async (kind) => {
    const model = modelOf(recurrent(kind, 2, 1))
    const rows = rawRows(4, 9, 20)
    const { outputs, outputNames } = await theirs(model, rows)
    expect(outputNames).toEqual(['forecast'])
    const { logits } = ours(model, rows)
    expect(largestDifference(valuesOf(outputs['forecast']), logits)).toBeLessThan(1e-6)
  })

  it('of one row as of many', async () => {
    const model = modelOf(recurrent('lstm', 2))
    const all = rawRows(4, 9, 8)
    const { outputs } = await theirs(model, all)
    const first = await theirs(model, { features: all.features.slice(0, 36), count: 1 })
    expect(valuesOf(first.outputs['logits'])).toEqual(valuesOf(outputs['logits']).slice(0, 3))
  })
})

it('weights that are not those of the network are refused, by name', () => {
  const model = modelOf(mlp('relu', [5]))
  const { 'layers.1.bias': _, ...weights } = model.weights
  expect(() => exportModel({ ...model, weights }, 'onnx', FACTS)).toThrow(
    expect.objectContaining({
      code: 'MODEL_CORRUPT',
      message: expect.stringContaining('its weight layers.1.bias is not 3'),
    }),
  )
})

function nameOf(shape: NetworkShape): string {
  return shape.kind === 'mlp'
    ? `mlp of [${shape.hiddenLayers.join(', ')}] with ${shape.activation}`
    : `${shape.kind} of ${shape.layerCount} layers`
}
