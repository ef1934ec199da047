import { describe, expect, it } from 'vitest'
import { Document, parse } from 'yaml'
import { INDICATORS, refusal } from '../../../src/indicators/catalog.ts'
import type { ParameterSpec } from '../../../src/indicators/indicator.ts'
import { parseAnyStrategy } from '../../../src/strategy/load-strategy.ts'
import { pathText } from '../../../src/strategy/problems.ts'
import type { Path } from '../../../src/strategy/problems.ts'
import type { RuleStrategy, Strategy } from '../../../src/strategy/strategy.ts'
import { grammarKeys } from './grammar.ts'
import { edited, refusalOf, RULES_SAMPLE, SAMPLE } from './sample.ts'

// Every key of the grammar does something, or says that it does not: a key of the JSON schema that
// stands in none of the three tables below fails this test.

const labels = (text: string) => ['source: zigzag, zigzag_threshold: 0.012', text] as const
const training = (text: string) => edited(['epochs: 60', text])

const trading = (text: string) => edited(['training:', `trading: { ${text} }\ntraining:`])

const FORECAST = edited(
  [
    'output_format: classification\n  confidence_threshold: 0.55',
    'output_format: regression\n  cost_model: { round_trip_cost: 0.002, min_edge_multiplier: 2 }',
  ],
  labels('source: forward_return'),
)
const BARRIER = edited(labels('source: triple_barrier'))
const MARKET = [
  '  confidence_threshold: 0.55\n  filters: { min_signal_separation: 6 }\n',
  '',
] as const
const REGIME = edited(labels('source: regime'), MARKET)
const CONTEXT = edited(labels('source: context'), MARKET)
const RECURRENT = edited([
  'type: mlp\n  architecture: { hidden_layers: [32, 16], activation: tanh, dropout: 0.1 }',
  'type: gru\n  architecture: { sequence_length: 24 }',
])
const SYMBOLS = edited(['mode: single, symbol: EURUSD', 'mode: multi_symbol'])
const TIMEFRAMES = edited(['mode: single\n    timeframe: 1h', 'mode: multi_timeframe'])
const SEVERAL = edited([
  'mode: single\n    timeframe: 1h',
  'mode: multi_timeframe\n    list: [1h, 4h]',
])
const [STEP, PLATEAU] = ['step', 'reduce_on_plateau'].map((type) =>
  training(`lr_scheduler: { type: ${type} }`),
) as [string, string]
const series = (entry: string, source: string) =>
  edited(
    ['indicators:', `context_data: [{ ${entry} }]\nindicators:`],
    ['period: 14', `period: 14, data_source: ${source}`],
  )
const SPREAD = series('provider: fred, series: [A, B, C]', 'yield_spread_A_B')

type Effect = {
  readonly file?: string
  /** Where the path of the grammar is in the file, when not at its usual place. */
  readonly at?: string
  readonly values: readonly [unknown, unknown]
  /** Part of why the second value is refused, where another key would have to change with it. */
  readonly refused?: string
}

