import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../src/core/rng.ts'
import { dropoutKey, dropoutThreshold, isKept } from '../../src/neural/dropout.ts'
import {
  ACTIVATIONS,
  type LossSettings,
  type NetworkShape,
  type Rows,
} from '../../src/neural/network.ts'
import { createReferenceNetwork } from '../../src/neural/reference/network.ts'
import { lossOf, outputsOf, type KeepFactor } from '../support/float64-network.ts'
import { isRegression } from '../support/trainings.ts'

// Reference: central differences of an independent float64 implementation (test/support/float64-network).

const LOSSES: readonly LossSettings[] = [
  { kind: 'cross_entropy' },
  { kind: 'focal', gamma: 2 },
  { kind: 'focal', gamma: 0.5 },
  { kind: 'huber', delta: 0.3 },
  { kind: 'mse' },
]
const INPUTS = 4
const STEP = 1
const DIFFERENCE = 1e-5

const randomFloats = (seed: number, n: number, scale: number): Float32Array => {
  const stream = randomStream(seed, 'sampling')
  return Float32Array.from({ length: n }, () => (2 * stream.nextUnit() - 1) * scale)
}

/** Overlapping windows in a scrambled order, so that a gather that ignores `firstRows` is seen. */
function randomRows(seed: number, count: number, loss: LossSettings, weighted: boolean): Rows {
  const rowCount = count + 8
  return {
    count,
    features: randomFloats(seed, rowCount * INPUTS, 1.5),
    firstRows: Int32Array.from({ length: count }, (_, i) => (i * 2 + 1) % count),
    weights: weighted ? randomFloats(seed + 2, count, 0.9).map((x) => x + 1) : null,
    targets: isRegression(loss)
      ? randomFloats(seed + 1, count, 1)
      : randomFloats(seed + 1, count, 1.49).map((x) => Math.round(x) + 1),
  }
}

function keepFactor({ dropout }: NetworkShape, seed: number): KeepFactor {
  if (dropout === 0) return () => 1
  const keys = [0, 1, 2].map((layer) => dropoutKey(seed, STEP, layer))
  const threshold = dropoutThreshold(dropout)
  return (layer, row, unit) => (isKept(keys[layer]!, row, unit, threshold) ? 1 / (1 - dropout) : 0)
}

type Comparison = {
  readonly lossError: number
  /** The parameter whose gradient is farthest from its difference. */
  readonly worst: { readonly name: string; readonly error: number }
}

function compareGradient(
  shape: NetworkShape,
  loss: LossSettings,
  rows: Rows,
  seed: number,
): Comparison {
  const classWeights = isRegression(loss) ? null : [0.5, 1.5, 1]
  const fit = {
    loss,
    classWeights,
    optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 },
    clipNorm: null,
    seed,
  } as const
  const network = createReferenceNetwork(shape, fit, rows)
  const weights = Object.fromEntries(
    Object.entries(network.read().weights).map(([name, { tensor }]) => [
      name,
      Float64Array.from(tensor),
    ]),
  )
  const length = shape.kind === 'mlp' ? 1 : shape.sequenceLength
  const windows = Array.from(rows.firstRows!, (first) =>
    Array.from({ length }, (_, t) =>
      Float64Array.from(rows.features.subarray((first + t) * INPUTS, (first + t + 1) * INPUTS)),
    ),
  )
  const keep = keepFactor(shape, seed)
  const outputs = (onKink: (z: number) => void = () => {}): Float64Array[] =>
    windows.map((window, row) => outputsOf(shape, { weights, row, window, keep, onKink }))
  const value = (): number => lossOf(loss, classWeights, outputs(), rows)

  // No kink may lie inside a difference, nor within what float32 rounds.
  let fromKink = Infinity
  const approach = (distance: number): void => {
    fromKink = Math.min(fromKink, Math.abs(distance))
  }
  for (const [m, output] of outputs(approach).entries())
    if (loss.kind === 'huber') approach(Math.abs(output[0]! - rows.targets[m]!) - loss.delta)
  fc.pre(fromKink > 1e-3)

  const batch = Int32Array.from({ length: rows.count }, (_, i) => i)
  const result = network.trainStep(batch, { step: STEP, learningRate: 0.1 })
  const lossError = Math.abs(result.loss - value())

  // The momentum of the first SGD step is the gradient.
  const { slots } = network.read()
  let worst = { name: '', error: 0 }
  for (const [name, doubles] of Object.entries(weights)) {
    const gradient = slots[`${name}.momentum`]!.tensor
    for (let i = 0; i < doubles.length; i++) {
      const kept = doubles[i]!
      doubles[i] = kept + DIFFERENCE
      const right = value()
      doubles[i] = kept - DIFFERENCE
      const left = value()
      doubles[i] = kept
      const error = Math.abs(gradient[i]! - (right - left) / (2 * DIFFERENCE))
      if (!(error <= worst.error)) worst = { name: `${name}[${i}]`, error }
    }
  }
  return { lossError, worst }
}

const seeds = fc.integer({ min: 0, max: 1e9 })
const dropouts = fc.constantFrom(0, 0.4)

const perceptrons = ACTIVATIONS.flatMap((activation) =>
  LOSSES.map((loss) => ({ activation, loss })),
)

describe.each(perceptrons)('the gradient of $loss through $activation', ({ activation, loss }) => {
  it('equals the central difference for every parameter, with sample weights and dropout', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
        dropouts,
        fc.boolean(),
        (seed, count, hiddenLayers, dropout, weighted) => {
          const outputs = isRegression(loss) ? 1 : 3
          const shape = { kind: 'mlp', inputs: INPUTS, hiddenLayers, outputs, activation } as const
          const rows = randomRows(seed, count, loss, weighted)
          const { lossError, worst } = compareGradient({ ...shape, dropout }, loss, rows, seed)
          expect(lossError, 'the loss itself').toBeLessThan(5e-6)
          expect(worst.error, worst.name).toBeLessThan(5e-5)
        },
      ),
      { numRuns: 25 },
    )
  })
})

const recurrents = (['lstm', 'gru'] as const).flatMap((kind) =>
  [1, 2, 3].flatMap((layerCount) => LOSSES.map((loss) => ({ kind, layerCount, loss }))),
)

describe.each(recurrents)(
  'the gradient of $loss through $layerCount layers of $kind',
  ({ kind, layerCount, loss }) => {
    it('equals the central difference for every parameter, with sample weights and dropout', () => {
      fc.assert(
        fc.property(
          seeds,
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 1, max: 4 }),
          dropouts,
          fc.boolean(),
          (seed, count, hiddenSize, sequenceLength, dropout, weighted) => {
            const outputs = isRegression(loss) ? 1 : 3
            const shape = { kind, inputs: INPUTS, sequenceLength, hiddenSize, layerCount } as const
            const rows = randomRows(seed, count, loss, weighted)
            const { lossError, worst } = compareGradient(
              { ...shape, outputs, dropout },
              loss,
              rows,
              seed,
            )
            expect(lossError, 'the loss itself').toBeLessThan(5e-6)
            expect(worst.error, worst.name).toBeLessThan(5e-5)
          },
        ),
        { numRuns: 6 },
      )
    })
  },
)
