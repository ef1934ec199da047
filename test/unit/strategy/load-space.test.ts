import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import type { Space } from '../../../src/search/space.ts'
import { parseSpace } from '../../../src/strategy/load-space.ts'
import { readDocument } from '../../../src/strategy/strategy-document.ts'
import { RULES_SAMPLE, SAMPLE } from './sample.ts'

const parsed = (text: string, strategy = SAMPLE): Space =>
  parseSpace(text, 'space.yaml', readDocument(strategy, 'sample.yaml'), 'sample.yaml')

/** The lines of the refusal. */
function refused(text: string, strategy = SAMPLE): string[] {
  try {
    parsed(text, strategy)
  } catch (error) {
    if (!(error instanceof KtrdrError) || error.code !== 'SPACE_INVALID') throw error
    return error.message.split('\n')
  }
  throw new Error('It was accepted.')
}

describe('a space', () => {
  it('is read: whole numbers, numbers, choices, yes or no', () => {
    const { parameters, constraints } = parsed(`parameters:
  indicators.rsi_14.period: { type: int, min: 5, max: 32, step: 5 }
  training.learning_rate: { type: float, min: 0.0001, max: 0.1, scale: log, points: 4 }
  model.architecture.hidden_layers: [[16], [32, 16]]
  training.early_stopping.enabled: { type: bool }
  fuzzy_sets.rsi.overbought.parameters[1]: { type: int, min: 70, max: 90, name: shoulder }
  model.architecture.activation: { type: choice, values: [relu, tanh] }
constraints:
  - period < shoulder
`)
    expect(parameters).toEqual([
      {
        name: 'period',
        path: ['indicators', 'rsi_14', 'period'],
        range: { kind: 'int', low: 5, high: 30, step: 5, isLog: false, points: null },
      },
      {
        name: 'learning_rate',
        path: ['training', 'learning_rate'],
        range: { kind: 'float', low: 0.0001, high: 0.1, step: null, isLog: true, points: 4 },
      },
      {
        name: 'hidden_layers',
        path: ['model', 'architecture', 'hidden_layers'],
        range: { kind: 'choice', values: [[16], [32, 16]] },
      },
      {
        name: 'enabled',
        path: ['training', 'early_stopping', 'enabled'],
        range: { kind: 'choice', values: [false, true] },
      },
      {
        name: 'shoulder',
        path: ['fuzzy_sets', 'rsi', 'overbought', 'parameters', 1],
        range: { kind: 'int', low: 70, high: 90, step: 1, isLog: false, points: null },
      },
      {
        name: 'activation',
        path: ['model', 'architecture', 'activation'],
        range: { kind: 'choice', values: ['relu', 'tanh'] },
      },
    ])
    expect(constraints).toEqual([
      {
        text: 'period < shoulder',
        condition: {
          kind: 'comparison',
          operator: '<',
          left: { kind: 'operand', operand: 0 },
          right: { kind: 'operand', operand: 4 },
        },
      },
    ])
  })

  it('calls a parameter by the shortest end of its path that is its own', () => {
    const { parameters, constraints } = parsed(
      `parameters:
  indicators.fast.period: [5, 10]
  indicators.slow.period: [20, 30]
  rules.long.enter: [fast > slow, fast crosses above slow]
  fuzzy_sets.rsi.low[1]: [20, 25]
  fuzzy_sets.rsi.low[2]: [35, 40]
constraints: fast.period < slow.period and low[1] < low[2]
`,
      RULES_SAMPLE.replace(/ low: .*/, ' low: [0, 20, 35]'),
    )
    expect(parameters.map(({ name }) => name)).toEqual([
      'fast.period',
      'slow.period',
      'enter',
      'low[1]',
      'low[2]',
    ])
    expect(constraints).toHaveLength(1)
  })

  it('may name a place that the strategy leaves to a default', () => {
    expect(parsed('parameters: {trading.stop_loss: [1%, 2%]}').parameters).toHaveLength(1)
  })
})

