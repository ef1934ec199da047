import { describe, expect, it } from 'vitest'
import { EXAMPLE_C } from './examples.ts'
import { edited, problemData, problemsOf, refusalOf } from './sample.ts'

describe('a refusal', () => {
  it('tells all problems of all sections at once, in the order of the file', () => {
    const text = edited(
      ['version', 'verison'],
      ['timeframe: 1h', 'timeframe: 3h'],
      ['period: 14', 'period: 0'],
      ['[0, 20, 35]', '[0, 20]'],
      ['raw_indicator: macd_f', 'raw_indicator: macd_g'],
      ['tanh', 'softmax'],
      ['0.55', 'high'],
      ['epochs: 60', 'epochs: many\n  lr_scheduler: cosine'],
    )
    expect(
      problemsOf(text).map((line) => line.slice(12).replace(/ .*/, '')),
      'places',
    ).toEqual(['2:1', '7:16', '10:32', '15:15', '23:20', '28:56', '31:25', '35:11', '36:17'])
    expect(
      problemData(refusalOf(text)).map(({ path }) => path),
      'the same as data',
    ).toEqual([
      'verison',
      'training_data.timeframes.timeframe',
      'indicators.rsi_14.period',
      'fuzzy_sets.rsi.oversold',
      'nn_inputs[2].raw_indicator',
      'model.architecture.activation',
      'decisions.confidence_threshold',
      'training.epochs',
      'training.lr_scheduler',
    ])
  })

  it('carries each problem as data, warnings included', () => {
    const error = refusalOf(edited(['epochs: 60', 'epochs: 0\n  momentum: 0.9']))
    expect(error?.suggestions, 'what to type next').toEqual(['ktrdr validate sample.yaml'])
    expect(problemData(error), 'both').toEqual([
      {
        file: 'sample.yaml',
        line: 35,
        column: 11,
        path: 'training.epochs',
        severity: 'error',
        message: 'expected an integer from 1 to 1000000, was 0',
        expected: 'an integer from 1 to 1000000',
      },
      {
        file: 'sample.yaml',
        line: 36,
        column: 3,
        path: 'training.momentum',
        severity: 'warning',
        message: 'ignored: only sgd has a momentum',
      },
    ])
  })

  it('does not blame what follows from a mistake that it has told already', () => {
    expect(
      problemsOf(edited(['output_format: classification', 'output_format: regresion'])),
      'format',
    ).toHaveLength(1)
    const misspelt = EXAMPLE_C.replace('output_format: regression', 'output_format: regresion')
    expect(problemsOf(misspelt), 'nor its loss and its labels').toHaveLength(1)
    expect(problemsOf(edited(['hidden_layers', 'hidden_layer'])), 'misspelt').toHaveLength(1)
    expect(problemsOf(edited(['symbol: EURUSD', 'symbl: EURUSD'])), 'misspelt').toHaveLength(1)
    expect(problemsOf(edited(['nn_inputs', 'nn_input'])), 'misspelt section').toHaveLength(1)
    expect(problemsOf(edited(['type: rsi', 'type: rsx'])), 'its references stand').toHaveLength(1)
    const elsewhere = edited(['epochs: 60', 'loss_function: focal\n  focal_gamma: 1.5'])
    expect(problemData(refusalOf(elsewhere)), 'its gamma counts').toHaveLength(1)
    expect(
      problemsOf(edited(['timeframe: 1h', 'timeframe: 1hour'])),
      'its users stand',
    ).toHaveLength(1)
  })
})