/** Two values of a key with which the file becomes two strategies, or the second is refused. */
const EFFECTS: Readonly<Record<string, Effect>> = {
  name: { values: ['sample', 'other'] },
  ...Object.fromEntries(
    ['long.enter', 'long.exit', 'short.enter', 'short.exit'].map((rule) => [
      `rules.${rule}`,
      { file: RULES_SAMPLE, values: ['fast > slow', 'fast < slow'] },
    ]),
  ),
  description: { values: ['a', 'b'] },
  'training_data.symbols.mode': {
    file: edited(['mode: single, symbol: EURUSD', 'mode: single, symbol: A, list: [A, B]']),
    values: ['single', 'multi_symbol'],
  },
  'training_data.symbols.symbol': { values: ['A', 'B'] },
  'training_data.symbols.list': { file: SYMBOLS, values: [['A'], ['A', 'B']] },
  'training_data.symbols.symbols': { file: SYMBOLS, values: [['A'], ['A', 'B']] },
  'training_data.timeframes.mode': {
    file: edited(['timeframe: 1h', 'timeframe: 1h\n    list: [1h, 4h]']),
    values: ['single', 'multi_timeframe'],
  },
  'training_data.timeframes.timeframe': {
    file: edited(['timeframes: [1h]', 'timeframes: all']),
    values: ['4h', '1h'],
  },
  'training_data.timeframes.list': {
    file: TIMEFRAMES,
    values: [
      ['1h', '4h'],
      ['4h', '1h'],
    ],
  },
  'training_data.timeframes.timeframes': {
    file: TIMEFRAMES,
    values: [
      ['1h', '4h'],
      ['1h', '1d'],
    ],
  },
  'training_data.timeframes.base_timeframe': { file: SEVERAL, values: ['1h', '4h'] },
  'training_data.history_required': { values: [250, 251] },
  'context_data[].provider': {
    file: series('provider: x', 'vix'),
    values: ['vix', 'vox'],
    refused: "'vix' does not match",
  },
  'context_data[].symbol': {
    file: series('provider: ib', 'X'),
    values: ['X', 'Y'],
    refused: "'X' does not match",
  },
  'context_data[].series': {
    file: SPREAD,
    values: [
      ['A', 'B'],
      ['B', 'A'],
    ],
    refused: "'yield_spread_A_B' does not match",
  },
  'context_data[].report': {
    file: series('provider: cftc_cot', 'cot_EUR_net_pos'),
    values: ['EUR', 'GBP'],
    refused: "'cot_EUR_net_pos' does not match",
  },
  'context_data[].publication_lag': { file: SPREAD, values: ['2h', '3d'] },
  'indicators.*.type': { values: ['rsi', 'momentum'] },
  'indicators.*.data_source': { file: SPREAD, values: ['fred_A', 'yield_spread_A_B'] },
  'fuzzy_sets.*.indicator': { values: ['rsi_14', 'macd_f'] },
  'fuzzy_sets.*.*.type': { values: ['gaussian', 'triangular'], refused: 'triangular takes 3' },
  'fuzzy_sets.*.*.parameters': {
    values: [
      [1, 0.5],
      [1, 0.6],
    ],
  },
  'nn_inputs[].fuzzy_set': {
    file: edited(['  - { fuzzy_set: push, timeframes: [1h] }\n', '']),
    values: ['rsi', 'push'],
  },
  'nn_inputs[].raw_indicator': { at: 'nn_inputs.2.raw_indicator', values: ['macd_f', 'rsi_14'] },
  'nn_inputs[].timeframes': { file: SEVERAL, values: ['all', ['4h']] },
  'nn_inputs[].normalization': {
    at: 'nn_inputs.2.normalization',
    values: ['minmax', 'zscore'],
  },
  'model.type': { file: RECURRENT, values: ['lstm', 'gru'] },
  'model.architecture.hidden_layers': { values: [[8], [9]] },
  'model.architecture.activation': { values: ['relu', 'tanh'] },
  'model.architecture.dropout': { values: [0.1, 0.2] },
  'model.architecture.sequence_length': { file: RECURRENT, values: [8, 9] },
  'model.architecture.hidden_size': { file: RECURRENT, values: [8, 9] },
  'model.architecture.num_layers': { file: RECURRENT, values: [1, 2] },
  'decisions.output_format': {
    values: ['classification', 'regression'],
    refused: 'must be forward_return for regression',
  },
  'decisions.confidence_threshold': { values: [0.5, 0.6] },
  'decisions.position_awareness': { values: [true, false] },
  'decisions.allow_short_from_flat': { values: [true, false] },
  'decisions.filters.min_signal_separation': { values: [4, 5] },
  'decisions.filters.min_signal_separation_bars': { values: [4, 5] },
  'decisions.cost_model.round_trip_cost': { file: FORECAST, values: [0.001, 0.002] },
  'decisions.cost_model.min_edge_multiplier': { file: FORECAST, values: [1, 2] },
  'trading.order': { values: ['close', 'limit:0.5%'] },
  'trading.order_expiry': { file: trading('order: limit:1%'), values: [5, 'none'] },
  'trading.stop_loss': { values: ['2%', '2atr'] },
  'trading.take_profit': { values: [0.04, '3%'] },
  'trading.trailing_stop': { values: ['3%', 'none'] },
  'trading.max_bars': { values: [5, 6] },
  'trading.size': { values: [0.25, 'cash:1000'] },
  'trading.lot_step': { values: [1, 0.01] },
  'trading.leverage': { values: [1.5, 2] },
  'trading.maintenance_margin': { values: ['10%', 'none'] },
  'trading.max_entries': { values: [2, 3] },
  'trading.reverse': { values: [true, false] },
  'trading.sides': { values: ['long', 'both'] },
  'trading.costs.commission': { values: [0.001, 0.002] },
  'trading.costs.maker_commission': { values: [0, 0.001] },
  'trading.costs.commission_per_unit': { values: [0, 0.005] },
  'trading.costs.commission_per_order': { values: [1, 2] },
  'trading.costs.min_commission': { values: [1, 2] },
  'trading.costs.slippage': { values: ['0.05%', 0.001] },
  'trading.costs.slippage_of_range': { values: ['10%', '20%'] },
  'trading.costs.slippage_of_volume': { values: ['0.1,2.5%', '0.2,2.5%'] },
  'trading.costs.spread': { values: [0.0001, 0.0002] },
  'trading.costs.prices': { file: trading('costs: { spread: 0.01% }'), values: ['bid', 'middle'] },
  'trading.costs.borrow_fee': { values: ['1%', 0] },
  'training.labels.source': {
    file: edited(labels('source: zigzag')),
    values: ['zigzag', 'triple_barrier'],
  },
  'training.labels.zigzag_threshold': { values: [0.01, 0.02] },
  'training.labels.horizon': { file: CONTEXT, values: [5, 6] },
  'training.labels.pt_multiplier': { file: BARRIER, values: [1, 2] },
  'training.labels.sl_multiplier': { file: BARRIER, values: [1, 2] },
  'training.labels.max_holding_period': { file: BARRIER, values: [10, 20] },
  'training.labels.profit_target_atr': { file: BARRIER, values: [1, 2] },
  'training.labels.stop_loss_atr': { file: BARRIER, values: [1, 2] },
  'training.labels.max_holding_bars': { file: BARRIER, values: [10, 20] },
  'training.labels.vol_span': { file: BARRIER, values: [10, 20] },
  'training.labels.vol_method': { file: BARRIER, values: ['atr', 'close'] },
  'training.labels.compute_weights': { file: BARRIER, values: [false, true] },
  'training.labels.cusum_threshold': { file: BARRIER, values: [0, 0.01] },
  'training.labels.cusum_multiplier': {
    file: edited(labels('source: triple_barrier, cusum_threshold: 0')),
    values: [0.5, 1],
  },
  'training.labels.macro_atr_mult': { file: REGIME, values: [3, 4] },
  'training.labels.micro_atr_mult': { file: REGIME, values: [1, 2] },
  'training.labels.atr_period': { file: REGIME, values: [14, 15] },
  'training.labels.vol_lookback': { file: REGIME, values: [120, 121] },
  'training.labels.vol_crisis_threshold': { file: REGIME, values: [2, 3] },
  'training.labels.progression_tolerance': { file: REGIME, values: [0.5, 0.6] },
  'training.labels.bullish_threshold': { file: CONTEXT, values: [0.005, 0.006] },
  'training.labels.bearish_threshold': { file: CONTEXT, values: [-0.005, -0.006] },
  'training.epochs': { values: [60, 61] },
  'training.batch_size': { values: [32, 64] },
  'training.learning_rate': { values: [0.1, 0.2] },
  'training.loss': { values: ['cross_entropy', 'focal'] },
  'training.focal_gamma': { file: training('loss: focal'), values: [1, 2] },
  'training.huber_delta': { file: FORECAST, values: [1, 2] },
  'training.optimizer': { values: ['adam', 'adamw'] },
  'training.optimizer.type': { values: ['sgd', 'rmsprop'] },
  'training.optimizer.momentum': { file: training('optimizer: { type: sgd }'), values: [0, 0.5] },
  'training.optimizer.weight_decay': { values: [0, 0.5] },
  'training.momentum': { file: training('optimizer: sgd'), values: [0, 0.5] },
  'training.weight_decay': { values: [0, 0.5] },
  'training.lr_scheduler': { values: ['constant', 'step'] },
  'training.lr_scheduler.type': { values: ['step', 'exponential'] },
  'training.lr_scheduler.step_size': { file: STEP, values: [5, 6] },
  'training.lr_scheduler.gamma': { file: STEP, values: [0.5, 0.6] },
  'training.lr_scheduler.factor': { file: PLATEAU, values: [0.5, 0.6] },
  'training.lr_scheduler.patience': { file: PLATEAU, values: [5, 6] },
  'training.early_stopping.enabled': { values: [true, false] },
  'training.early_stopping.patience': { values: [5, 6] },
  'training.early_stopping.min_delta': { values: [0, 0.5] },
  'training.early_stopping.monitor': { values: ['val_loss', 'val_accuracy'] },
  'training.gradient_clip': { values: [0, 1] },
  'training.data_split.train': { file: edited([', test: 0.15', '']), values: [0.6, 0.7] },
  'training.data_split.validation': { file: edited([', test: 0.15', '']), values: [0.1, 0.2] },
  'training.seed': { values: [1, 2] },
  'training.embargo': { values: [5, 0.01] },
}

