import { describe, expect, it } from 'vitest'
import type { LossSettings, Rows } from '../../../src/neural/network.ts'
import { evaluate, type Evaluation } from '../../../src/training/evaluate.ts'
import { identityNetwork, rowsOf } from '../../support/identity-network.ts'

const SIGNALS = ['BUY', 'HOLD', 'SELL']

const classified = (rows: Rows, loss: LossSettings = { kind: 'cross_entropy' }): Evaluation =>
  evaluate(identityNetwork(3), rows, loss, SIGNALS)!

// Truth 0 0 1 2, predicted 0 1 1 1, each with a logit of 2 against 0 and 0.
const OUTPUTS = [
  [2, 0, 0],
  [0, 2, 0],
  [0, 2, 0],
  [0, 2, 0],
]
const CLASSIFIED = rowsOf(OUTPUTS, [0, 0, 1, 2])

describe('a classifier', () => {
  const scores = classified(CLASSIFIED)

  // By hand: class 0 is predicted once, rightly; class 1 three times, once rightly; class 2 never.
  // Precision 1, ⅓, 0; recall ½, 1, 0; F1 ⅔, ½, 0; shares ½, ¼, ¼.
  it.each([
    ['accuracy', 2 / 4],
    ['majorityAccuracy', 2 / 4],
    ['balancedAccuracy', (1 / 2 + 1 + 0) / 3],
    ['precision', 1 / 2 + 1 / 12],
    ['recall', 1 / 4 + 1 / 4],
    ['f1', 1 / 3 + 1 / 8],
  ] as const)('has the %s worked out by hand: %d', (key, value) =>
    expect(scores[key]).toBeCloseTo(value, 12),
  )

  it('has them for each class, by name; null where there is nothing to take a share of', () =>
    expect(scores.perClass).toEqual([
      { class: 'BUY', precision: 1, recall: 1 / 2, f1: 2 / 3, support: 2, predicted: 1 },
      { class: 'HOLD', precision: 1 / 3, recall: 1, f1: 1 / 2, support: 1, predicted: 3 },
      { class: 'SELL', precision: null, recall: 0, f1: 0, support: 1, predicted: 0 },
    ]))

  it('counts the rows by actual class, then by predicted class', () =>
    expect(scores.confusion).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]))

  it('has the unweighted cross-entropy: ¼·(2·(L − 2) + 2·L) with L = log(e² + 2)', () => {
    expect(scores.loss).toBeCloseTo(Math.log(Math.exp(2) + 2) - 1, 6)
    expect(scores.logLoss).toBe(scores.loss)
  })

  it('is judged so whatever loss it was trained with', () =>
    expect(classified(CLASSIFIED, { kind: 'focal', gamma: 2 })).toEqual(scores))

  it('is judged so whatever the rows weigh', () =>
    expect(classified(rowsOf(OUTPUTS, [0, 0, 1, 2], [9, 1, 1, 1]))).toEqual(scores))

  it('has no figure of a regression', () =>
    expect(scores).toMatchObject({
      signAgreement: null,
      meanAbsoluteError: null,
      rootMeanSquareError: null,
      informationCoefficient: null,
      rankInformationCoefficient: null,
      r2AgainstZero: null,
    }))

  it('that is always right has 1 everywhere, of the classes that occur', () => {
    const rows = rowsOf(
      [
        [9, 0, 0],
        [0, 0, 9],
      ],
      [0, 2],
    )
    expect(classified(rows)).toMatchObject({
      rows: 2,
      accuracy: 1,
      majorityAccuracy: 1 / 2,
      balancedAccuracy: 1,
      precision: 1,
      recall: 1,
      f1: 1,
      perClass: [
        { precision: 1, recall: 1, f1: 1 },
        { precision: null, recall: null, f1: null },
        { precision: 1, recall: 1, f1: 1 },
      ],
    })
  })

  it('that is always wrong has 0 everywhere, and not NaN', () => {
    expect(classified(rowsOf([[0, 9, 0]], [0]))).toMatchObject({
      accuracy: 0,
      balancedAccuracy: 0,
      precision: 0,
      recall: 0,
      f1: 0,
    })
  })
})

describe('a regression', () => {
  const forecast = (
    forecasts: readonly number[],
    outcomes: readonly number[],
    loss: LossSettings = { kind: 'mse' },
  ): Evaluation => {
    const rows = rowsOf(
      forecasts.map((value) => [value]),
      outcomes,
    )
    return evaluate(identityNetwork(1), rows, loss, [])!
  }
  const [forecasts, outcomes] = [
    [0.5, -1, 2, 0],
    [0.25, 1, 2, 0],
  ]

  it.each([
    // By hand: errors ¼, −2, 0, 0.
    [{ kind: 'mse' }, (1 / 16 + 4) / 4],
    [{ kind: 'huber', delta: 1 }, (1 / 32 + 1.5) / 4],
  ] satisfies [LossSettings, number][])('is judged by its own loss %j: %d', (loss, value) =>
    expect(forecast(forecasts, outcomes, loss).loss).toBeCloseTo(value, 6),
  )

  // Ranks of the forecasts 3 1 4 2, of the outcomes 2 3 4 1: Spearman 1 − 6·(1 + 4 + 0 + 1)/(4·15).
  it.each([
    ['meanAbsoluteError', 2.25 / 4],
    ['rootMeanSquareError', Math.sqrt((1 / 16 + 4) / 4)],
    ['rankInformationCoefficient', 0.4],
    ['r2AgainstZero', 1 - (1 / 16 + 4) / (1 / 16 + 1 + 4)],
  ] as const)('has the %s worked out by hand: %d', (key, value) =>
    expect(forecast(forecasts, outcomes)[key]).toBeCloseTo(value, 12),
  )

  it('has the share of equal signs as its accuracy, 0 being a sign of its own (C30)', () =>
    expect(forecast(forecasts, outcomes)).toMatchObject({
      rows: 4,
      accuracy: 3 / 4,
      signAgreement: 3 / 4,
      majorityAccuracy: 3 / 4,
    }))

  it('has no figure of a classification', () =>
    expect(forecast(forecasts, outcomes)).toMatchObject({
      logLoss: null,
      balancedAccuracy: null,
      precision: null,
      recall: null,
      f1: null,
      perClass: null,
      confusion: null,
    }))

  it.each([
    ['forecasts', [3, 3, 3], [1, 2, 3]],
    ['outcomes', [1, 2, 3], [0.1, 0.1, 0.1]],
    ['row', [1], [2]],
  ])('has no information coefficient when all it has is one value: %s', (_, given, truth) =>
    expect(forecast(given, truth)).toMatchObject({
      informationCoefficient: null,
      rankInformationCoefficient: null,
    }),
  )

  it('is not measured against forecasting 0 when that would be perfect', () =>
    expect(forecast([1, 2], [0, 0]).r2AgainstZero).toBeNull())

  it('that forecasts 0 is as good as forecasting 0', () =>
    expect(forecast([0, 0], [1, -2]).r2AgainstZero).toBe(0))
})

describe('no rows', () => {
  it('are nothing to judge by', () =>
    expect(
      evaluate(identityNetwork(3), rowsOf([], []), { kind: 'cross_entropy' }, SIGNALS),
    ).toBeNull())
})
