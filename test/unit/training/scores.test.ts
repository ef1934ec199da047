import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../../src/core/rng.ts'
import { classificationScores } from '../../../src/training/classification-scores.ts'
import { regressionScores } from '../../../src/training/regression-scores.ts'

const CLASSES = ['A', 'B', 'C', 'D']
const WIDTH = CLASSES.length

/** Logits and class of a row; few values, so that there are ties. */
const anyClassified = fc.array(
  fc.record({
    logits: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: WIDTH, maxLength: WIDTH }),
    target: fc.nat(WIDTH - 1),
  }),
  { minLength: 1, maxLength: 30 },
)
type Classified = { readonly logits: readonly number[]; readonly target: number }

const anyForecasts = fc.array(
  fc.record({
    forecast: fc.integer({ min: -8, max: 8 }),
    outcome: fc.integer({ min: -8, max: 8 }),
  }),
  { minLength: 1, maxLength: 30 },
)
type Forecast = { readonly forecast: number; readonly outcome: number }

function classScores(rows: readonly Classified[], classes: readonly string[] = CLASSES) {
  const outputs = Float32Array.from(rows.flatMap(({ logits }) => logits))
  const targets = Float32Array.from(rows, ({ target }) => target)
  return classificationScores(outputs, { count: rows.length, targets }, classes)
}

function forecastScores(rows: readonly Forecast[]) {
  const forecasts = Float32Array.from(rows, ({ forecast }) => forecast)
  const targets = Float32Array.from(rows, ({ outcome }) => outcome)
  return regressionScores(forecasts, { count: rows.length, targets })
}

function shuffled<Row>(rows: readonly Row[], seed: number): Row[] {
  const { nextUnit } = randomStream(seed, 'sampling')
  return rows
    .map((row) => ({ row, key: nextUnit() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ row }) => row)
}

/** Equal to rounding. */
function near(value: number | null): unknown {
  return value === null ? null : expect.closeTo(value, 10)
}

describe('the scores of a classification', () => {
  it('do not depend on the order of the rows', () =>
    fc.assert(
      fc.property(anyClassified, fc.nat(), (rows, seed) => {
        expect(classScores(shuffled(rows, seed))).toEqual(classScores(rows))
      }),
    ))

  it('do not depend on the order of the classes', () =>
    fc.assert(
      fc.property(anyClassified, (rows) => {
        // Distinct logits: of equal ones the first class is taken.
        const distinct = rows.map(({ logits, target }) => ({
          logits: logits.map((logit, c) => logit + c / 8),
          target,
        }))
        const mirrored = distinct.map(({ logits, target }) => ({
          logits: logits.toReversed(),
          target: WIDTH - 1 - target,
        }))
        const [one, other] = [classScores(distinct), classScores(mirrored, CLASSES.toReversed())]
        expect(other.perClass.toReversed()).toEqual(one.perClass)
        expect(other.confusion.map((row) => row.toReversed()).toReversed()).toEqual(one.confusion)
        for (const key of ['balancedAccuracy', 'majorityAccuracy', 'precision', 'f1'] as const)
          expect(other[key], key).toEqual(near(one[key]))
      }),
    ))

  it('are 1 when every row is predicted rightly', () =>
    fc.assert(
      fc.property(anyClassified, (rows) => {
        const right = rows.map(({ target }) => ({
          target,
          logits: CLASSES.map((_, c) => (c === target ? 1 : 0)),
        }))
        const scores = classScores(right)
        for (const key of ['balancedAccuracy', 'precision', 'recall', 'f1'] as const)
          expect(scores[key], key).toEqual(near(1))
        for (const { precision, recall, f1, support } of scores.perClass)
          expect([precision, recall, f1]).toEqual(Array(3).fill(support > 0 ? 1 : null))
      }),
    ))

  it('agree with one another: rows by rows, and the weighted recall is the share on the diagonal', () =>
    fc.assert(
      fc.property(anyClassified, (rows) => {
        const { confusion, perClass, recall, majorityAccuracy } = classScores(rows)
        const sums = confusion.map((row) => row.reduce((sum, n) => sum + n, 0))
        expect(sums).toEqual(perClass.map(({ support }) => support))
        expect(perClass.reduce((sum, { predicted }) => sum + predicted, 0)).toBe(rows.length)
        const right = confusion.reduce((sum, row, c) => sum + row[c]!, 0)
        expect(recall).toEqual(near(right / rows.length))
        expect(majorityAccuracy).toBe(Math.max(...sums) / rows.length)
      }),
    ))
})

describe('the scores of a regression', () => {
  it('do not depend on the order of the rows', () =>
    fc.assert(
      fc.property(anyForecasts, fc.nat(), (rows, seed) => {
        const [one, other] = [forecastScores(rows), forecastScores(shuffled(rows, seed))]
        for (const [key, value] of Object.entries(one))
          expect(other[key as keyof typeof other], key).toEqual(near(value))
      }),
    ))

  it('are perfect when every forecast comes true', () =>
    fc.assert(
      fc.property(anyForecasts, (rows) => {
        const scores = forecastScores(rows.map(({ outcome }) => ({ forecast: outcome, outcome })))
        const isConstant = rows.every(({ outcome }) => outcome === rows[0]!.outcome)
        const isZero = rows.every(({ outcome }) => outcome === 0)
        expect(scores).toMatchObject({ meanAbsoluteError: 0, rootMeanSquareError: 0 })
        expect(scores.informationCoefficient).toEqual(near(isConstant ? null : 1))
        expect(scores.rankInformationCoefficient).toEqual(near(isConstant ? null : 1))
        expect(scores.r2AgainstZero).toBe(isZero ? null : 1)
      }),
    ))

  it('have coefficients in [−1, 1] that turn with the sign of the forecasts', () =>
    fc.assert(
      fc.property(anyForecasts, (rows) => {
        const scores = forecastScores(rows)
        const turned = forecastScores(
          rows.map(({ forecast, outcome }) => ({ forecast: -forecast, outcome })),
        )
        for (const key of ['informationCoefficient', 'rankInformationCoefficient'] as const) {
          const r = scores[key]
          expect(turned[key], key).toEqual(near(r === null ? null : -r))
          if (r !== null) expect(Math.abs(r)).toBeLessThanOrEqual(1)
        }
      }),
    ))

  it('have none above 1 by rounding, as 4.5 / (√4.5 · √4.5) is', () => {
    const scores = forecastScores([0, 3].map((value) => ({ forecast: value, outcome: value })))
    expect(scores.informationCoefficient).toBe(1)
  })

  it('rank forecasts alike under any rising function', () =>
    fc.assert(
      fc.property(anyForecasts, (rows) => {
        const bent = rows.map(({ forecast, outcome }) => ({ forecast: forecast ** 3, outcome }))
        expect(forecastScores(bent).rankInformationCoefficient).toBe(
          forecastScores(rows).rankInformationCoefficient,
        )
      }),
    ))

  it('have no coefficient for a value that float32 cannot hold exactly, over and over', () => {
    const rows = Array.from({ length: 1001 }, (_, m) => ({ forecast: 0.1, outcome: m }))
    expect(forecastScores(rows)).toMatchObject({
      informationCoefficient: null,
      rankInformationCoefficient: null,
    })
  })
})
