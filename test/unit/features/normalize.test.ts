import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitNormalization } from '../../../src/features/normalize.ts'

const METHODS = ['zscore', 'minmax'] as const

describe.each(METHODS)('%s', (method) => {
  const scaleOf = (column: Float64Array): number => fitNormalization(method, column).scale

  it('makes 0 of a constant column, whatever rounding makes of its mean', () => {
    const naive = new Float64Array(10).fill(0.1).reduce((sum, x) => sum + x, 0) / 10
    expect(naive, 'the mean of ten times 0.1 is not 0.1').not.toBe(0.1)
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
        fc.integer({ min: 1, max: 2000 }),
        (constant, count) => {
          expect(scaleOf(new Float64Array(count).fill(constant))).toBe(0)
        },
      ),
    )
    expect(scaleOf(new Float64Array(1_000_000).fill(0.1)), 'a million bars').toBe(0)
  })

  it('makes 0 of a column that differs by rounding alone', () => {
    // An average over a window that slides over equal prices, added and subtracted one by one.
    let sum = 0
    const prices = Array.from({ length: 500 }, () => 1437.31)
    const average = Float64Array.from(prices, (price, t) => {
      sum += price - (prices[t - 20] ?? 0)
      return t < 20 ? price : sum / 20
    })
    average[7] = 1437.31 * (1 + 2e-16)
    expect(new Set(average).size, 'it is not constant to the bit').toBeGreaterThan(1)
    expect(scaleOf(average)).toBe(0)
  })

  it('keeps a column that varies, however little', () => {
    const column = Float64Array.from({ length: 100 }, (_, t) => 1000 + (t % 2) * 1e-7)
    expect(scaleOf(column)).toBeGreaterThan(1e6)
    expect(scaleOf(Float64Array.of(-1e-30, 0, 1e-30)), 'around 0').toBeGreaterThan(1e29)
  })
})

it('a z-score has mean 0 and sample deviation 1, a minmax the ends 0 and 1', () => {
  // By hand: mean 5, sample variance 32/7.
  const column = Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9)
  expect(fitNormalization('zscore', column)).toEqual({
    method: 'zscore',
    offset: 5,
    scale: 1 / Math.sqrt(32 / 7),
  })
  expect(fitNormalization('minmax', column)).toEqual({
    method: 'minmax',
    offset: 2,
    scale: 1 / 7,
  })
})
