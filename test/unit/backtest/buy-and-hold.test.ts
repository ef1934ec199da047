import { describe, expect, it } from 'vitest'
import { curveOf, type Curve } from '../../../src/backtest/equity-curve.ts'
import { holdingEquity, relativeFigures } from '../../../src/backtest/buy-and-hold.ts'

function curveOfEquity(equity: Float64Array, barsPerYear: number | null = 252): Curve {
  const timestampMs = Float64Array.from(equity, (_, i) => i)
  return curveOf(equity, { timestampMs, capital: 1000, barsPerYear })
}

/** A curve of these returns. */
function curve(returns: readonly number[], barsPerYear: number | null = 252): Curve {
  let value = 1000
  const equity = Float64Array.of(1000, ...returns.map((step) => (value *= 1 + step)))
  return curveOfEquity(equity, barsPerYear)
}

const MARKET = [0.01, -0.02, 0.015, 0.03, -0.01, 0.002]

describe('a strategy beside buying and holding', () => {
  it('has beta 2 and its premium as alpha when it moves twice as much and a little up', () => {
    const figures = relativeFigures(
      curve(
        MARKET.map((move) => 2 * move + 0.001),
        250,
      ),
      curve(MARKET),
    )
    expect(figures.beta).toBeCloseTo(2, 10)
    expect(figures.alphaRatio).toBeCloseTo(0.25, 10)
  })

  it('is judged by how steadily it was better', () => {
    const better = [0.002, 0.001, 0.003, 0.001, 0.002, 0.003]
    const figures = relativeFigures(curve(MARKET.map((m, i) => m + better[i]!)), curve(MARKET))
    const spread = Math.sqrt(4e-6 / 5)
    expect(figures.informationRatio).toBeCloseTo((0.002 / spread) * Math.sqrt(252), 7)
  })

  it('has beta 1, alpha 0 and no information ratio when it is just that', () => {
    const closes = Float64Array.of(100, 101, 99, 104, 103)
    const holding = holdingEquity(closes, { capital: 5000, commission: 0.001, slippage: 0.0005 })
    const figures = relativeFigures(curveOfEquity(holding), curveOfEquity(holding))
    expect(figures).toEqual({ beta: 1, alphaRatio: 0, informationRatio: null })
    const other = relativeFigures(
      curveOfEquity(holding),
      curveOfEquity(holding.map((value) => value * 1.7)),
    )
    expect(other.informationRatio, 'rounding is no skill').toBeNull()
  })

  it('has nothing beside it when the market stood still, or the equity was lost', () => {
    const still = relativeFigures(curve(MARKET), curve(MARKET.map(() => 0)))
    expect(still).toMatchObject({ beta: null, alphaRatio: null })
    expect(still.informationRatio, 'it differed all the same').not.toBeNull()
    const lost = curveOfEquity(Float64Array.of(1000, -10, 5, 5, 5, 5, 5))
    const nothing = { beta: null, alphaRatio: null, informationRatio: null }
    expect(relativeFigures(lost, curve(MARKET))).toEqual(nothing)
    expect(relativeFigures(curve(MARKET, null), curve(MARKET))).toEqual(nothing)
  })
})
