import { describe, expect, it } from 'vitest'
import { edited, SAMPLE, warningsOf } from './sample.ts'

describe('warnings', () => {
  it.each([
    [
      'version: "3.0"',
      'version: "2.0"',
      '2:10 version: is "2.0", but the file is read as version "3.0"',
    ],
    [
      'symbol: EURUSD',
      'symbol: EURUSD, list: [A]',
      '4:44 training_data.symbols.list: ignored: mode is single',
    ],
    [
      'history_required: 250',
      'start_date: 2020-01-01',
      '8:3 training_data.start_date: ignored: --start decides',
    ],
    [
      'history_required: 250',
      'end_date: 2020-01-01',
      '8:3 training_data.end_date: ignored: --end decides',
    ],
    [
      'history_required: 250',
      'date_range: x',
      '8:3 training_data.date_range: ignored: --start and --end decide',
    ],
    ['fast_period: 8', 'fast: 8', '11:25 indicators.macd_f.fast: is read as fast_period'],
    [
      'dropout: 0.1',
      'num_layers: 2',
      '28:62 model.architecture.num_layers: ignored: it belongs to lstm and gru',
    ],
    [
      'dropout: 0.1',
      'output_activation: softmax',
      '28:62 model.architecture.output_activation: ignored: outputs are always raw logits, or the raw forecast',
    ],
    [
      'type: mlp\n',
      'type: mlp\n  training: { epochs: 5 }\n',
      '28:3 model.training: ignored: version 3 reads the section training of the top level; move its keys there',
    ],
    [
      'min_signal_separation: 6',
      'volume_filter: true',
      '32:14 decisions.filters.volume_filter: ignored: there is no volume filter',
    ],
    [
      'confidence_threshold: 0.55',
      'num_classes: 3',
      '31:3 decisions.num_classes: ignored: the labels decide which classes there are',
    ],
    [
      'confidence_threshold: 0.55',
      'cost_model: {}',
      '31:3 decisions.cost_model: ignored: it belongs to regression',
    ],
    [
      'confidence_threshold: 0.55',
      'allow_short_from_flat: false\n  position_awareness: false',
      '31:3 decisions.allow_short_from_flat: ignored: without position_awareness a SELL always may open a short',
    ],
    [
      'zigzag_threshold: 0.012',
      'label_lookahead: 10',
      '34:29 training.labels.label_lookahead: ignored: it never had an effect',
    ],
    [
      'zigzag_threshold: 0.012',
      'horizon: 10',
      '34:29 training.labels.horizon: ignored: it belongs to forward_return and context labels',
    ],
    [
      'zigzag_threshold: 0.012',
      'vol_span: 10',
      '34:29 training.labels.vol_span: ignored: it belongs to triple_barrier labels',
    ],
    ['epochs: 60', 'momentum: 0.9', '35:3 training.momentum: ignored: only sgd has a momentum'],
    [
      'epochs: 60',
      'huber_delta: 0.1',
      '35:3 training.huber_delta: ignored: it belongs to the loss huber',
    ],
    [
      'epochs: 60',
      'lr_scheduler: { type: step, patience: 4 }',
      '35:31 training.lr_scheduler.patience: ignored: it belongs to reduce_on_plateau',
    ],
    [
      'epochs: 60',
      'validation_split: 0.2',
      '35:3 training.validation_split: ignored: data_split decides',
    ],
    ['epochs: 60', 'epochs:', '35:3 training.epochs: is empty, so the default 100 is used'],
    [
      'test: 0.15',
      'test: 0.05',
      '38:53 training.data_split.test: is 0.05, but the test slice is the whole rest: 0.15',
    ],
    [
      'validation: 0.15, test: 0.15',
      'validation: 0.3',
      '38:15 training.data_split: train 0.7 + validation 0.3 leaves nothing to test on',
    ],
    [
      'mode: single, symbol: EURUSD',
      'mode: multi_symbol, symbol: EURUSD, list: [A, B]',
      '4:34 training_data.symbols.symbol: ignored: mode is multi_symbol',
    ],
    [
      'mode: single\n    timeframe: 1h',
      'mode: multi_timeframe\n    timeframe: 1h\n    list: [1h, 4h]',
      '7:5 training_data.timeframes.timeframe: ignored: mode is multi_timeframe',
    ],
    [
      'epochs: 60',
      'purge: 5',
      '35:3 training.purge: ignored: rows are always purged by the end of their label',
    ],
    [
      'epochs: 60',
      'checkpoint: { every: 5 }',
      '35:3 training.checkpoint: ignored: ktrdr.yaml and the options of ktrdr train decide',
    ],
    [
      'hidden_layers: [32, 16], activation: tanh, dropout: 0.1 }',
      'hidden_layers: [32], sequence_length: 5 }',
      '28:40 model.architecture.sequence_length: ignored: it belongs to lstm and gru',
    ],
    [
      'type: mlp\n  architecture: { hidden_layers: [32, 16], activation: tanh, dropout: 0.1 }',
      'type: lstm\n  architecture: { sequence_length: 5, hidden_layers: [8] }',
      '28:39 model.architecture.hidden_layers: ignored: it belongs to mlp',
    ],
    [
      'type: mlp\n  architecture: { hidden_layers: [32, 16], activation: tanh, dropout: 0.1 }',
      'type: gru\n  architecture: { sequence_length: 5, activation: tanh }',
      '28:39 model.architecture.activation: ignored: it belongs to mlp',
    ],
    [
      'source: zigzag, zigzag_threshold: 0.012',
      'source: triple_barrier, vol_method: ATR',
      '34:49 training.labels.vol_method: is "ATR", which is read as close; did you mean "atr"?',
    ],
    [
      'source: zigzag, zigzag_threshold: 0.012',
      'source: triple_barrier, vol_method: garch',
      '34:49 training.labels.vol_method: is "garch", which is read as close; write atr or close',
    ],
    [
      'source: zigzag, zigzag_threshold: 0.012',
      'source: triple_barrier, cusum_threshold: 0.02, cusum_multiplier: 1',
      '34:60 training.labels.cusum_multiplier: ignored: it belongs to an automatic cusum_threshold, 0 or less',
    ],
    [
      'fast_period: 8, slow_period: 21',
      'fast_period: 21, slow_period: 21',
      '11:3 indicators.macd_f: fast_period 21 is not below slow_period 21; write the shorter period first',
    ],
    [
      'mode: single, symbol: EURUSD',
      'mode: single, list: [EURUSD]',
      '4:28 training_data.symbols.list: is read as symbol: EURUSD',
    ],
    [
      'mode: single, symbol: EURUSD',
      'mode: single, symbols: [EURUSD]',
      '4:28 training_data.symbols.symbols: is read as symbol: EURUSD',
    ],
    [
      'timeframe: 1h',
      'list: [1h]\n    base_timeframe: 1h',
      '7:5 training_data.timeframes.list: is read as timeframe: 1h',
    ],
    [
      'timeframe: 1h',
      'timeframes: [1h]',
      '7:5 training_data.timeframes.timeframes: is read as timeframe: 1h',
    ],
    [
      'type: mlp\n',
      'type: mlp\n  input_size: 36\n',
      '28:3 model.input_size: ignored: nn_inputs decide how many inputs there are',
    ],
    [
      'dropout: 0.1',
      'output_size: 3',
      '28:62 model.architecture.output_size: ignored: the labels decide how many outputs there are',
    ],
    [
      'source: zigzag, zigzag_threshold: 0.012',
      'source: triple_barrier, profit_target_atr: 3',
      '34:37 training.labels.profit_target_atr: is read as pt_multiplier',
    ],
    [
      'source: zigzag, zigzag_threshold: 0.012',
      'source: triple_barrier, stop_loss_atr: 3',
      '34:37 training.labels.stop_loss_atr: is read as sl_multiplier',
    ],
    [
      'source: zigzag, zigzag_threshold: 0.012',
      'source: triple_barrier, max_holding_bars: 30',
      '34:37 training.labels.max_holding_bars: is read as max_holding_period',
    ],
    [
      'source: zigzag, zigzag_threshold: 0.012',
      'source: triple_barrier, atr_period: 20',
      '34:37 training.labels.atr_period: ignored: it belongs to regime labels',
    ],
    [
      'zigzag_threshold: 0.012',
      'profit_target_atr: 3',
      '34:29 training.labels.profit_target_atr: ignored: it belongs to triple_barrier labels',
    ],
    [
      'epochs: 60',
      'lr_scheduler: true',
      '35:17 training.lr_scheduler: is true, which names no schedule, so the rate stays constant; write for example reduce_on_plateau',
    ],
    [
      'epochs: 60',
      'early_stopping: { enabled: false, patience: 5 }',
      '35:37 training.early_stopping.patience: ignored: enabled is false',
    ],
    ['version: "3.0"', 'scope: universal', '2:1 scope: ignored: it belongs to version 2'],
  ])('%s → %s warns and loads', (before, after, line) => {
    expect(warningsOf(edited([before, after])), 'one warning').toEqual([`sample.yaml:${line}`])
  })

  it('tells when the name is not that of the file, under which it is looked up', () => {
    expect(warningsOf(SAMPLE, 'strategies/other.yaml'), 'W48').toEqual([
      'strategies/other.yaml:1:7 name: is "sample", but the file is called "other"; its models are stored as sample',
    ])
  })

  it('tells of a fast mean that is the slower one in any spelling', () => {
    const text = edited(['fast_period: 8, slow_period: 21', 'fast: 30, slow_period: 21'])
    expect(warningsOf(text), 'both').toEqual([
      'sample.yaml:11:3 indicators.macd_f: fast_period 30 is not below slow_period 21; write the shorter period first',
      'sample.yaml:11:25 indicators.macd_f.fast: is read as fast_period',
    ])
  })

  it('tells which decisions a forecast leaves idle', () => {
    const text = edited(
      [
        'output_format: classification\n  confidence_threshold: 0.55',
        'output_format: regression\n  cost_model: { round_trip_cost: 0.002, min_edge_multiplier: 2 }\n  confidence_threshold: 0.55\n  allow_short_from_flat: false',
      ],
      ['source: zigzag, zigzag_threshold: 0.012', 'source: forward_return'],
    )
    expect(warningsOf(text), 'both').toEqual([
      'sample.yaml:32:3 decisions.confidence_threshold: ignored: the cost threshold decides for regression',
      'sample.yaml:33:3 decisions.allow_short_from_flat: ignored: regression always may open a short',
    ])
  })

  it.each(['regime', 'context'])('tells which decisions the classes of %s leave idle', (source) => {
    const text = edited(
      ['source: zigzag, zigzag_threshold: 0.012', `source: ${source}`],
      ['confidence_threshold: 0.55', 'confidence_threshold: 0.55\n  allow_short_from_flat: true'],
    )
    const because = `ignored: ${source} labels are classes of the market, which give no signals to trade on`
    expect(warningsOf(text), 'each key').toEqual([
      `sample.yaml:31:3 decisions.confidence_threshold: ${because}`,
      `sample.yaml:32:3 decisions.allow_short_from_flat: ${because}`,
      `sample.yaml:33:3 decisions.filters: ${because}`,
    ])
  })

  it.each([
    ['horizon: 24', 'it belongs to forward_return and context labels'],
    ['trending_threshold: 0.5', 'it never had an effect'],
  ])('tells that regime labels do not look at %s', (key, because) => {
    const text = edited(
      ['source: zigzag, zigzag_threshold: 0.012', `source: regime, ${key}`],
      ['confidence_threshold: 0.55\n  filters: { min_signal_separation: 6 }', ''],
    )
    const name = key.split(':')[0]
    expect(warningsOf(text), 'the key').toEqual([
      `sample.yaml:33:29 training.labels.${name}: ignored: ${because}`,
    ])
  })

  it('is silent about allow_short_from_flat where it decides', () => {
    for (const awareness of ['', '\n  position_awareness: true']) {
      const keys = `allow_short_from_flat: false${awareness}`
      expect(warningsOf(edited(['confidence_threshold: 0.55', keys])), 'nothing').toEqual([])
    }
  })

  it.each([
    ['loss: focal\n  focal_gamma: 1.5'],
    ['optimizer: sgd\n  momentum: 0.8'],
    ['lr_scheduler: false'],
    ['early_stopping: { enabled: true, patience: 5 }'],
    ['early_stopping: { enabled: false }'],
    ['optimizer: { type: sgd, momentum: 0.8 }'],
    ['lr_scheduler: { type: exponential, gamma: 0.9 }'],
    ['lr_scheduler: { type: step, step_size: 5, gamma: 0.9 }'],
    ['lr_scheduler: { type: reduce_on_plateau, factor: 0.9, patience: 2, mode: min }'],
  ])('is silent about keys that count: %s', (lines) => {
    expect(warningsOf(edited(['epochs: 60', lines])), 'nothing').toEqual([])
  })

  it('is silent about empty keys whose default is to be absent', () => {
    const text = edited(
      ['version: "3.0"', 'description:\ncontext_data:'],
      ['epochs: 60', 'lr_scheduler: ~'],
    )
    expect(warningsOf(text), 'nothing').toEqual([])
  })
})