describe('a space is refused, with its place,', () => {
  it.each([
    [
      'a path that the strategy does not have',
      'parameters:\n  indicators.rsi.period: [5, 9]',
      'space.yaml:2:3 parameters["indicators.rsi.period"]: is not in the strategy: indicators of the strategy has no rsi; it has rsi_14, macd_f',
    ],
    [
      'a key that is at home elsewhere',
      'parameters:\n  training.optimizer.learning_rate: [0.1, 0.2]',
      'space.yaml:2:3 parameters["training.optimizer.learning_rate"]: is not in the strategy: training.optimizer of the strategy has no learning_rate; it belongs in training',
    ],
    [
      'an item that is not there',
      'parameters:\n  fuzzy_sets.rsi.oversold[3]: [5, 9]',
      'space.yaml:2:3 parameters["fuzzy_sets.rsi.oversold[3]"]: is not in the strategy: fuzzy_sets.rsi.oversold of the strategy has no item 3; it has the items 0 to 2',
    ],
    [
      'what is the same in all trials',
      'parameters:\n  training_data.symbols.symbol: [AAPL, MSFT]',
      'space.yaml:2:3 parameters["training_data.symbols.symbol"]: is the same in all trials; search what the strategy makes of its data',
    ],
    [
      'what is no path',
      'parameters:\n  "training..epochs": [1, 2]',
      'space.yaml:2:3 parameters["training..epochs"]: is not a path; write for example training.learning_rate',
    ],
    [
      'a value that the strategy refuses',
      'parameters:\n  model.architecture.activation: [relu, tahn]',
      'space.yaml:2:41 parameters["model.architecture.activation"][1]: "tahn" is refused by the strategy: expected one of relu, leaky_relu, tanh or sigmoid, was "tahn"; did you mean "tanh"?',
    ],
    [
      'an end of a range that the strategy refuses',
      'parameters:\n  training.learning_rate: { type: float, min: 0, max: 1 }',
      'space.yaml:2:47 parameters["training.learning_rate"].min: 0 is refused by the strategy: expected a number above 0 and at most 10, was 0',
    ],
    [
      'no parameters',
      'parameters: {}',
      'space.yaml:1:13 parameters: has no parameters; write for example parameters: {training.learning_rate: [0.001, 0.01]}',
    ],
    [
      'an empty file',
      '',
      'space.yaml:1:1: holds empty, not a space; write for example parameters: {training.learning_rate: [0.001, 0.01]}',
    ],
    [
      'a key that a space has not',
      'paramters: {training.epochs: [1, 2]}',
      'space.yaml:1:1 paramters: is not a key of a space; did you mean "parameters"?',
    ],
    [
      'a choice of one value',
      'parameters:\n  training.epochs: [3]',
      'space.yaml:2:20 parameters["training.epochs"]: holds fewer than two values: there is nothing to choose; add another value',
    ],
    [
      'a value given twice',
      'parameters:\n  training.epochs: [3, 4, 3]',
      'space.yaml:2:27 parameters["training.epochs"][2]: 3 is given twice',
    ],
    [
      'a range of no type',
      'parameters:\n  training.epochs: { min: 3, max: 4 }',
      'space.yaml:2:20 parameters["training.epochs"]: has no type; it takes one of int, float, choice or bool; write for example {type: int, min: 5, max: 30, step: 5}, or a list of values',
    ],
    [
      'ends that are swapped',
      'parameters:\n  training.epochs: { type: int, min: 9, max: 4 }',
      'space.yaml:2:46 parameters["training.epochs"].max: is 4, which is not above min 9; swap the two',
    ],
    [
      'a log scale from 0',
      'parameters:\n  training.focal_gamma: { type: float, min: 0, max: 4, scale: log }',
      'space.yaml:2:45 parameters["training.focal_gamma"].min: is 0, and a log scale begins above 0',
    ],
    [
      'a fraction of a whole number',
      'parameters:\n  training.epochs: { type: int, min: 1.5, max: 4 }',
      'space.yaml:2:38 parameters["training.epochs"].min: expected a whole number, was 1.5',
    ],
    [
      'a misspelt key of a range',
      'parameters:\n  training.epochs: { type: int, min: 1, mx: 4 }',
      'space.yaml:2:41 parameters["training.epochs"].mx: is not a key of a range of type int; did you mean "max"?',
    ],
    [
      'a constraint on what is no parameter',
      'parameters:\n  training.epochs: [3, 4]\nconstraints:\n  - epochs < epoch',
      'space.yaml:4:14 constraints[0]: "epoch" is not the name of a parameter; did you mean "epochs"?',
    ],
    [
      'a constraint on what is no number',
      'parameters:\n  model.architecture.activation: [relu, tanh]\nconstraints: activation < 3',
      'space.yaml:3:14 constraints: "activation" is not a number: only numbers are compared',
    ],
    [
      'a constraint that cannot be read',
      'parameters:\n  training.epochs: [3, 4]\nconstraints: [epochs == 3]',
      'space.yaml:3:22 constraints[0]: "==" means nothing in a rule; compare with <, <=, > or >=',
    ],
    [
      'two parameters of one name',
      'parameters:\n  training.epochs: { type: int, min: 1, max: 4, name: n }\n  training.batch_size: { type: int, min: 1, max: 4, name: n }',
      'space.yaml:3:59 parameters["training.batch_size"].name: "n" is the name of training.epochs too',
    ],
  ])('for %s', (_, text, expected) => {
    expect(refused(text)).toEqual([expected])
  })

  it('for all that is wrong at once, in the order of the file', () => {
    const lines = refused('parameters:\n  training.epochs: [3]\n  nothing: [1, 2]\nconstrain: x')
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'space.yaml:2:20',
      'space.yaml:3:3',
      'space.yaml:4:1',
    ])
  })
})
