// What does a checkpoint cost the training? The job thread pays for the snapshot: the state read out of the kernel and
// copied into the staging buffer. Encoding, hashing and the disk are the writer's, in its own thread.
//
//   node scripts/node.mjs bench/checkpoint/snapshot.ts [--rounds 50]

import { parseArgs } from 'node:util'
import { randomStream } from '../../src/core/rng.ts'
import { takeApart } from '../../src/core/snapshot.ts'
import { createKernelNetwork } from '../../src/neural/kernel/network.ts'
import type { FitSettings, NetworkShape, Rows } from '../../src/neural/network.ts'
import { openKernel } from '../../src/open-kernel.ts'
import { createStaging } from '../../src/runner/staging.ts'
import { copyTensors } from '../../src/training/train.ts'
import { median } from '../training/statistics.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '50' } } })
const rounds = Number(values.rounds)

const mlp = (inputs: number, ...hiddenLayers: number[]): NetworkShape => ({
  kind: 'mlp',
  inputs,
  hiddenLayers,
  outputs: 3,
  activation: 'relu',
  dropout: 0.2,
})

const CASES: readonly (readonly [name: string, shape: NetworkShape])[] = [
  ['S 20-64-32-3', mlp(20, 64, 32)],
  ['M 60-256-128-64-3', mlp(60, 256, 128, 64)],
  ['L 200-512-512-3', mlp(200, 512, 512)],
]
const BATCH = 256
const FIT: FitSettings = {
  loss: { kind: 'cross_entropy' },
  classWeights: null,
  optimizer: { kind: 'adam', weightDecay: 0 },
  clipNorm: 1,
  seed: 1,
}

console.log('| network | state | step | snapshot | at one save a minute | at one a second |')
console.log('|---|--:|--:|--:|--:|--:|')
for (const [name, shape] of CASES) {
  const engine = { module: openKernel(), threads: 1, startThread: () => {} }
  const network = createKernelNetwork(engine, shape, FIT, sampleRows(shape.inputs))
  const staging = createStaging()
  const batch = Int32Array.from({ length: BATCH }, (_, i) => i)
  const best = copyTensors(network.read().weights)
  const steps: number[] = []
  const snapshots: number[] = []
  let bytes = 0
  for (let round = 1; round <= rounds; round++) {
    steps.push(time(() => network.trainStep(batch, { step: round, learningRate: 1e-3 })))
    snapshots.push(
      time(() => {
        const { weights, slots } = network.read()
        const state = takeApart({ model: weights, optimizer: slots, best: { weights: best } })
        bytes = state.arrays.reduce((sum, { data }) => sum + data.byteLength, 0)
        staging.stage(state)
      }),
    )
  }
  const pauseMs = median(snapshots)
  const share = (everyMs: number): string => `${((100 * pauseMs) / everyMs).toFixed(4)} %`
  console.log(
    `| ${name} | ${(bytes / 1e6).toFixed(2)} MB | ${median(steps).toFixed(2)} ms | ${pauseMs.toFixed(2)} ms | ${share(60_000)} | ${share(1000)} |`,
  )
}

function sampleRows(inputs: number): Rows {
  const { nextUnit, nextBelow } = randomStream(1, 'sampling')
  return {
    count: BATCH,
    features: Float32Array.from({ length: BATCH * inputs }, () => 2 * nextUnit() - 1),
    firstRows: null,
    targets: Float32Array.from({ length: BATCH }, () => nextBelow(3)),
    weights: null,
  }
}

function time(work: () => unknown): number {
  const startMs = performance.now()
  work()
  return performance.now() - startMs
}
