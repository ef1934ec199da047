import { describe, expect, it } from 'vitest'
import { formatProblem, parseStrategy } from '../../../src/strategy/load-strategy.ts'
import { parsed } from './sample.ts'

/** In the style of upstream's files: everything in it that does nothing there, or is read as it is meant. */
const FILE = `name: breakout
version: "3.0"
hypothesis: A squeeze ends in a breakout.
training_data:
  symbols: { mode: single, list: [EURUSD] }
  timeframes: { mode: single, list: [1h], base_timeframe: 1h }
  history_required: 200
  date_range: { start: 2015-01-01, end: 2020-12-31 }
indicators:
  macd: { type: MACD, fast_period: 8, slow_period: 21, signal_period: 5, period: 12, source: close }
  squeeze: { type: SqueezeIntensity, period: 30, source: close }
  bands: { type: BollingerBands, period: 20, std_dev: 2.5, source: close }
  flow: { type: MFI, period: 14, source: close }
  balance: { type: OBV, period: 20, source: close }
fuzzy_sets:
  macd: { indicator: macd.histogram, up: [0, 1, 2] }
  squeeze: { indicator: squeeze, tight: [0.5, 1, 1.5] }
  bands: { indicator: bands.upper, high: [1, 1.1, 1.2] }
  flow: { indicator: flow, low: [0, 20, 40] }
nn_inputs:
  - { fuzzy_set: macd, timeframes: all }
  - { fuzzy_set: squeeze, timeframes: all }
  - { fuzzy_set: bands, timeframes: all }
  - { fuzzy_set: flow, timeframes: all }
  - { raw_indicator: balance, timeframes: all, normalization: zscore }
model:
  type: mlp
  input_size: 36
  architecture: { hidden_layers: [32, 16], output_activation: softmax }
  features: { lookback_periods: 2 }
decisions: { output_format: classification, num_classes: 3 }
training:
  labels:
    source: triple_barrier
    profit_target_atr: 2.5
    stop_loss_atr: 1
    max_holding_bars: 24
    atr_period: 14
  lr_scheduler: true
  early_stopping: { enabled: true, patience: 7 }
  analytics: { enabled: true }
`

const PLAIN = `name: breakout
training_data:
  symbols: { mode: single, symbol: EURUSD }
  timeframes: { mode: single, timeframe: 1h }
  history_required: 200
indicators:
  macd: { type: macd, fast_period: 8, slow_period: 21, signal_period: 5 }
  squeeze: { type: squeezeintensity, bb_period: 30, kc_period: 30 }
  bands: { type: bollingerbands, multiplier: 2.5 }
  flow: { type: mfi }
  balance: { type: obv }
fuzzy_sets:
  macd: { indicator: macd.histogram, up: [0, 1, 2] }
  squeeze: { indicator: squeeze, tight: [0.5, 1, 1.5] }
  bands: { indicator: bands.upper, high: [1, 1.1, 1.2] }
  flow: { indicator: flow, low: [0, 20, 40] }
nn_inputs:
  - { fuzzy_set: macd, timeframes: [1h] }
  - { fuzzy_set: squeeze, timeframes: [1h] }
  - { fuzzy_set: bands, timeframes: [1h] }
  - { fuzzy_set: flow, timeframes: [1h] }
  - { raw_indicator: balance, timeframes: [1h], normalization: zscore }
model: { architecture: { hidden_layers: [32, 16] } }
decisions: {}
training:
  labels: { source: triple_barrier, pt_multiplier: 2.5, sl_multiplier: 1, max_holding_period: 24 }
  early_stopping: { patience: 7 }
`

describe('a file of upstream', () => {
  const { strategy, warnings } = parseStrategy(FILE, 'strategies/breakout_v3.yaml')

  it('is the strategy that it says it is', () => {
    expect(strategy, 'no more and no less').toEqual(parsed(PLAIN))
    expect(parseStrategy(PLAIN, 'breakout.yaml').warnings, 'the plain one is sound').toEqual([])
  })

  it('is told, one warning each, what has no effect and how the rest is read', () => {
    const lines = warnings.map(formatProblem).map((line) => line.replace(/^\S+ /, ''))
    expect(lines, 'in the order of the file').toEqual([
      'name: is "breakout", but the file is called "breakout_v3"; its models are stored as breakout',
      'hypothesis: ignored: it is for people',
      'training_data.symbols.list: is read as symbol: EURUSD',
      'training_data.timeframes.list: is read as timeframe: 1h',
      'training_data.date_range: ignored: --start and --end decide',
      'indicators.macd.period: ignored: macd has no period; it has fast_period, slow_period, signal_period',
      'indicators.squeeze.period: is read as bb_period and kc_period',
      'indicators.bands.std_dev: is read as multiplier',
      'indicators.flow.source: ignored: mfi has no source',
      'indicators.balance.period: ignored: obv has no period',
      'indicators.balance.source: ignored: obv has no source',
      'model.input_size: ignored: nn_inputs decide how many inputs there are',
      'model.architecture.output_activation: ignored: outputs are always raw logits, or the raw forecast',
      'model.features: ignored: version 3 reads nn_inputs',
      'decisions.num_classes: ignored: the labels decide which classes there are',
      'training.labels.profit_target_atr: is read as pt_multiplier',
      'training.labels.stop_loss_atr: is read as sl_multiplier',
      'training.labels.max_holding_bars: is read as max_holding_period',
      'training.labels.atr_period: ignored: it belongs to regime labels',
      'training.lr_scheduler: is true, which names no schedule, so the rate stays constant; write for example reduce_on_plateau',
      'training.analytics: ignored: every epoch is recorded',
    ])
  })

  it('may switch early stopping off, and the schedule', () => {
    const text = PLAIN.replace('patience: 7', 'enabled: false').concat('  lr_scheduler: false\n')
    expect(parsed(text).training, 'neither').toMatchObject({
      earlyStopping: null,
      schedule: { kind: 'constant' },
    })
    expect(parseStrategy(text, 'breakout.yaml').warnings, 'as said').toEqual([])
  })
})
