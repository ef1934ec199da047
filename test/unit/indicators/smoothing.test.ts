import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  adjustedExponentialMean,
  blankWarmup,
  exponentialMean,
  wilderMean,
} from '../../../src/indicators/smoothing.ts'

const columns = fc
  .array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 })
  .map((list) => Float64Array.from(list))
const alphas = fc.double({ min: 0.01, max: 1, noNaN: true })

describe('exponentialMean', () => {
  it('is the weighted sum of its definition', () => {
    fc.assert(
      fc.property(columns, alphas, (values, alpha) => {
        const t = values.length - 1
        let expected = (1 - alpha) ** t * values[0]!
        for (let k = 0; k < t; k++) expected += alpha * (1 - alpha) ** k * values[t - k]!
        expect(exponentialMean(values, alpha)[t], 'last value').toBeCloseTo(expected, 8)
      }),
    )
  })

  it('begins where it is told to, and has no value before', () => {
    const values = Float64Array.of(NaN, 7, 1, 3)
    expect(exponentialMean(values, 0.5, 2), '1, then (1 + 3) / 2').toEqual(
      Float64Array.of(NaN, NaN, 1, 2),
    )
    expect(exponentialMean(values, 0.5, 9).every(Number.isNaN), 'not at all').toBe(true)
  })

  it('of nothing is nothing', () => {
    expect(exponentialMean(new Float64Array(0), 0.5).length, 'an empty column').toBe(0)
  })
})

describe('adjustedExponentialMean', () => {
  it('is the quotient of weighted sums of its definition', () => {
    fc.assert(
      fc.property(columns, alphas, (values, alpha) => {
        const t = values.length - 1
        let sum = 0
        let weights = 0
        for (let k = 0; k <= t; k++) {
          sum += (1 - alpha) ** k * values[t - k]!
          weights += (1 - alpha) ** k
        }
        const actual = adjustedExponentialMean(values, alpha)[t]
        expect(actual, 'last value').toBeCloseTo(sum / weights, 8)
      }),
    )
  })
})

describe('wilderMean', () => {
  it('is the plain mean first, then (average · (n − 1) + x) / n', () => {
    const values = Float64Array.from([99, 1, 2, 6, 9, 0])
    // Mean of 1, 2, 6 is 3; (3 · 2 + 9) / 3 = 5; (5 · 2 + 0) / 3 = 10/3.
    expect([...wilderMean(values, 3, 1)], 'from index 1').toEqual([NaN, NaN, NaN, 3, 5, 10 / 3])
  })

  it('is the column itself for a period of one', () => {
    const values = Float64Array.from([3, 1, 4])
    expect(wilderMean(values, 1), 'no smoothing').toEqual(values)
  })
})

it('a warm-up longer than the column blanks all of it', () => {
  expect([...blankWarmup(Float64Array.from([1, 2]), 5)], 'all NaN').toEqual([NaN, NaN])
})
