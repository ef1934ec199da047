// What a row of the determinism table means: a network, its data and its batches. All that is drawn comes from streams
// with a fixed seed, and no number is computed by an operation whose bits may vary.

import { permutation, randomStream } from '../../src/core/rng.ts'
import type { FitSettings, NetworkShape, Rows } from '../../src/neural/network.ts'
import type { Row } from './determinism-table.ts'
import { isRegression } from './trainings.ts'

export const STEPS = 200

export type Training = {
  readonly shape: NetworkShape
  readonly fit: FitSettings
  readonly rows: Rows
  /** The batch and the learning rate of a step, counted from 1. */
  readonly batchOf: (step: number) => Int32Array
  readonly rateOf: (step: number) => number
}

const RATES = { adam: 0.01, adamw: 0.01, sgd: 0.05, rmsprop: 0.005 } as const

export function trainingOf(row: Row): Training {
  const { shape, loss, optimizer, batch, clipNorm = null, weighs, seed = 1 } = row
  const [size, count] = batch
  const perEpoch = Math.ceil(count / size)
  const weighsClasses = weighs === 'classes' || weighs === 'both'
  return {
    shape,
    fit: {
      loss,
      classWeights: weighsClasses
        ? Array.from({ length: shape.outputs }, (_, c) => 0.5 + c / shape.outputs)
        : null,
      optimizer,
      clipNorm,
      seed,
    },
    rows: rowsOf(row),
    batchOf: (step) => {
      const epoch = Math.floor((step - 1) / perEpoch)
      const from = ((step - 1) % perEpoch) * size
      return permutation(count, randomStream(seed, 'shuffle', epoch)).subarray(from, from + size)
    },
    rateOf: (step) => RATES[optimizer.kind] / (1 + step / 100),
  }
}

function rowsOf({ shape, loss, batch, weighs, isScattered, scale = 1 }: Row): Rows {
  const [, count] = batch
  const { inputs, outputs } = shape
  const length = shape.kind === 'mlp' ? 1 : shape.sequenceLength
  const { nextUnit, nextBelow } = randomStream(1, 'sampling')
  const features = Float32Array.from(
    { length: (count + length - 1) * inputs },
    () => (4 * nextUnit() - 2) * scale,
  )
  return {
    count,
    features,
    firstRows: isScattered ? Int32Array.from({ length: count }, () => nextBelow(count)) : null,
    targets: Float32Array.from({ length: count }, () =>
      isRegression(loss) ? 2 * nextUnit() - 1 : nextBelow(outputs),
    ),
    weights:
      weighs === 'samples' || weighs === 'both'
        ? Float32Array.from({ length: count }, () => 0.1 + nextUnit())
        : null,
  }
}
