// A small world for program tests: hourly bars of a random walk, a strategy for them, and command lines that use both.
// The batch is small and the network narrow, so that a run has thousands of safe points and takes a second.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TIMEFRAME_MS } from '../../src/data/bars.ts'
import { makeBars } from './make-bars.ts'

export type World = {
  readonly directory: string
  readonly bars: string
  readonly strategy: string
  /** A fresh data directory under the world. */
  readonly dataDir: (name: string) => string
  readonly train: (...flags: readonly string[]) => string[]
  readonly backtest: (...flags: readonly string[]) => string[]
  /** Call it when the tests are over: `beforeAll` takes it as its return value. */
  readonly remove: () => void
}

export type WorldOptions = {
  readonly bars?: number
  readonly hiddenLayers?: string
  readonly batchSize?: number
  readonly epochs?: number
}

export function makeWorld(options: WorldOptions = {}): World {
  const { bars: length = 1200, hiddenLayers = '[16]', batchSize = 16, epochs = 20 } = options
  const directory = mkdtempSync(join(tmpdir(), 'ktrdr-world-'))
  const bars = join(directory, 'bars.csv')
  const strategy = join(directory, 'walk.yaml')
  writeFileSync(bars, barsCsv(length))
  writeFileSync(strategy, strategyYaml(hiddenLayers, batchSize, epochs))
  return {
    directory,
    bars,
    strategy,
    dataDir: (name) => join(directory, name),
    train: (...flags) => ['train', strategy, '--data', bars, ...flags],
    backtest: (...flags) => ['backtest', 'walk', '--data', bars, ...flags],
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

export function barsCsv(length: number, seed = 1): string {
  const { open, high, low, close, volume } = makeBars(length, seed)
  const first = Date.UTC(2020, 0, 6)
  const rows = Array.from(close, (_, t) =>
    [
      new Date(first + t * TIMEFRAME_MS['1h']).toISOString(),
      open[t],
      high[t],
      low[t],
      close[t],
      volume[t],
    ].join(','),
  )
  return `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`
}

function strategyYaml(hiddenLayers: string, batchSize: number, epochs: number): string {
  return `name: walk
version: "3.0"
training_data:
  symbols: { mode: single, symbol: WALK }
  timeframes: { mode: single, timeframe: 1h }
indicators:
  rsi_9: { type: rsi, period: 9 }
  roc_5: { type: roc, period: 5 }
fuzzy_sets:
  rsi:
    indicator: rsi_9
    low: [0, 20, 50]
    high: [50, 80, 100]
nn_inputs:
  - { fuzzy_set: rsi, timeframes: all }
  - { raw_indicator: roc_5, timeframes: all, normalization: zscore }
model:
  type: mlp
  architecture: { hidden_layers: ${hiddenLayers}, dropout: 0.2 }
decisions:
  output_format: classification
  confidence_threshold: 0
  allow_short_from_flat: true
  filters: { min_signal_separation: 2 }
training:
  labels: { source: zigzag, zigzag_threshold: 0.03 }
  optimizer: adam
  lr_scheduler: { type: reduce_on_plateau, factor: 0.5, patience: 2 }
  epochs: ${epochs}
  batch_size: ${batchSize}
  learning_rate: 0.005
  seed: 7
`
}
