// A small strategy of every kind on hours of two random walks, for contracts that hold whatever the kind.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BacktestRequest } from '../../src/jobs/backtest-inputs.ts'
import type { TrainingRequest } from '../../src/jobs/training-inputs.ts'
import { backtestRequest, trainingRequest } from './job-runs.ts'
import { barsCsv } from './world.ts'

const SYMBOLS = ['AAA', 'BBB']
const BARS = 420

type Kind = {
  readonly symbols?: string
  readonly timeframes?: string
  readonly context?: string
  readonly inputs?: string
  readonly model: string
  readonly decisions?: string
  readonly training: string
}

const MLP = '{ type: mlp, architecture: { hidden_layers: [6], dropout: 0.2 } }'
const recurrent = (type: 'lstm' | 'gru', layers: number): string =>
  `{ type: ${type}, architecture: { sequence_length: 5, hidden_size: 6, num_layers: ${layers}, dropout: 0.2 } }`
const REGRESSION =
  '{ output_format: regression, cost_model: { round_trip_cost: 0.001, min_edge_multiplier: 1 } }'

export const KINDS: Readonly<Record<string, Kind>> = {
  'an LSTM on the uniqueness of triple barriers at CUSUM events': {
    model: recurrent('lstm', 2),
    training:
      'labels: { source: triple_barrier, max_holding_period: 12, vol_span: 20, compute_weights: true, cusum_threshold: 0, cusum_multiplier: 0.3 }',
  },
  'a GRU on two timeframes': {
    timeframes: '{ mode: multi_timeframe, list: [1h, 4h], base_timeframe: 1h }',
    model: recurrent('gru', 1),
    training: 'labels: { source: zigzag, zigzag_threshold: 0.03 }\n  loss: focal',
  },
  'an MLP with the base timeframe above the finest': {
    timeframes: '{ mode: multi_timeframe, list: [1h, 4h], base_timeframe: 4h }',
    model: MLP,
    training: 'labels: { source: zigzag, zigzag_threshold: 0.03 }',
  },
  'a regression of two symbols': {
    symbols: '{ mode: multi_symbol, list: [AAA, BBB] }',
    model: MLP,
    decisions: REGRESSION,
    training: 'labels: { source: forward_return, horizon: 5 }\n  embargo: 0.01\n  optimizer: sgd',
  },
  'an LSTM regression of two symbols on two timeframes': {
    symbols: '{ mode: multi_symbol, list: [AAA, BBB] }',
    timeframes: '{ mode: multi_timeframe, list: [1h, 4h], base_timeframe: 1h }',
    model: recurrent('lstm', 1),
    decisions: REGRESSION,
    training: 'labels: { source: forward_return, horizon: 3 }\n  loss: mse\n  optimizer: rmsprop',
  },
  'market regimes': {
    model: MLP,
    training:
      'labels: { source: regime, macro_atr_mult: 1.5, micro_atr_mult: 0.5, vol_lookback: 30, atr_period: 7 }',
  },
  'market contexts beside a series': {
    context: `context_data:
  - { provider: fred, series: [DGS10, DGS2], publication_lag: 1h }
`,
    inputs: '  - { raw_indicator: spread_3, timeframes: all, normalization: minmax }\n',
    model: MLP,
    training: 'labels: { source: context, horizon: 4 }\n  optimizer: adamw',
  },
}

export type KindWorld = {
  readonly directory: string
  readonly training: (kind: string, changes?: Partial<TrainingRequest>) => TrainingRequest
  /** Of the model in `model`, on the first symbol. */
  readonly backtest: (
    kind: string,
    model: string,
    changes?: Partial<BacktestRequest>,
  ) => BacktestRequest
  readonly remove: () => void
}

export function makeKindWorld(): KindWorld {
  const directory = mkdtempSync(join(tmpdir(), 'ktrdr-kinds-'))
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  const bars = SYMBOLS.map((symbol, i) => file(`${symbol}_1h.csv`, barsCsv(BARS, i + 1)))
  const series = ['DGS10', 'DGS2'].map((name, i) => file(`${name}.csv`, seriesCsv(i)))
  const strategies = new Map(
    Object.entries(KINDS).map(([kind, parts], i) => [
      kind,
      file(`kind${i}.yaml`, strategyYaml(`kind${i}`, parts)),
    ]),
  )
  const dataOf = (kind: string, symbols: readonly string[]) => [
    ...symbols.map((symbol) => ({ symbol, path: bars[SYMBOLS.indexOf(symbol)]!, used: null })),
    ...(KINDS[kind]!.context === undefined
      ? []
      : ['fred_DGS10', 'fred_DGS2'].map((symbol, i) => ({ symbol, path: series[i]!, used: null }))),
  ]
  const symbolsOf = (kind: string): readonly string[] =>
    KINDS[kind]!.symbols === undefined ? ['AAA'] : SYMBOLS
  return {
    directory,
    training: (kind, changes = {}) =>
      trainingRequest(
        { strategy: strategies.get(kind)!, bars: bars[0]! },
        { data: dataOf(kind, symbolsOf(kind)), ...changes },
      ),
    backtest: (kind, model, changes = {}) =>
      backtestRequest({ bars: bars[0]! }, model, { data: dataOf(kind, ['AAA']), ...changes }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** A value a day, and one that is missing. */
function seriesCsv(i: number): string {
  const first = Date.UTC(2020, 0, 4)
  const rows = Array.from({ length: 22 }, (_, day) => {
    const date = new Date(first + day * 86_400_000).toISOString().slice(0, 10)
    return `${date},${day === 9 ? '.' : (2 - i + ((day * 7 + i * 3) % 5) / 10).toFixed(2)}`
  })
  return `observation_date,DGS\n${rows.join('\n')}\n`
}

function strategyYaml(name: string, kind: Kind): string {
  const hasSeries = kind.context !== undefined
  return `name: ${name}
version: "3.0"
training_data:
  symbols: ${kind.symbols ?? '{ mode: single, symbol: AAA }'}
  timeframes: ${kind.timeframes ?? '{ mode: single, timeframe: 1h }'}
  history_required: 50
${kind.context ?? ''}indicators:
  rsi_9: { type: rsi, period: 9 }
  roc_5: { type: roc, period: 5 }
${hasSeries ? '  spread_3: { type: sma, period: 3, data_source: yield_spread_DGS10_DGS2 }\n' : ''}fuzzy_sets:
  rsi:
    indicator: rsi_9
    low: [0, 20, 50]
    high: { type: gaussian, parameters: [80, 15] }
nn_inputs:
  - { fuzzy_set: rsi, timeframes: all }
  - { raw_indicator: roc_5, timeframes: all, normalization: zscore }
${kind.inputs ?? ''}model: ${kind.model}
decisions: ${kind.decisions ?? '{ output_format: classification, confidence_threshold: 0 }'}
training:
  ${kind.training}
  epochs: 2
  batch_size: 16
  learning_rate: 0.005
  seed: 7
`
}
