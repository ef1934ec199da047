import { describe, expect, it } from 'vitest'
import { measurePerformance } from '../../../src/performance/performance.ts'
import { barsInPosition, tradeFigures } from '../../../src/performance/trade-figures.ts'
import { figuresOfCurve } from '../../support/curves.ts'
import { simpleTrade } from '../../support/trades.ts'

const DAY_MS = 86_400_000

function figuresOf(
  equity: Float64Array,
  timestampMs: Float64Array,
  capital: number,
  barsPerYear: number | null,
) {
  return figuresOfCurve(equity, { timestampMs, capital, barsPerYear })
}

/** A curve of daily bars. */
function curve(points: readonly number[], capital = points[0]!, barsPerYear: number | null = 252) {
  const days = Float64Array.from(points, (_, i) => i * DAY_MS)
  return figuresOf(Float64Array.from(points), days, capital, barsPerYear)
}

describe('figures of an equity curve', () => {
  const a6 = curve([100, 101, 100.5, 102, 101, 103])

  it('are those of ktrdr-spec A.6 up to the definition of the spread (N − 1, not N)', () => {
    expect(a6.volatilityRatio! * Math.sqrt(4 / 5)).toBeCloseTo(0.181808, 6)
    expect(a6.sharpeRatio! * Math.sqrt(5 / 4)).toBeCloseTo(8.308977, 6)
  })

  it('have the Sortino ratio of Sortino & Price: RMS of losses over all returns (A.6: 39.21, the spread of the losses)', () => {
    const returns = [1 / 100, -0.5 / 101, 1.5 / 100.5, -1 / 102, 2 / 101]
    const mean = returns.reduce((sum, value) => sum + value) / 5
    const downside = Math.sqrt(((0.5 / 101) ** 2 + (1 / 102) ** 2) / 5)
    expect(a6.sortinoRatio).toBeCloseTo((mean / downside) * Math.sqrt(252), 10)
  })

  it('scale with the root of the bars per year (W40)', () => {
    const hourly = curve([100, 101, 100.5, 102, 101, 103], 100, 252 * 24)
    expect(hourly.sharpeRatio! / a6.sharpeRatio!).toBeCloseTo(Math.sqrt(24), 12)
  })

  it('take the drawdown and its money from the peak at that time (W40), the capital first', () => {
    const figures = curve([100, 200, 150, 300, 270], 100)
    expect(figures.maxDrawdownRatio).toBe(0.25)
    expect(figures.maxDrawdown, 'not 0.25 of the final peak 300').toBe(50)
    const sunk = curve([90, 95], 100)
    expect([sunk.maxDrawdownRatio, sunk.maxDrawdown]).toEqual([0.1, 10])
  })

  it('time the longest stretch from a peak to the bar that regains it, or to the end', () => {
    const regained = curve([100, 110, 105, 104, 110, 120, 119])
    expect([regained.maxDrawdownBars, regained.maxDrawdownDays]).toEqual([3, 3])
    const still = curve([100, 110, 105, 110, 109, 108, 107])
    expect(still.maxDrawdownBars, 'from bar 3 to the last').toBe(3)
    expect(curve([100, 100, 101]).maxDrawdownBars, 'a plateau is not below').toBe(0)
  })

  it('compound the growth over the calendar between the first and the last bar', () => {
    const times = Float64Array.of(0, 365.25 * DAY_MS, 2 * 365.25 * DAY_MS)
    const figures = figuresOf(Float64Array.of(100, 90, 121), times, 100, 252)
    expect(figures.annualizedReturnRatio).toBeCloseTo(0.1, 12)
    expect(figures.calmarRatio).toBeCloseTo(1, 12)
    expect([figures.totalReturn, figures.totalReturnRatio]).toEqual([21, 0.21])
  })

  it('are null where they are undefined', () => {
    const flat = curve([100, 100, 100])
    expect(flat).toMatchObject({ volatilityRatio: 0, sharpeRatio: null, sortinoRatio: null })
    expect(flat, 'no drawdown').toMatchObject({ maxDrawdownRatio: 0, calmarRatio: null })
    const growing = curve([100, 110, 121, 133.1])
    expect(growing.sharpeRatio, 'equal returns but for rounding').toBeNull()
    expect(growing.sortinoRatio, 'no losses').toBeNull()
    const single = curve([100])
    expect(single).toMatchObject({ annualizedReturnRatio: null, volatilityRatio: null })
    expect(curve([100, 110]).volatilityRatio, 'one return has no spread').toBeNull()
    const ruined = curve([100, -10, 50])
    expect(ruined).toMatchObject({ volatilityRatio: null, sharpeRatio: null, maxDrawdown: 110 })
    expect(curve([100, 50, -10]).annualizedReturnRatio).toBeNull()
    expect(curve([100, 110, 100], 100, null).volatilityRatio).toBeNull()
  })
})

