import { describe, expect, it } from 'vitest'
import { tailRisk } from '../../../src/performance/tail-risk.ts'
import { passBeside } from '../../support/curves.ts'

/** Of a curve with these returns. */
function riskOf(returns: readonly number[]) {
  let value = 1000
  const equity = Float64Array.of(1000, ...returns.map((step) => (value *= 1 + step)))
  return tailRisk(passBeside(equity, equity).lowest, equity)
}

describe('the risk of a bad bar', () => {
  it('is the loss that one bar in twenty exceeds, and what those lose in the mean', () => {
    const returns = Array.from({ length: 101 }, (_, i) => ((i * 37) % 101) / 100 - 0.1) // −0.10 … 0.90
    const { valueAtRisk95Ratio, conditionalValueAtRisk95Ratio } = riskOf(returns)
    expect(valueAtRisk95Ratio).toBeCloseTo(0.05, 12)
    expect(conditionalValueAtRisk95Ratio, '−10 … −5 %').toBeCloseTo(0.075, 12)
  })

  it('is negative where even bad bars gain, and 0 where nothing moves', () => {
    expect(riskOf([0.01, 0.02, 0.03]).valueAtRisk95Ratio).toBeLessThan(0)
    expect(Object.is(riskOf([0, 0, 0]).valueAtRisk95Ratio, 0), 'not −0').toBe(true)
  })

  it('is null without two returns', () => {
    const nothing = { valueAtRisk95Ratio: null, conditionalValueAtRisk95Ratio: null }
    expect(riskOf([0.1])).toEqual(nothing)
  })
})
