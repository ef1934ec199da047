// Snapshots of a real training, for the codecs to encode: an MLP 100-256-128-3 that learns noisy classes with Adam. The
// learning rate falls in two steps; weights move less and less from one epoch to the next.

import { permutation, randomStream } from '../../src/core/rng.ts'
import { bytesOf, type Tensor } from '../../src/core/snapshot.ts'
import { createKernelNetwork } from '../../src/neural/kernel/network.ts'
import type { FitSettings, Network, NetworkShape, Rows } from '../../src/neural/network.ts'
import { openKernel } from '../../src/open-kernel.ts'

const INPUTS = 100
const CLASSES = 3
const SAMPLES = 51_200
const VALIDATION_SAMPLES = 8192
const BATCH = 256

export const PHASES = [
  { name: 'early', epochs: 17, learningRate: 1e-3 },
  { name: 'mid', epochs: 17, learningRate: 1e-4 },
  { name: 'late', epochs: 17, learningRate: 1e-6 },
] as const
export type PhaseName = (typeof PHASES)[number]['name']

const shapeOf = (hiddenLayers: readonly number[]): NetworkShape => ({
  kind: 'mlp',
  inputs: INPUTS,
  hiddenLayers,
  outputs: CLASSES,
  activation: 'relu',
  dropout: 0.2,
})

const FIT: FitSettings = {
  loss: { kind: 'cross_entropy' },
  classWeights: null,
  optimizer: { kind: 'adam', weightDecay: 0 },
  clipNorm: null,
  seed: 1,
}

/** The groups of arrays of a state: weights, Adam's two slots, and the weights of the best epoch so far. */
export const GROUPS = ['w', 'm', 'v', 'best'] as const
export type Group = (typeof GROUPS)[number]

export type TracedArray = {
  readonly group: Group
  readonly name: string
  readonly bytes: Uint8Array
}

export type TracedEpoch = {
  readonly phase: PhaseName
  readonly accuracy: number
  readonly arrays: readonly TracedArray[]
}

/** One snapshot an epoch. */
export function traceTraining(hiddenLayers: readonly number[] = [256, 128]): TracedEpoch[] {
  const engine = { module: openKernel(), threads: 1, startThread: () => {} }
  const network = createKernelNetwork(engine, shapeOf(hiddenLayers), FIT, makeRows(SAMPLES, 0))
  const validation = makeRows(VALIDATION_SAMPLES, 1)
  const epochs: TracedEpoch[] = []
  let step = 0
  let best: { readonly accuracy: number; readonly arrays: TracedArray[] } | undefined
  for (const { name: phase, epochs: count, learningRate } of PHASES)
    for (let i = 0; i < count; i++) {
      const order = permutation(SAMPLES, randomStream(1, 'shuffle', epochs.length))
      for (let from = 0; from < SAMPLES; from += BATCH)
        network.trainStep(order.subarray(from, from + BATCH), { step: ++step, learningRate })
      const accuracy = accuracyOn(network, validation)
      const { weights, slots } = network.read()
      if (!best || accuracy > best.accuracy) best = { accuracy, arrays: copied('best', weights) }
      const isSlot =
        (slot: string) =>
        ([name]: readonly [string, Tensor]): boolean =>
          name.endsWith(slot)
      const slotsOf = (slot: string): Record<string, Tensor> =>
        Object.fromEntries(Object.entries(slots).filter(isSlot(slot)))
      epochs.push({
        phase,
        accuracy,
        arrays: [
          ...copied('w', weights),
          ...copied('m', slotsOf('.m')),
          ...copied('v', slotsOf('.v')),
          ...best.arrays,
        ],
      })
    }
  network.close()
  return epochs
}

function copied(group: Group, tensors: Readonly<Record<string, Tensor>>): TracedArray[] {
  return Object.entries(tensors).map(([name, { tensor }]) => ({
    group,
    name,
    bytes: bytesOf(tensor.slice()),
  }))
}

function accuracyOn(network: Network, rows: Rows): number {
  const outputs = network.predict(rows)
  let correct = 0
  for (let i = 0; i < rows.count; i++) {
    const scores = outputs.subarray(i * CLASSES, (i + 1) * CLASSES)
    if (scores.indexOf(Math.max(...scores)) === rows.targets[i]) correct++
  }
  return correct / rows.count
}

/** Rows that a hinged teacher has classified, with as much noise as signal. */
function makeRows(count: number, part: number): Rows {
  const HINGE_MEAN = 0.4 // so that the classes are about as frequent
  const teacher = randomStream(2, 'init')
  const { nextUnit } = randomStream(1, 'sampling', part)
  const gaussian = (unit: () => number): number => unit() + unit() + unit() + unit() - 2
  const directions = Float32Array.from({ length: INPUTS * CLASSES }, () =>
    gaussian(teacher.nextUnit),
  )
  const features = Float32Array.from({ length: count * INPUTS }, () => 1.7 * gaussian(nextUnit))
  const targets = Float32Array.from({ length: count }, (_, i) => {
    const row = features.subarray(i * INPUTS, (i + 1) * INPUTS)
    const scores = Array.from({ length: CLASSES }, (__, c) => {
      let score = 6 * gaussian(nextUnit)
      for (let k = 0; k < INPUTS; k++)
        score += (Math.max(row[k]!, 0) - HINGE_MEAN) * directions[c * INPUTS + k]!
      return score
    })
    return scores.indexOf(Math.max(...scores))
  })
  return { count, features, firstRows: null, targets, weights: null }
}
