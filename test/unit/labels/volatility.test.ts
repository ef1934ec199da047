import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { logReturns, rangeVolatility, returnVolatility } from '../../../src/labels/volatility.ts'
import { barsFromCloses } from '../../support/make-bars.ts'

it('the volatility of ranges is their share of the close, the newest counting most', () => {
  const bars = barsFromCloses(
    [100, 200],
    (close) => close * 1.02,
    (close) => close * 0.99,
  )
  bars.high[1] = 206
  bars.low[1] = 194 // 0.06 after 0.03; span 3 halves a weight with every bar
  const volatility = rangeVolatility(bars, 3)
  expect(volatility[0], 'bar 0').toBeCloseTo(0.03, 12)
  expect(volatility[1], 'bar 1: (½·0.03 + 0.06) / 1.5').toBeCloseTo(0.05, 12)
})

it('log returns begin with the second bar', () => {
  const returns = logReturns(Float64Array.of(1, Math.E, Math.E ** 2))
  expect(returns[0], 'bar 0').toBeNaN()
  expect(returns[1], 'bar 1').toBeCloseTo(1, 12)
  expect(returns[2], 'bar 2').toBeCloseTo(1, 12)
})

it('the volatility of returns is their weighted deviation, corrected for bias', () => {
  const walk = fc.array(fc.integer({ min: 80, max: 120 }), { minLength: 3, maxLength: 40 })
  fc.assert(
    fc.property(walk, fc.integer({ min: 2, max: 30 }), (closes, span) => {
      const returns = logReturns(Float64Array.from(closes))
      const volatility = returnVolatility(returns, span)
      expect([...volatility.subarray(0, 2)], 'one return has no deviation').toEqual([NaN, NaN])
      for (let t = 2; t < closes.length; t++) {
        const seen = returns.subarray(1, t + 1)
        const weights = seen.map((_, i) => (1 - 2 / (span + 1)) ** (seen.length - 1 - i))
        const sum = (list: Float64Array): number => list.reduce((total, x) => total + x, 0)
        const total = sum(weights)
        const mean = sum(seen.map((x, i) => weights[i]! * x)) / total
        const variance = sum(seen.map((x, i) => weights[i]! * (x - mean) ** 2)) / total
        const unbiased = (variance * total ** 2) / (total ** 2 - sum(weights.map((w) => w * w)))
        expect(volatility[t]! ** 2, `bar ${t}`).toBeCloseTo(unbiased, 12)
      }
    }),
  )
})
