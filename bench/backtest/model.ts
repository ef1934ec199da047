// What a network costs in a backtest: from precomputed features to the intents of all bars, as the bar loop asks for
// them. Processor time, so that others on the machine do not count; one core, one thread. Prints Markdown.
//
//   node scripts/node.mjs bench/backtest/model.ts [--narrow] [--passes N]
//
// Columns: bars/s and nanoseconds a bar. `--narrow` is the kernel without V8's 256-bit vectors.

import { parseArgs } from 'node:util'
import type { DecisionSettings } from '../../src/trading/decision-settings.ts'
import { intentsOfForecasts } from '../../src/backtest/read-forecasts.ts'
import { randomStream } from '../../src/core/rng.ts'
import { forecastIntents } from '../../src/jobs/forecaster.ts'
import { createKernelNetwork } from '../../src/neural/kernel/network.ts'
import type { Network, NetworkShape, Samples } from '../../src/neural/network.ts'
import { windowLength } from '../../src/neural/window-length.ts'
import { compiledKernel } from '../training/engines.ts'
import { median } from '../training/statistics.ts'

const { values: flags } = parseArgs({
  options: { narrow: { type: 'boolean' }, passes: { type: 'string', default: '15' } },
})
const PASSES = Number(flags.passes)
const OUTPUTS = 3
const BLOCK = 1024

const RECURRENT = {
  inputs: 12,
  sequenceLength: 30,
  hiddenSize: 64,
  layerCount: 1,
  outputs: OUTPUTS,
  dropout: 0,
}
const MLP = {
  kind: 'mlp',
  inputs: 30,
  hiddenLayers: [64, 32],
  outputs: OUTPUTS,
  dropout: 0,
} as const
const CASES: readonly { name: string; bars: number; shape: NetworkShape }[] = [
  { name: 'MLP 30-64-32-3', bars: 100_000, shape: { ...MLP, activation: 'relu' } },
  { name: 'MLP 30-64-32-3, tanh', bars: 100_000, shape: { ...MLP, activation: 'tanh' } },
  { name: 'LSTM, 30 rows of 12, 64 units', bars: 20_000, shape: { kind: 'lstm', ...RECURRENT } },
  { name: 'GRU, 30 rows of 12, 64 units', bars: 20_000, shape: { kind: 'gru', ...RECURRENT } },
]
const DECISIONS: DecisionSettings = {
  outputFormat: 'classification',
  confidenceThreshold: 0.4,
  roundTripCost: 0,
  minEdgeMultiplier: 1,
  positionAwareness: true,
  allowShortFromFlat: true,
  minSignalSeparationHours: 0,
  minSignalSeparationBars: 0,
}

/** Processor time of this process in nanoseconds. */
function now(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

function samplesOf(shape: NetworkShape, count: number): Samples {
  const { nextUnit } = randomStream(1, 'sampling')
  const rows = count + windowLength(shape) - 1
  const features = Float32Array.from({ length: rows * shape.inputs }, () => 2 * nextUnit() - 1)
  const firstRows = shape.kind === 'mlp' ? null : Int32Array.from({ length: count }, (_, i) => i)
  return { count, features, firstRows }
}

type Pass = { readonly all: number; readonly network: number }

/** All bars once, in nanoseconds a bar. */
function pass(network: Network, samples: Samples, bars: Int32Array): Pass {
  let predicting = 0
  const timed: Network = {
    ...network,
    classify: (block) => {
      const start = now()
      const probabilities = network.classify(block)
      predicting += now() - start
      return probabilities
    },
  }
  const { count } = samples
  const begin = now()
  const source = forecastIntents(timed, samples, bars, count, DECISIONS)
  for (let bar = 0; bar < count;) bar = source(bar).to
  return { all: (now() - begin) / count, network: predicting / count }
}

/** Something done with each block of three numbers a bar, in bars/s. */
function perBar(bars: number, work: (forecasts: Float32Array, from: number) => unknown): string {
  const { nextUnit } = randomStream(2, 'sampling')
  const forecasts = Float32Array.from({ length: OUTPUTS * bars }, nextUnit)
  const times: number[] = []
  for (let i = 0; i < PASSES; i++) {
    const begin = now()
    for (let bar = 0; bar < bars; bar += BLOCK)
      work(forecasts.subarray(OUTPUTS * bar, OUTPUTS * (bar + BLOCK)), bar)
    times.push((now() - begin) / bars)
  }
  return [median(times), Math.min(...times)].map(perSecond).join(' in the median, ')
}

const perSecond = (nanoseconds: number): string => {
  const bars = 1e9 / nanoseconds
  return bars >= 1e6 ? `${(bars / 1e6).toFixed(1)} M` : `${(bars / 1e3).toFixed(0)} k`
}

const module = compiledKernel(flags.narrow !== true)
console.log('| | first, being compiled | median | least | of it in the network |')
console.log('|---|--:|--:|--:|--:|')
for (const { name, bars: count, shape } of CASES) {
  const network = createKernelNetwork({ module, threads: 1, startThread: () => {} }, shape)
  const samples = samplesOf(shape, count)
  const bars = Int32Array.from({ length: count }, (_, i) => i)
  const passes = Array.from({ length: PASSES }, () => pass(network, samples, bars))
  const byTime = passes.toSorted((a, b) => a.all - b.all)
  const [first, middle, least] = [passes[0]!, byTime[PASSES >> 1]!, byTime[0]!]
  const columns = [first, middle, least].map(({ all }) => `${perSecond(all)}, ${all.toFixed(0)} ns`)
  console.log(`| ${name} | ${columns.join(' | ')} | ${least.network.toFixed(0)} ns |`)
}

const BARS = 1 << 20
const all = Int32Array.from({ length: BARS }, (_, i) => i)
const intents = perBar(BARS, (forecasts, bar) =>
  intentsOfForecasts(forecasts, all.subarray(bar, bar + BLOCK), bar, bar + BLOCK, DECISIONS),
)
console.log(`\nBars/s of intents from probabilities alone: ${intents} at best.`)
