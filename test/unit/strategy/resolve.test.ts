import { describe, expect, it } from 'vitest'
import { featureIds } from '../../../src/features/feature-plan.ts'
import { parseStrategy } from '../../../src/strategy/load-strategy.ts'
import { edited, parsed, problemsOf, SAMPLE, warningsOf } from './sample.ts'

describe('a sound file', () => {
  it('becomes a strategy with every reference resolved and every default filled in', () => {
    expect(parseStrategy(SAMPLE, 'sample.yaml'), 'the whole strategy').toEqual({
      warnings: [],
      strategy: {
        name: 'sample',
        description: '',
        symbols: ['EURUSD'],
        timeframes: ['1h'],
        baseTimeframe: '1h',
        context: [],
        historyRequired: 250,
        indicators: [
          { id: 'rsi_14', type: 'rsi', parameters: { period: 14, source: 'close' } },
          {
            id: 'macd_f',
            type: 'macd',
            parameters: { fast_period: 8, slow_period: 21, signal_period: 5, source: 'close' },
          },
        ],
        fuzzySets: [
          {
            id: 'rsi',
            indicator: { ref: 'rsi_14', indicatorId: 'rsi_14', output: 0 },
            memberships: [
              { name: 'oversold', type: 'triangular', parameters: [0, 20, 35] },
              { name: 'overbought', type: 'trapezoidal', parameters: [65, 80, 100, 100] },
            ],
          },
          {
            id: 'push',
            indicator: { ref: 'macd_f.histogram', indicatorId: 'macd_f', output: 2 },
            memberships: [{ name: 'up', type: 'gaussian', parameters: [1, 0.5] }],
          },
        ],
        inputs: [
          { kind: 'fuzzy', fuzzySetId: 'rsi', timeframes: ['1h'] },
          { kind: 'fuzzy', fuzzySetId: 'push', timeframes: ['1h'] },
          {
            kind: 'raw',
            indicator: { ref: 'macd_f', indicatorId: 'macd_f', output: 0 },
            timeframes: ['1h'],
            normalization: 'zscore',
          },
        ],
        model: { type: 'mlp', hiddenLayers: [32, 16], activation: 'tanh', dropout: 0.1 },
        decisions: {
          outputFormat: 'classification',
          confidenceThreshold: 0.55,
          roundTripCost: 0.003,
          minEdgeMultiplier: 1.5,
          positionAwareness: true,
          allowShortFromFlat: false,
          minSignalSeparationHours: 6,
          minSignalSeparationBars: 0,
        },
        training: {
          labels: { source: 'zigzag', threshold: 0.012 },
          loss: { kind: 'cross_entropy' },
          optimizer: { kind: 'adam', weightDecay: 0.0001 },
          schedule: { kind: 'constant' },
          earlyStopping: null,
          epochs: 60,
          batchSize: 64,
          learningRate: 0.0007,
          clipNorm: 1,
          split: { train: 0.7, validation: 0.15, test: 0.15 },
          seed: 42,
        },
      },
    })
  })

  it('orders its features by input, timeframe and membership, as the file does', () => {
    expect(featureIds(parsed(SAMPLE)), 'the canonical order').toEqual([
      '1h_rsi_oversold',
      '1h_rsi_overbought',
      '1h_push_up',
      '1h_macd_f_raw',
    ])
    const swapped = edited(
      ['  - { fuzzy_set: rsi, timeframes: all }\n', ''],
      ['    normalization: zscore\n', '  - { fuzzy_set: rsi, timeframes: all }\n'],
      ['    oversold: [0, 20, 35]\n', ''],
      ['100, 100] }\n', '100, 100] }\n    oversold: [0, 20, 35]\n'],
      ['raw_indicator: macd_f', 'raw_indicator: macd_f.signal'],
    )
    expect(featureIds(parsed(swapped)), 'another order in the file').toEqual([
      '1h_push_up',
      '1h_macd_f.signal_raw',
      '1h_rsi_overbought',
      '1h_rsi_oversold',
    ])
  })

  it('keeps the order of names that JavaScript would sort as numbers out of the question', () => {
    expect(
      problemsOf(edited(['    up:', '    2: [0, 1, 2]\n    1:'])),
      'both are refused',
    ).toHaveLength(2)
  })

  it('needs nothing but the required keys: upstream’s defaults fill the rest', () => {
    const { decisions, model, training } = parsed(`name: sample
training_data:
  symbols: { mode: single, symbol: EURUSD }
  timeframes: { mode: single, timeframe: 1h }
indicators: { rsi_14: { type: RSI } }
fuzzy_sets: {}
nn_inputs: [{ raw_indicator: rsi_14, timeframes: all }]
model: { architecture: { hidden_layers: [8] } }
decisions: {}
training: {}
`)
    expect(model, 'model').toEqual({
      type: 'mlp',
      hiddenLayers: [8],
      activation: 'relu',
      dropout: 0.2,
    })
    expect(decisions.confidenceThreshold, 'confidence').toBe(0.5)
    expect(decisions.minSignalSeparationHours, 'hours').toBe(4)
    expect(training, 'training').toMatchObject({
      labels: { source: 'zigzag', threshold: 0.02 },
      epochs: 100,
      batchSize: 32,
      learningRate: 0.001,
      split: { train: 0.7, validation: 0.15, test: 0.15 },
    })
  })

  it('has upstream’s defaults for a recurrent network too', () => {
    const lstm = [
      'type: mlp\n  architecture: { hidden_layers: [32, 16], activation: tanh, dropout: 0.1 }',
      'type: lstm\n  architecture: { sequence_length: 24 }',
    ] as const
    expect(parsed(edited(lstm)).model, 'model').toEqual({
      type: 'lstm',
      sequenceLength: 24,
      hiddenSize: 64,
      layerCount: 2,
      dropout: 0.2,
    })
  })

  it('leaves out what no input needs, so that it lengthens no warm-up, and says so', () => {
    const text = edited(
      ['  macd_f: {', '  spare: { type: sma, period: 400 }\n  macd_f: {'],
      ['fuzzy_sets:\n', 'fuzzy_sets:\n  idle: { indicator: spare, low: [0, 1, 2] }\n'],
    )
    expect(warningsOf(text), 'both are told').toEqual([
      'sample.yaml:11:3 indicators.spare: is not used by any input, so it is not computed',
      'sample.yaml:14:3 fuzzy_sets.idle: is not used by any input',
    ])
    expect(parsed(text), 'the plan is that of the file without them').toEqual(parsed(SAMPLE))
  })

  it('may use anchors and merge keys, as upstream’s reader of YAML allows', () => {
    const merged = edited(
      ['    oversold: [0, 20, 35]', '    oversold: &low [0, 20, 35]'],
      [
        '    up: { type: gaussian, parameters: [1, 0.5] }',
        '    <<: { up: [9, 9, 9], down: *low }\n    up: { type: gaussian, parameters: [1, 0.5] }',
      ],
    )
    expect(parsed(merged).fuzzySets[1]?.memberships, 'own keys win over merged ones').toEqual([
      { name: 'up', type: 'gaussian', parameters: [1, 0.5] },
      { name: 'down', type: 'triangular', parameters: [0, 20, 35] },
    ])
  })

  it('lets the first of several merged mappings win, as YAML says', () => {
    const merged = edited([
      '    up: { type: gaussian, parameters: [1, 0.5] }',
      '    <<: [{ a: [1, 2, 3], b: [4, 5, 6] }, { b: [7, 8, 9], c: [7, 8, 9] }]',
    ])
    const [a, b, c] = parsed(merged).fuzzySets[1]!.memberships
    expect(
      [a, b, c].map((membership) => membership?.parameters[0]),
      'values',
    ).toEqual([1, 4, 7])
  })

  it('accepts every spelling of upstream: any case, aliases, suffixes', () => {
    const text = edited(
      ['type: rsi', 'type: RSIIndicator'],
      ['type: gaussian', 'type: GaussianMF'],
      ['version: "3.0"', 'version: 3.0'],
    )
    expect(parsed(text), 'the same strategy').toEqual(parsed(SAMPLE))
  })
})
