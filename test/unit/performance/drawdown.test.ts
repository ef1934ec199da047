import { describe, expect, it } from 'vitest'
import { addPoints, beginDrawdowns, drawdownFigures } from '../../../src/performance/drawdown.ts'

const DAY_MS = 86_400_000

function drawdownsOf(points: readonly number[], capital = points[0]!) {
  const days = Float64Array.from(points, (_, i) => i * DAY_MS)
  const sums = beginDrawdowns(capital)
  addPoints(sums, Float64Array.from(points))
  return drawdownFigures(sums, days)
}

describe('drawdowns', () => {
  it('are told apart by the bars that regain the peak', () => {
    const figures = drawdownsOf([100, 90, 100, 80, 60, 90, 110, 99])
    expect(figures.drawdowns, 'the last one is open').toBe(3)
    expect(figures.averageDrawdownRatio).toBeCloseTo((0.1 + 0.4 + 0.1) / 3, 12)
    expect(figures.averageDrawdownBars, '2, 4 and 1').toBeCloseTo(7 / 3, 12)
  })

  it('recover from the deepest point to the bar that regains the peak', () => {
    expect(drawdownsOf([100, 90, 80, 90, 100, 95, 99]).maxDrawdownRecoveryBars).toBe(2)
    expect(drawdownsOf([100, 90, 101, 70, 60, 99]).maxDrawdownRecoveryBars, 'open').toBeNull()
    expect(drawdownsOf([100, 60, 100, 90, 95]).maxDrawdownRecoveryBars, 'a later one open').toBe(1)
    expect(drawdownsOf([100, 110]).maxDrawdownRecoveryBars, 'none').toBeNull()
    const sameLow = drawdownsOf([100, 90, 110, 90, 110])
    expect(sameLow.maxDrawdownRecoveryBars, 'not from the first 90').toBe(1)
  })

  it('begin with the capital, even before the first bar', () => {
    const sunk = drawdownsOf([90, 95, 100, 101], 100)
    expect(sunk).toMatchObject({ drawdowns: 1, maxDrawdownRecoveryBars: 2, averageDrawdownBars: 2 })
  })

  it('weigh depth and time in the ulcer index', () => {
    const { ulcerIndexRatio } = drawdownsOf([100, 90, 80, 100])
    expect(ulcerIndexRatio).toBeCloseTo(Math.sqrt((0.1 ** 2 + 0.2 ** 2) / 4), 12)
  })

  it('are null or 0 where there are none', () => {
    expect(drawdownsOf([100, 100, 101])).toMatchObject({
      drawdowns: 0,
      averageDrawdownRatio: null,
      averageDrawdownBars: null,
      ulcerIndexRatio: 0,
    })
  })
})
