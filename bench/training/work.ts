// A case as work for ktrdr's engines: a data set and a step to repeat.

import { permutation, randomStream } from '../../src/core/rng.ts'
import type { FitSettings, Network, NetworkShape, Rows } from '../../src/neural/network.ts'
import { OUTPUTS, SAMPLES, type BenchCase } from './cases.ts'

export type CreateNetwork = (shape: NetworkShape, fit: FitSettings, rows: Rows) => Network

export type Work = { readonly step: () => void; readonly close: () => void }

const FIT: FitSettings = {
  loss: { kind: 'cross_entropy' },
  classWeights: null,
  optimizer: { kind: 'adamw', weightDecay: 1e-2 },
  clipNorm: null,
  seed: 1,
}
const LEARNING_RATE = 1e-3

export function makeWork(benchCase: BenchCase, createNetwork: CreateNetwork): Work {
  const { batch, work } = benchCase
  const shape = shapeOf(benchCase)
  const rows = makeRows(shape)
  const network = createNetwork(shape, FIT, rows)
  if (work === 'predict') {
    const firstRows = rows.firstRows && rows.firstRows.slice(0, batch)
    const samples = { count: batch, features: rows.features, firstRows }
    return { step: () => network.predict(samples), close: network.close }
  }

  const order = permutation(SAMPLES, randomStream(1, 'shuffle'))
  let step = 0
  return {
    step: () => {
      const from = (step * batch) % SAMPLES
      step++
      network.trainStep(order.subarray(from, from + batch), { step, learningRate: LEARNING_RATE })
    },
    close: network.close,
  }
}

function shapeOf({ network, dropout }: BenchCase): NetworkShape {
  if (network.kind === 'mlp') return { ...network, outputs: OUTPUTS, activation: 'relu', dropout }
  return { ...network, layerCount: 1, outputs: OUTPUTS, dropout }
}

/** Rows that a linear teacher has classified, with noise; windows begin at each of them. */
function makeRows(shape: NetworkShape): Rows {
  const { inputs } = shape
  const { nextUnit } = randomStream(1, 'sampling')
  const noise = (): number => nextUnit() + nextUnit() + nextUnit() - 1.5
  const length = shape.kind === 'mlp' ? 1 : shape.sequenceLength
  const features = Float32Array.from({ length: (SAMPLES + length) * inputs }, () => 2 * noise())
  const teacher = Float32Array.from({ length: inputs * OUTPUTS }, noise)
  const targets = Float32Array.from({ length: SAMPLES }, (_, sample) => {
    const row = features.subarray((sample + length - 1) * inputs).subarray(0, inputs)
    const scores = Array.from({ length: OUTPUTS }, (__, c) =>
      row.reduce((sum, x, k) => sum + x * teacher[c * inputs + k]!, noise()),
    )
    return scores.indexOf(Math.max(...scores))
  })
  const firstRows =
    shape.kind === 'mlp' ? null : Int32Array.from({ length: SAMPLES }, (_, sample) => sample)
  return { count: SAMPLES, features, firstRows, targets, weights: null }
}
