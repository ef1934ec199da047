import { describe, expect, it } from 'vitest'
import { returnFigures } from '../../../src/performance/return-figures.ts'
import { passBeside } from '../../support/curves.ts'

/** Of a curve of these returns. */
function figuresOf(returns: readonly number[]) {
  let value = 1000
  return figuresOfEquity(Float64Array.of(1000, ...returns.map((step) => (value *= 1 + step))))
}

const figuresOfEquity = (equity: Float64Array) =>
  returnFigures(passBeside(equity, equity).own.moments, 252, 1)

describe('figures of returns', () => {
  it('weigh the gains against the losses', () => {
    expect(figuresOf([0.03, -0.01, 0, 0.02, -0.01]).omegaRatio).toBeCloseTo(2.5, 12)
    expect(figuresOf([0.01, 0.02]).omegaRatio, 'no losses').toBeNull()
  })

  it('have the adjusted skewness and kurtosis of spreadsheets: SKEW and KURT of 3, 4, 5, 2, 3, 4, 5, 6, 4, 7', () => {
    const figures = figuresOf([3, 4, 5, 2, 3, 4, 5, 6, 4, 7].map((value) => value / 100))
    expect(figures.skewness, 'ECMA-376, SKEW').toBeCloseTo(0.359543, 6)
    expect(figures.excessKurtosis, 'ECMA-376, KURT').toBeCloseTo(-0.1518, 4)
  })

  it('need three returns for a skewness, four for a kurtosis, and a spread', () => {
    expect(figuresOf([0.01, 0.02])).toMatchObject({ skewness: null, excessKurtosis: null })
    expect(figuresOf([0.01, 0.02, 0]).skewness).not.toBeNull()
    expect(figuresOf([0.01, 0.02, 0])).toMatchObject({
      excessKurtosis: null,
      probabilisticSharpeRatio: null,
    })
    expect(figuresOf([0.1, 0.1, 0.1, 0.1])).toMatchObject({
      sharpeRatio: null,
      skewness: null,
      excessKurtosis: null,
      probabilisticSharpeRatio: null,
      deflatedSharpeRatio: null,
    })
  })

  it('take the rounding of equal returns, however small, for no spread', () => {
    const equity = Float64Array.from({ length: 50 }, (_, i) => 97.3 * 1.000001 ** i)
    const growth = equity.subarray(1).map((value, i) => value / equity[i]! - 1)
    expect(new Set(growth).size, 'they do differ').toBeGreaterThan(1)
    expect(figuresOfEquity(equity).sharpeRatio, 'not a Sharpe of 10 000 000').toBeNull()
  })
})
