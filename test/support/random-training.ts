import fc from 'fast-check'
import { randomStream } from '../../src/core/rng.ts'
import {
  ACTIVATIONS,
  type FitSettings,
  type LossSettings,
  type MlpShape,
  type NetworkShape,
  type OptimizerSettings,
  type RecurrentShape,
  type Rows,
} from '../../src/neural/network.ts'

// Trainings of every kind: shapes whose widths are rarely multiples of 8, ragged batches, all losses and optimizers.

export type Training = {
  readonly shape: NetworkShape
  readonly fit: FitSettings
  readonly rows: Rows
  /** Sample numbers of each step. */
  readonly batches: readonly Int32Array[]
}

const SAMPLES = 90

const CLASSIFICATION: readonly LossSettings[] = [
  { kind: 'cross_entropy' },
  { kind: 'focal', gamma: 2 },
  { kind: 'focal', gamma: 0.5 },
]
const REGRESSION: readonly LossSettings[] = [{ kind: 'huber', delta: 0.3 }, { kind: 'mse' }]

const OPTIMIZERS: readonly OptimizerSettings[] = [
  { kind: 'adam', weightDecay: 0 },
  { kind: 'adam', weightDecay: 0.01 },
  { kind: 'adamw', weightDecay: 0.01 },
  { kind: 'sgd', momentum: 0.9, weightDecay: 0.01 },
  { kind: 'sgd', momentum: 0, weightDecay: 0 },
  { kind: 'rmsprop', weightDecay: 0 },
  { kind: 'rmsprop', weightDecay: 0.1 },
]

const dropout = fc.constantFrom(0, 0.3)
const outputs = fc.oneof({ weight: 3, arbitrary: fc.constant(3) }, fc.integer({ min: 2, max: 20 }))

export const mlpShapes: fc.Arbitrary<MlpShape> = fc.record({
  kind: fc.constant('mlp' as const),
  inputs: fc.integer({ min: 1, max: 30 }),
  hiddenLayers: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
  outputs,
  activation: fc.constantFrom(...ACTIVATIONS),
  dropout,
})

export const recurrentShapes: fc.Arbitrary<RecurrentShape> = fc.record({
  kind: fc.constantFrom('lstm' as const, 'gru' as const),
  inputs: fc.integer({ min: 1, max: 20 }),
  sequenceLength: fc.integer({ min: 1, max: 6 }),
  hiddenSize: fc.integer({ min: 1, max: 20 }),
  layerCount: fc.integer({ min: 1, max: 3 }),
  outputs,
  dropout,
})

/** @param largestBatch samples of a batch: 1 … this */
export function trainings(
  shapes: fc.Arbitrary<NetworkShape>,
  largestBatch = 70,
): fc.Arbitrary<Training> {
  return fc
    .record({
      shape: shapes,
      isRegression: fc.boolean(),
      loss: fc.nat(),
      optimizer: fc.constantFrom(...OPTIMIZERS),
      clipNorm: fc.constantFrom(null, null, 0.1, 100),
      hasClassWeights: fc.boolean(),
      hasWeights: fc.boolean(),
      hasFirstRows: fc.boolean(),
      seed: fc.nat(),
      batchSizes: fc.array(fc.integer({ min: 1, max: largestBatch }), {
        minLength: 3,
        maxLength: 4,
      }),
    })
    .map((drawn): Training => {
      const { isRegression, hasClassWeights, hasWeights, hasFirstRows, seed, batchSizes } = drawn
      const { nextUnit, nextBelow } = randomStream(seed, 'sampling')
      const shape = isRegression ? { ...drawn.shape, outputs: 1 } : drawn.shape
      const losses = isRegression ? REGRESSION : CLASSIFICATION
      const length = shape.kind === 'mlp' ? 1 : shape.sequenceLength
      const floats = (size: number, draw: () => number): Float32Array =>
        Float32Array.from({ length: size }, draw)
      const numbers = (size: number): Int32Array =>
        Int32Array.from({ length: size }, () => nextBelow(SAMPLES))
      return {
        shape,
        fit: {
          loss: losses[drawn.loss % losses.length]!,
          classWeights:
            hasClassWeights && !isRegression
              ? Array.from({ length: shape.outputs }, nextUnit)
              : null,
          optimizer: drawn.optimizer,
          clipNorm: drawn.clipNorm,
          seed,
        },
        rows: {
          count: SAMPLES,
          features: floats((SAMPLES + length - 1) * shape.inputs, () => 4 * nextUnit() - 2),
          firstRows: hasFirstRows ? numbers(SAMPLES) : null,
          targets: floats(SAMPLES, () =>
            isRegression ? 2 * nextUnit() - 1 : nextBelow(shape.outputs),
          ),
          weights: hasWeights ? floats(SAMPLES, () => 0.1 + nextUnit()) : null,
        },
        batches: batchSizes.map(numbers),
      }
    })
}
