import { describe, expect, it } from 'vitest'
import { holdingEquity, holdingEquityOf } from '../../../src/performance/buy-and-hold.ts'
import { relativeFigures } from '../../../src/performance/relative-figures.ts'
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

describe('buying and holding several instruments', () => {
  const account = { capital: 1000, commission: 0, slippage: 0 }
  const instrument = (times: readonly number[], closes: readonly number[]) => ({
    timestampMs: Float64Array.from(times),
    closes: Float64Array.from(closes),
  })

  it('splits the capital: cash before a first close, the last known close in a gap, cash after the last', () => {
    const early = instrument([1, 2, 3], [10, 20, 15])
    const late = instrument([2, 5], [100, 50])
    const timeline = Float64Array.of(1, 2, 3, 4, 5, 6)
    expect([...holdingEquityOf([early, late], timeline, account)]).toEqual([
      1000,
      1000 + 500,
      750 + 500,
      750 + 500,
      750 + 250,
      750 + 250,
    ])
  })

  it('pays each instrument’s costs in at its first close and out at its last', () => {
    const costs = { capital: 1000, commission: 0.001, slippage: 0.01 }
    const [one, other] = [instrument([1, 2], [10, 12]), instrument([1, 2, 3], [5, 5, 6])]
    const equity = holdingEquityOf([one, other], Float64Array.of(1, 2, 3), costs)
    const out = 0.99 * 0.999
    const bought = 500 / (1.01 * 1.001)
    expect(equity[2]).toBeCloseTo(bought * 1.2 * out + bought * 1.2 * out, 9)
    expect(equity[1]).toBeCloseTo(bought * 1.2 * out + bought, 9)
  })

  it('is, of one instrument, holding that', () => {
    const costs = { capital: 5000, commission: 0.001, slippage: 0.0005 }
    const only = instrument([1, 2, 3], [101, 99, 104])
    expect(holdingEquityOf([only], only.timestampMs, costs)).toEqual(
      holdingEquity(only.closes, costs),
    )
  })
})