describe('figures of trades', () => {
  it('count, rate and sum wins and losses', () => {
    const pnl = [30, -10, -20, 0, -5, 50]
    expect(tradeFigures(pnl.map((value) => simpleTrade(value)))).toMatchObject({
      trades: 6,
      winningTrades: 2,
      losingTrades: 3,
      winRateRatio: 2 / 6,
      profitFactor: 80 / 35,
      averageWin: 40,
      averageLoss: -35 / 3,
      largestWin: 50,
      largestLoss: -20,
      netProfit: 45,
      averageTrade: 7.5,
      averageHoldingBars: 4,
      averageHoldingDays: 4,
      expectancyRatio: 0.075,
      bestTradeRatio: 0.5,
      worstTradeRatio: -0.2,
      longestWinningRun: 1,
      longestLosingRun: 2,
      costsPaid: 18,
    })
  })

  it('weigh what a win brings against what a loss takes', () => {
    const figures = tradeFigures([
      simpleTrade(30),
      simpleTrade(-10),
      simpleTrade(-20),
      simpleTrade(20),
    ])
    expect(figures.payoffRatio).toBeCloseTo(25 / 15, 12)
    expect(figures.kellyRatio).toBeCloseTo(0.5 - 0.5 / (25 / 15), 12)
    const spread = Math.sqrt((25 ** 2 + 15 ** 2 + 25 ** 2 + 15 ** 2) / 3)
    expect(figures.systemQualityNumber).toBeCloseTo((Math.sqrt(4) * 5) / spread, 12)
  })

  it('tell how long winners and losers were held', () => {
    const held = (pnl: number, holdingBars: number) => simpleTrade(pnl, { holdingBars })
    expect(tradeFigures([held(1, 2), held(1, 4), held(-1, 10), held(0, 50)])).toMatchObject({
      averageHoldingBars: 16.5,
      averageHoldingBarsOfWins: 3,
      averageHoldingBarsOfLosses: 10,
      longestHoldingBars: 50,
    })
  })

  it('take excursions as shares of what was invested', () => {
    const moved = (units: number, best: number, worst: number) =>
      simpleTrade(1, { units, maxFavorableExcursion: best, maxAdverseExcursion: worst })
    const figures = tradeFigures([moved(1, 10, -5), moved(10, 200, -10)])
    expect(figures.averageFavorableExcursionRatio, '10 % and 20 %').toBeCloseTo(0.15, 12)
    expect(figures.averageAdverseExcursionRatio, '5 % and 1 %').toBeCloseTo(-0.03, 12)
  })

  it('are null where nothing happened', () => {
    expect(tradeFigures([])).toMatchObject({
      winRateRatio: null,
      profitFactor: null,
      averageWin: null,
      averageLoss: null,
      largestWin: null,
      largestLoss: null,
      averageHoldingBars: null,
      averageHoldingBarsOfWins: null,
      longestHoldingBars: null,
      expectancyRatio: null,
      bestTradeRatio: null,
      systemQualityNumber: null,
      kellyRatio: null,
      averageFavorableExcursionRatio: null,
      netProfit: 0,
      longestLosingRun: 0,
      costsPaid: 0,
    })
    expect(tradeFigures([simpleTrade(10)]), 'no losses').toMatchObject({
      profitFactor: null,
      payoffRatio: null,
      kellyRatio: null,
      systemQualityNumber: null,
    })
    const alike = [simpleTrade(0.1), simpleTrade(0.1), simpleTrade(0.1)]
    expect(tradeFigures(alike).systemQualityNumber, 'equal trades').toBeNull()
    expect(tradeFigures([simpleTrade(-1), simpleTrade(-2)]).kellyRatio, 'no wins').toBeNull()
  })

  it('count a bar as in position when its close was held', () => {
    const closed = simpleTrade(1, { entryBar: 2, exitBar: 5, holdingBars: 3 })
    const forced = simpleTrade(1, {
      entryBar: 9,
      exitBar: 9,
      holdingBars: 0,
      exitReason: 'end of data',
    })
    expect(barsInPosition([closed, forced])).toBe(4)
  })
})

