import { describe, expect, it } from 'vitest'
import { edited, problemsOf, refusalOf, warningsOf } from './sample.ts'

describe('what a later version brings', () => {
  it.each([
    [
      'several symbols',
      ['mode: single, symbol: EURUSD', 'mode: multi_symbol, list: [A, B]'],
      '4:20 training_data.symbols.mode: training on several symbols is not yet supported (now: mode: single)',
    ],
    [
      'several timeframes',
      ['mode: single\n    timeframe: 1h', 'mode: multi_timeframe\n    list: [1h, 4h]'],
      '6:11 training_data.timeframes.mode: training on several timeframes is not yet supported (now: mode: single)',
    ],
    [
      'a recurrent model',
      [
        'mlp\n  architecture: { hidden_layers: [32, 16]',
        'gru\n  architecture: { sequence_length: 24',
      ],
      '27:9 model.type: the model gru is not yet supported (now: mlp)',
    ],
    [
      'another labeler',
      ['source: zigzag, zigzag_threshold: 0.012', 'source: regime'],
      '34:21 training.labels.source: the label source regime is not yet supported (now: zigzag, forward_return)',
    ],
    [
      'purging by hand',
      ['epochs: 60', 'purge: 5'],
      '35:10 training.purge: purge is not yet supported (now: rows whose label reaches into the next slice are dropped)',
    ],
    [
      'context data',
      ['model:', 'context_data: [{ provider: fred, series: DGS2 }]\nmodel:'],
      '26:15 context_data: context data is not yet supported (now: indicators of the bars themselves)',
    ],
  ] as const)('%s: sound, but not yet', (_, edit, line) => {
    const error = refusalOf(edited(edit))
    expect(error?.code, 'not a mistake of the author').toBe('NOT_YET_SUPPORTED')
    expect(error?.exitCode, 'exit code').toBe(7)
    expect(error?.message, 'what is there instead').toBe(`sample.yaml:${line}`)
  })

  it('is told together, and after real mistakes together with them', () => {
    const early = edited(
      ['type: mlp', 'type: lstm'],
      ['dropout', 'sequence_length: 9, dropout'],
      ['source: zigzag', 'source: context'],
    )
    expect(refusalOf(early)?.code, 'nothing is wrong').toBe('NOT_YET_SUPPORTED')
    expect(problemsOf(early), 'both').toHaveLength(2)
    const wrong = early.replace('epochs: 60', 'epochs: 0')
    expect(refusalOf(wrong)?.code, 'something is wrong').toBe('STRATEGY_INVALID')
    expect(problemsOf(wrong), 'all three').toHaveLength(3)
  })

  it('does not stop a strategy that only declares it', () => {
    expect(
      warningsOf(edited(['  macd_f: {', '  cloud: { type: ichimoku }\n  macd_f: {'])),
      'unused',
    ).toEqual([
      'sample.yaml:11:3 indicators.cloud: is not used by any input, so it is not computed',
    ])
  })

  it('includes the migration of version 2, in one clear sentence', () => {
    const old = `name: old
scope: universal
indicators:
  - { name: rsi, feature_id: rsi_14, period: 14 }
fuzzy_sets:
  rsi_14: { low: [0, 20, 40] }
model: { type: mlp }
`
    expect(refusalOf(old)?.code, 'code').toBe('NOT_YET_SUPPORTED')
    expect(problemsOf(old), 'one line').toEqual([
      'sample.yaml:1:1: is a strategy of version 2 or older: indicators is not a mapping, and there is no nn_inputs; it must be migrated to version 3, and ktrdr migrate is not yet supported; docs/strategy-format.md describes version 3',
    ])
  })

  it('does not excuse a file that is no strategy at all', () => {
    expect(problemsOf('services: { web: 1 }\n'), 'one line').toEqual([
      'sample.yaml:1:1: is not a strategy: it has none of training_data, indicators, fuzzy_sets, nn_inputs, model, training',
    ])
  })
})
