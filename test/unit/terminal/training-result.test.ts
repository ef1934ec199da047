import { describe, expect, it } from 'vitest'
import { trainingResult } from '../../../src/terminal/training-result.ts'
import { evaluate, type Evaluation } from '../../../src/training/evaluate.ts'
import { identityNetwork, rowsOf } from '../../support/identity-network.ts'

// What stands below the facts of a training (those: results.test.ts), for figures as the training makes them.

function detailsOf(evaluation: Evaluation, room = Infinity): string[] {
  const test = evaluation as unknown as Parameters<typeof trainingResult>[0]['metrics']['test']
  const figures = { trainLoss: 1, valLoss: 1, bestValLoss: 1, bestEpoch: 1, stoppedEarly: false }
  const model = { sha256: 'f', path: '/m', version: 1 }
  const metrics = { ...figures, test }
  const lines = trainingResult({ name: 'walk', epochs: 1, seed: 1, model, metrics }, room).split(
    '\n',
  )
  return lines.slice(lines.indexOf('') + 1)
}

const hintsOf = (evaluation: Evaluation): string[] =>
  detailsOf(evaluation).filter((line) => line.startsWith('!'))

const SIGNALS = ['BUY', 'HOLD', 'SELL']

/** The evaluation of a classifier that gives this confusion matrix. */
function classified(
  confusion: readonly (readonly number[])[],
  classes: readonly string[] = SIGNALS,
): Evaluation {
  const rows = confusion.flatMap((row, actual) =>
    row.flatMap((count, predicted) => Array.from({ length: count }, () => ({ actual, predicted }))),
  )
  const logits = rows.map(({ predicted }) => classes.map((_, c) => (c === predicted ? 1 : 0)))
  const targets = rows.map(({ actual }) => actual)
  const network = identityNetwork(classes.length)
  return evaluate(network, rowsOf(logits, targets), { kind: 'cross_entropy' }, classes)!
}

describe('a classification', () => {
  // Recalls ½, ¾, ½; right in 39 of 60, where always HOLD is in 36.
  const GOOD = classified([
    [6, 4, 2],
    [6, 27, 3],
    [2, 4, 6],
  ])

  it('shows its confusion matrix, the scores of each class, and what takes no skill', () =>
    expect(detailsOf(GOOD)).toEqual([
      'Test rows by actual class (down) and predicted class (across):',
      '      BUY  HOLD  SELL  recall  precision',
      'BUY     6     4     2   50.0%      42.9%',
      'HOLD    6    27     3   75.0%      77.1%',
      'SELL    2     4     6   50.0%      54.5%',
      '',
      'Balanced accuracy 58.3%. Always predicting HOLD would have an accuracy of 60.0%, balanced 33.3%.',
    ]))

  it('shows the scores alone where the matrix has no room', () => {
    expect(detailsOf(GOOD, 40)[0]).toBe('Test rows by actual class (down) and')
    expect(detailsOf(GOOD, 39).slice(0, 2)).toEqual([
      '      predicted  recall  precision',
      'BUY          14   50.0%      42.9%',
    ])
  })

  it('of four regimes has its matrix in 80 columns, and no line that is wider than its room', () => {
    const regimes = ['TRENDING_UP', 'TRENDING_DOWN', 'RANGING', 'VOLATILE']
    const regime = classified(
      regimes.map((_, actual) => regimes.map((__, predicted) => actual + predicted)),
      regimes,
    )
    expect(detailsOf(regime, 80)[0]).toContain('across')
    for (const room of [40, 60, 78, 80])
      for (const line of detailsOf(regime, room)) expect(line.length).toBeLessThanOrEqual(room)
  })

  it.each<[what: string, confusion: number[][], hints: string[]]>([
    [
      'is right more often than without skill',
      [
        [5, 1, 0],
        [1, 5, 0],
        [0, 1, 1],
      ],
      [],
    ],
    [
      'never predicts classes that occur',
      [
        [1, 0, 0],
        [0, 9, 0],
        [1, 0, 0],
      ],
      ['! It never predicts SELL.'],
    ],
    [
      'never predicts a class that does not occur',
      [
        [5, 0, 0],
        [0, 5, 0],
        [0, 0, 0],
      ],
      [],
    ],
    [
      'always predicts the same',
      [
        [0, 3, 0],
        [0, 9, 0],
        [0, 2, 0],
      ],
      ['! It always predicts HOLD.'],
    ],
    [
      'is right as often as without skill',
      [
        [1, 2, 0],
        [2, 4, 0],
        [0, 0, 0],
      ],
      ['! It is no better than always predicting HOLD.'],
    ],
    [
      'is so by accuracy alone',
      [
        [1, 2, 0],
        [1, 5, 0],
        [0, 0, 0],
      ],
      ['! By accuracy it is no better than always predicting HOLD; by balanced accuracy it is.'],
    ],
  ])('that %s says so', (_, confusion, hints) =>
    expect(hintsOf(classified(confusion))).toEqual(hints),
  )

  it('cannot steer the terminal by the name of a class', () =>
    expect(detailsOf(classified([[1]], ['\u001B[2J'])).join(' ')).not.toContain('\u001B'))
})

describe('a regression', () => {
  const forecast = (forecasts: readonly number[], outcomes: readonly number[]): Evaluation => {
    const outputs = forecasts.map((value) => [value])
    return evaluate(identityNetwork(1), rowsOf(outputs, outcomes), { kind: 'mse' }, [])!
  }

  it('shows how forecasts and outcomes go together, and what takes no skill', () =>
    expect(detailsOf(forecast([0.5, -1, 2, 0], [0.25, -1, 2, 0]))).toEqual([
      'Information coefficient 0.995, by ranks 1. Root mean square error 0.125. Always the same sign would be right in 50.0%.',
    ]))

  it.each<[what: string, forecasts: number[], outcomes: number[], hints: string[]]>([
    [
      'forecasts one value',
      [0.1, 0.1, 0.1],
      [1, 2, -1],
      [
        '! All its forecasts are equal, or all outcomes: there is no information coefficient.',
        '! Its signs are right no more often than if they were always the same.',
      ],
    ],
    [
      'is further away than 0',
      [3, -3],
      [1, -1],
      ['! Its errors are no smaller than those of always forecasting 0.'],
    ],
  ])('that %s says so', (_, forecasts, outcomes, hints) =>
    expect(hintsOf(forecast(forecasts, outcomes))).toEqual(hints),
  )

  it('has no line that is wider than its room', () => {
    for (const line of detailsOf(forecast([3, 3], [1, -1]), 40))
      expect(line.length).toBeLessThanOrEqual(40)
  })
})
