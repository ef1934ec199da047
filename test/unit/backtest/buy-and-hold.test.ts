import { describe, expect, it } from 'vitest'
import { holdingEquity } from '../../../src/backtest/buy-and-hold.ts'
import { relativeFigures } from '../../../src/backtest/relative-figures.ts'
import { passBeside } from '../../support/curves.ts'

/** Of a curve beside that of holding. */
const besides = (equity: Float64Array, holding: Float64Array, barsPerYear: number | null = 252) =>
  relativeFigures(passBeside(equity, holding).moments, barsPerYear)

/** A curve of these returns. */
function curve(returns: readonly number[]): Float64Array {
  let value = 1000
  return Float64Array.of(1000, ...returns.map((step) => (value *= 1 + step)))
}

const MARKET = [0.01, -0.02, 0.015, 0.03, -0.01, 0.002]

describe('a strategy beside buying and holding', () => {
  it('has beta 2 and its premium as alpha when it moves twice as much and a little up', () => {
    const figures = besides(curve(MARKET.map((move) => 2 * move + 0.001)), curve(MARKET), 250)
    expect(figures.beta).toBeCloseTo(2, 10)
    expect(figures.alphaRatio).toBeCloseTo(0.25, 10)
  })

  it('is judged by how steadily it was better', () => {
    const better = [0.002, 0.001, 0.003, 0.001, 0.002, 0.003]
    const figures = besides(curve(MARKET.map((m, i) => m + better[i]!)), curve(MARKET))
    const spread = Math.sqrt(4e-6 / 5)
    expect(figures.informationRatio).toBeCloseTo((0.002 / spread) * Math.sqrt(252), 7)
  })

  it('has beta 1, alpha 0 and no information ratio when it is just that', () => {
    const closes = Float64Array.of(100, 101, 99, 104, 103)
    const holding = holdingEquity(closes, { capital: 5000, commission: 0.001, slippage: 0.0005 })
    const figures = besides(holding, holding)
    expect(figures).toEqual({ beta: 1, alphaRatio: 0, informationRatio: null })
    const other = besides(
      holding,
      holding.map((value) => value * 1.7),
    )
    expect(other.informationRatio, 'rounding is no skill').toBeNull()
  })

  it('has nothing beside it when the market stood still, or the equity was lost', () => {
    const still = besides(curve(MARKET), curve(MARKET.map(() => 0)))
    expect(still).toMatchObject({ beta: null, alphaRatio: null })
    expect(still.informationRatio, 'it differed all the same').not.toBeNull()
    const lost = Float64Array.of(1000, -10, 5, 5, 5, 5, 5)
    const nothing = { beta: null, alphaRatio: null, informationRatio: null }
    expect(besides(lost, curve(MARKET))).toEqual(nothing)
    expect(besides(curve(MARKET), curve(MARKET), null)).toEqual(nothing)
  })
})
