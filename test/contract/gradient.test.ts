import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../src/core/rng.ts'
import { layerSizes } from '../../src/neural/initialise.ts'
import {
  ACTIVATIONS,
  type Activation,
  type LossSettings,
  type MlpShape,
  type Rows,
} from '../../src/neural/network.ts'
import { createReferenceNetwork } from '../../src/neural/reference/network.ts'

// Reference: central differences of an independent float64 implementation of network and losses, below.

const LOSSES: readonly LossSettings[] = [
  { kind: 'cross_entropy' },
  { kind: 'focal', gamma: 2 },
  { kind: 'focal', gamma: 0.5 },
  { kind: 'huber', delta: 0.3 },
  { kind: 'mse' },
]

type Doubles = Record<string, Float64Array>

function activate(kind: Activation, z: number): number {
  if (kind === 'relu') return Math.max(z, 0)
  if (kind === 'leaky_relu') return z > 0 ? z : 0.01 * z
  return kind === 'tanh' ? Math.tanh(z) : 1 / (1 + Math.exp(-z))
}

function outputsOf(
  shape: MlpShape,
  weights: Doubles,
  x: Float64Array,
  onHidden: (z: number) => void = () => {},
): Float64Array {
  const sizes = layerSizes(shape)
  return sizes.reduce((input, { inputs, outputs }, l) => {
    const weight = weights[`layers.${l}.weight`]!
    const bias = weights[`layers.${l}.bias`]!
    return Float64Array.from({ length: outputs }, (_, n) => {
      let z = bias[n]!
      for (let k = 0; k < inputs; k++) z += weight[n * inputs + k]! * input[k]!
      if (l === sizes.length - 1) return z
      onHidden(z)
      return activate(shape.activation, z)
    })
  }, x)
}

function lossOf(
  settings: LossSettings,
  classWeights: readonly number[] | null,
  outputs: Float64Array[],
  targets: Float32Array,
): number {
  let sum = 0
  let divisor = 0
  for (const [m, output] of outputs.entries()) {
    const y = targets[m]!
    if (settings.kind === 'huber' || settings.kind === 'mse') {
      const e = Math.abs(output[0]! - y)
      divisor += 1
      if (settings.kind === 'mse') sum += e * e
      else sum += e <= settings.delta ? (e * e) / 2 : settings.delta * (e - settings.delta / 2)
      continue
    }
    const weight = classWeights?.[y] ?? 1
    const total = output.reduce((s, z) => s + Math.exp(z), 0)
    const p = Math.exp(output[y]!) / total
    const focus = settings.kind === 'focal' ? (1 - p) ** settings.gamma : 1
    sum += weight * focus * -Math.log(p)
    divisor += settings.kind === 'focal' ? 1 : weight
  }
  return sum / divisor
}

const randomFloats = (seed: number, n: number, scale: number): Float32Array => {
  const stream = randomStream(seed, 'sampling')
  return Float32Array.from({ length: n }, () => (2 * stream.nextUnit() - 1) * scale)
}

const combinations = ACTIVATIONS.flatMap((activation) =>
  LOSSES.map((loss) => ({ activation, loss })),
)

describe.each(combinations)('the gradient of $loss through $activation', ({ activation, loss }) => {
  it('equals the central difference for every weight and bias', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
        (seed, count, hiddenLayers) => {
          const regression = loss.kind === 'huber' || loss.kind === 'mse'
          const shape: MlpShape = {
            kind: 'mlp',
            inputs: 4,
            hiddenLayers,
            outputs: regression ? 1 : 3,
            activation,
            dropout: 0,
          }
          const classWeights = regression ? null : [0.5, 1.5, 1]
          const rows: Rows = {
            count,
            features: randomFloats(seed, count * 4, 1.5),
            firstRows: null,
            weights: null,
            targets: regression
              ? randomFloats(seed + 1, count, 1)
              : randomFloats(seed + 1, count, 1.49).map((x) => Math.round(x) + 1),
          }
          const network = createReferenceNetwork(
            shape,
            {
              loss,
              classWeights,
              optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 },
              clipNorm: null,
              seed,
            },
            rows,
          )
          const weights: Doubles = Object.fromEntries(
            Object.entries(network.read().weights).map(([name, { tensor }]) => [
              name,
              Float64Array.from(tensor),
            ]),
          )
          const x = Array.from({ length: count }, (_, m) =>
            Float64Array.from(rows.features.subarray(m * 4, m * 4 + 4)),
          )
          const value = (): number =>
            lossOf(
              loss,
              classWeights,
              x.map((row) => outputsOf(shape, weights, row)),
              rows.targets,
            )

          const result = network.trainStep(
            Int32Array.from({ length: count }, (_, i) => i),
            { step: 1, learningRate: 0.1 },
          )
          expect(result.loss, 'the loss itself').toBeCloseTo(value(), 5)

          // No kink may lie inside a difference, nor within what float32 rounds.
          let fromKink = Infinity
          const approach = (distance: number): void => {
            fromKink = Math.min(fromKink, Math.abs(distance))
          }
          for (const [m, row] of x.entries()) {
            const output = outputsOf(
              shape,
              weights,
              row,
              /relu/.test(activation) ? approach : undefined,
            )
            if (loss.kind === 'huber')
              approach(Math.abs(output[0]! - rows.targets[m]!) - loss.delta)
          }
          fc.pre(fromKink > 1e-3)

          // The momentum of the first SGD step is the gradient.
          const { slots } = network.read()
          for (const [name, doubles] of Object.entries(weights)) {
            const gradient = slots[`${name}.momentum`]!.tensor
            for (let i = 0; i < doubles.length; i++) {
              const kept = doubles[i]!
              const h = 1e-5
              doubles[i] = kept + h
              const right = value()
              doubles[i] = kept - h
              const left = value()
              doubles[i] = kept
              expect(gradient[i], `${name}[${i}]`).toBeCloseTo((right - left) / (2 * h), 4)
            }
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})