/** Keys that are accepted and change nothing, with a value that is warned of. */
const IDLE: Readonly<Record<string, unknown>> = {
  version: '2.0',
  'training_data.start_date': '2020-01-01',
  'training_data.end_date': '2020-01-01',
  'context_data[].alignment': 'nearest',
  'training.labels.label_lookahead': 10,
  'training.labels.trending_threshold': 0.5,
  'training.data_split.test': 0.1,
  ...Object.fromEntries(
    grammarKeys().flatMap(({ path, isIgnored }) => (isIgnored ? [[path, 'anything']] : [])),
  ),
}

/** Keys that may have one value only, with one that is refused. */
const FIXED: Readonly<Record<string, unknown>> = { 'training.lr_scheduler.mode': 'max' }

const USUAL_PLACES = [
  ['indicators.*', 'indicators.rsi_14'],
  ['fuzzy_sets.*.*', 'fuzzy_sets.push.up'],
  ['fuzzy_sets.*', 'fuzzy_sets.rsi'],
  ['[]', '.0'],
] as const

function pathOf(key: string, at?: string): Path {
  const usual = USUAL_PLACES.reduce((text, [from, to]) => text.replace(from, to), key)
  return (at ?? usual).split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))
}

function withKey(file: string, path: Path, value: unknown): string {
  const document = new Document(parse(file) as unknown)
  document.setIn(path, value)
  return document.toString()
}