describe('performance', () => {
  const closes = Float64Array.of(100, 80, 120)
  const inputs = {
    equity: Float64Array.of(1000, 1000, 1000),
    timestampMs: Float64Array.of(0, DAY_MS, 2 * DAY_MS),
    closes,
    trades: [simpleTrade(1, { holdingBars: 2 })],
    capital: 1000,
    commission: 0.001,
    slippage: 0.01,
    barsPerYear: 252,
  }

  it('compares with buying at the first close and selling at the last, costs in and out', () => {
    const { buyAndHold } = measurePerformance(inputs)
    const units = 1000 / (101 * 1.001)
    expect(buyAndHold.totalReturnRatio).toBeCloseTo((units * 120 * 0.99 * 0.999) / 1000 - 1, 12)
    expect(buyAndHold.maxDrawdownRatio, 'from the capital').toBeCloseTo(1 - (units * 80) / 1000, 12)
    const free = measurePerformance({ ...inputs, commission: 0, slippage: 0 }).buyAndHold
    const marks = figuresOf(Float64Array.of(1000, 800, 1200), inputs.timestampMs, 1000, 252)
    expect(free.sharpeRatio).toBeCloseTo(marks.sharpeRatio!, 10)
    expect(free.volatilityRatio).toBeCloseTo(marks.volatilityRatio!, 10)
    expect(free.annualizedReturnRatio! / marks.annualizedReturnRatio!).toBeCloseTo(1, 10)
  })

  it('relates the value of all fills to the mean equity and the years', () => {
    const halfYear = Float64Array.of(0, 1, 365.25 * DAY_MS * 0.5)
    const equity = Float64Array.of(1000, 1500, 2000)
    const trade = simpleTrade(1, { units: 5, entryPrice: 100, exitPrice: 110 })
    const { annualizedTurnoverRatio } = measurePerformance({
      ...inputs,
      equity,
      timestampMs: halfYear,
      trades: [trade, trade],
    })
    expect(annualizedTurnoverRatio, '2 100 of 1 500 in half a year').toBeCloseTo(2.8, 12)
    const single = { ...inputs, equity: Float64Array.of(1), timestampMs: Float64Array.of(0) }
    expect(measurePerformance(single).annualizedTurnoverRatio).toBeNull()
  })

  it('has the trades of either side apart', () => {
    const trades = [
      simpleTrade(5),
      simpleTrade(-3, { side: 'SHORT' }),
      simpleTrade(4),
      simpleTrade(-1),
    ]
    const { long, short } = measurePerformance({ ...inputs, trades })
    expect(long).toEqual(tradeFigures([trades[0]!, trades[2]!, trades[3]!]))
    expect(short).toMatchObject({ trades: 1, netProfit: -3, winRateRatio: 0 })
  })

  it('deflates the Sharpe ratio by the trials that it is told', () => {
    const moving = { ...inputs, equity: Float64Array.of(1000, 1020, 1010, 1040, 1050) }
    const four = { timestampMs: Float64Array.of(0, 1, 2, 3, 4), closes: moving.equity }
    const once = measurePerformance({ ...moving, ...four })
    expect(once.deflatedSharpeRatio).toBe(once.probabilisticSharpeRatio)
    const often = measurePerformance({ ...moving, ...four, trials: 50 })
    expect(often.probabilisticSharpeRatio).toBe(once.probabilisticSharpeRatio)
    expect(often.deflatedSharpeRatio).toBeLessThan(once.deflatedSharpeRatio!)
  })

  it('takes an account that held several instruments in place of the closes', () => {
    const { closes: _, ...own } = inputs
    const holding = Float64Array.of(1000, 900, 1200)
    const { buyAndHold } = measurePerformance({ ...own, holding })
    expect(buyAndHold.totalReturnRatio).toBeCloseTo(0.2, 12)
    expect(buyAndHold.maxDrawdownRatio).toBeCloseTo(0.1, 12)
  })

  it('counts bars in position by the trades, unless it is told: they overlap with several symbols', () => {
    const overlapping = [simpleTrade(1, { holdingBars: 2 }), simpleTrade(1, { holdingBars: 2 })]
    const performance = measurePerformance({ ...inputs, trades: overlapping, barsInPosition: 2 })
    expect(performance.exposureRatio).toBe(2 / 3)
  })

  it('counts the fees of holding as costs', () => {
    const trades = [simpleTrade(1, { financingCost: 0.5 }), simpleTrade(1)]
    expect(measurePerformance({ ...inputs, trades })).toMatchObject({
      costsPaid: 6.5,
      costsRatio: 0.0065,
    })
    const rebate = [simpleTrade(1, { financingCost: -4 })]
    expect(measurePerformance({ ...inputs, trades: rebate }).costsPaid, 'funding received').toBe(-1)
  })

  it('relates exposure to the bars and costs to the capital', () => {
    expect(measurePerformance(inputs)).toMatchObject({
      exposureRatio: 2 / 3,
      costsPaid: 3,
      costsRatio: 0.003,
      barsPerYear: 252,
      trades: 1,
    })
  })
})
