import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  foldFigures,
  walkForwardEfficiency,
  type Traded,
} from '../../../src/walkforward/fold-figures.ts'
import { parameterStability } from '../../../src/walkforward/parameter-stability.ts'

const DAY_MS = 86_400_000

function traded(equity: readonly number[], capital = 100): Traded {
  const timestampMs = Float64Array.from(equity, (_, i) => i * DAY_MS)
  return {
    timeline: { length: equity.length, timestampMs },
    equity: Float64Array.from(equity),
    trades: [],
    capital,
    barsPerYear: 250,
  }
}

const days = (from: number, to: number) => ({ testFromMs: from * DAY_MS, testToMs: to * DAY_MS })

describe('the figures of a fold', () => {
  it('begin with the equity at the close before its test window', () => {
    const all = traded([110, 99, 108.9, 120, 90, 99])
    const first = foldFigures(all, days(0, 3))
    expect(first).toMatchObject({ bars: 3, trades: 0 })
    expect(first.totalReturnRatio).toBeCloseTo(0.089, 12)
    expect(first.maxDrawdownRatio).toBeCloseTo(0.1, 12)
    const second = foldFigures(all, days(3, 6))
    expect(second.totalReturnRatio).toBeCloseTo(99 / 108.9 - 1, 12)
    expect(second.maxDrawdownRatio).toBeCloseTo(0.25, 12)
    // Returns 120/108.9 − 1, −1/4, 1/10: mean / standard deviation (ddof 1) · √250.
    const returns = [120 / 108.9 - 1, -0.25, 0.1]
    const mean = returns.reduce((sum, value) => sum + value, 0) / 3
    const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2
    expect(second.sharpeRatio).toBeCloseTo((mean / Math.sqrt(variance)) * Math.sqrt(250), 10)
  })

  it('multiply to the growth of the whole', () => {
    const positive = fc.double({ min: 1, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(positive, { minLength: 4, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 59 }), { maxLength: 5 }),
        (equity, cuts) => {
          const all = traded(equity)
          const borders = [...new Set([0, ...cuts.filter((cut) => cut < equity.length)])]
            .toSorted((a, b) => a - b)
            .concat(equity.length)
          const growth = borders
            .slice(1)
            .map((to, i) => 1 + foldFigures(all, days(borders[i]!, to)).totalReturnRatio)
            .reduce((product, factor) => product * factor, 1)
          const whole = equity.at(-1)! / 100
          expect(Math.abs(growth / whole - 1)).toBeLessThan(1e-9)
        },
      ),
    )
  })
})

describe('walk-forward efficiency', () => {
  it('is the annual return out of sample over that in sample', () => {
    expect(walkForwardEfficiency(0.05, [0.1, 0.2, null])).toBeCloseTo(1 / 3, 12)
  })

  it('is undefined where nothing was earned in sample', () => {
    expect(walkForwardEfficiency(0.05, [0.1, -0.2])).toBeNull()
    expect(walkForwardEfficiency(0.05, [null])).toBeNull()
    expect(walkForwardEfficiency(null, [0.1])).toBeNull()
  })
})

describe('the stability of a parameter', () => {
  it('of numbers has mean, deviation and range', () => {
    expect(parameterStability([10, 20, 10, 40])).toEqual({
      mean: 20,
      deviation: Math.sqrt(600 / 3),
      lowest: 10,
      highest: 40,
      mostFrequent: 10,
      mostFrequentShare: 0.5,
    })
    expect(parameterStability([7])).toMatchObject({
      mean: 7,
      deviation: null,
      mostFrequentShare: 1,
    })
  })

  it('of other values has the most frequent one, of several the first', () => {
    expect(parameterStability([[16], [32, 16], [32, 16], [16]])).toEqual({
      mean: null,
      deviation: null,
      lowest: null,
      highest: null,
      mostFrequent: [16],
      mostFrequentShare: 0.5,
    })
  })
})