function read(text: string): {
  strategy: Strategy | RuleStrategy
  warned: string[]
  ignored: string[]
} {
  const { strategy, warnings } = parseAnyStrategy(text, 'sample.yaml')
  const ignored = warnings.filter(({ message }) => message.startsWith('ignored'))
  return {
    strategy,
    warned: warnings.map(({ path }) => path),
    ignored: ignored.map(({ path }) => path),
  }
}

describe('every key of the grammar', () => {
  it('stands in one of the three tables: it has an effect, or is idle, or is fixed', () => {
    const keys = grammarKeys().flatMap(({ path, isSection }) => (isSection ? [] : [path]))
    const tables = [EFFECTS, IDLE, FIXED].flatMap((table) => Object.keys(table))
    expect(tables.toSorted(), 'each key once').toEqual(keys.toSorted())
  })

  it.each(Object.entries(EFFECTS))('%s has an effect', (key, { file, at, values, refused }) => {
    const path = pathOf(key, at)
    const [one, other] = values.map((value) => withKey(file ?? SAMPLE, path, value)) as [
      string,
      string,
    ]
    const { strategy, ignored } = read(one)
    expect(ignored, 'nor is it said to have none').not.toContain(pathText(path))
    if (refused !== undefined)
      expect(refusalOf(other)?.message, 'its second value').toContain(refused)
    else expect(read(other).strategy, 'two values, two strategies').not.toEqual(strategy)
  })

  it.each(Object.entries(IDLE))('%s changes nothing, and says so', (key, value) => {
    const file = key.startsWith('context_data') ? series('provider: vix', 'vix') : SAMPLE
    const path = pathOf(key)
    const { strategy, warned } = read(withKey(file, path, value))
    expect(strategy, 'the same strategy').toEqual(read(file).strategy)
    expect(warned, 'a warning').toEqual([pathText(path)])
  })

  it.each(Object.entries(FIXED))('%s takes no other value', (key, value) => {
    const text = withKey(PLATEAU, pathOf(key), value)
    expect(refusalOf(text)?.message, 'refused').toContain(`${key}: expected`)
  })
})

function twoValues(spec: ParameterSpec): readonly [unknown, unknown] {
  switch (spec.kind) {
    case 'integer':
    case 'number':
      return [spec.default, spec.max]
    case 'boolean':
      return [true, false]
    case 'choice':
      return [spec.choices[0], spec.choices[1]]
  }
}

describe('every parameter of every indicator', () => {
  const usable = [...INDICATORS.values()].filter(({ type }) => refusal(type) === undefined)
  const all = usable.flatMap(({ type, parameters }) =>
    Object.entries(parameters).map(([name, spec]) => ({ type, name, spec })),
  )
  it.each(all)('$type: $name changes the strategy', ({ type, name, spec }) => {
    const [one, other] = twoValues(spec).map((value) => {
      const file = edited(
        ['type: rsi, period: 14', `type: ${type}`],
        ['history_required: 250', 'history_required: 100000'],
      )
      return read(withKey(file, ['indicators', 'rsi_14', name], value)).strategy
    })
    expect(one, 'two values, two strategies').not.toEqual(other)
  })
})
