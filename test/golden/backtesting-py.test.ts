// Every trade of backtesting.py in eight ways to trade the crossing averages (test/golden/backtest/README.md).

import { describe, expect, it } from 'vitest'
import { SELL } from '../../src/backtest/intents.ts'
import type { SimulationResult } from '../../src/backtest/finish-simulation.ts'
import type { Trade } from '../../src/performance/trade.ts'
import { tradeFigures } from '../../src/performance/trade-figures.ts'
import { figuresOfCurve } from '../support/curves.ts'
import { exampleBars } from '../support/example-bars.ts'
import { portfolioOf, type Portfolio } from '../support/portfolios.ts'
import { smaCross } from '../support/sma-cross.ts'
import { runAll } from '../support/simulations.ts'
import golden from './backtest/backtesting-py.json' with { type: 'json' }

const sp500 = exampleBars()

/** Units of theirs are whole micro-units, and what is open at the end stays open. */
const THEIRS = { lotStep: 1e-6, leaveOpen: true } as const

/** Entry bar, exit bar, entry price, exit price, units (a short negative), return. */
type TheirTrade = readonly number[]

function expectTheTrades(ours: readonly Trade[], theirs: readonly TheirTrade[]): void {
  expect(ours.map(({ entryBar, exitBar }) => [entryBar, exitBar])).toEqual(
    theirs.map((trade) => trade.slice(0, 2)),
  )
  for (const [i, trade] of ours.entries()) {
    const [, , entryPrice, exitPrice, units, returnRatio] = theirs[i]!
    expect(trade.entryPrice, `entry ${i}`).toBeCloseTo(entryPrice!, 7) // prices have 8 decimals
    expect(trade.exitPrice, `exit ${i}`).toBeCloseTo(exitPrice!, 7)
    expect(trade.side === 'LONG' ? trade.units : -trade.units).toBeCloseTo(units!, 9)
    expect(Math.abs(trade.returnRatio - returnRatio!), `return ${i}`).toBeLessThan(1e-10)
  }
}

function relativeError(actual: number, expected: number): number {
  return Math.abs(actual / expected - 1)
}

type Way = keyof typeof golden

const bothSides: Portfolio = (() => {
  const { scripted, settings } = smaCross(sp500, { ...THEIRS, reverse: true })
  const { sides: _, ...rest } = settings
  return { scripted, settings: rest }
})()

/** They close what is left at the open of the last bar, for us a signal on the bar before. */
const finalised: Portfolio = (() => {
  const { scripted, settings } = smaCross(sp500, THEIRS)
  const bits = scripted[0]!.bits.with(sp500.length - 2, SELL)
  return { scripted: [{ ...scripted[0]!, bits }], settings }
})()

const waysOfOurs: readonly (readonly [Way, Portfolio])[] = [
  ['next open', smaCross(sp500, THEIRS)],
  ['on close', smaCross(sp500, { ...THEIRS, order: { type: 'market', at: 'close' } })],
  ['finalised', finalised],
  ['long and short', bothSides],
  ['30 %', smaCross(sp500, { ...THEIRS, positionSize: 0.3 })],
  [
    'limit', // their order lies 0.5 % below the close until it is filled or the averages cross back
    smaCross(sp500, {
      ...THEIRS,
      order: { type: 'limit', offset: { kind: 'ratio', ratio: 0.005 }, expiryBars: null },
    }),
  ],
  [
    'spread', // paid by buys
    smaCross(sp500, { ...THEIRS, commission: 0, costs: { spread: 0.0002, prices: 'bid' } }),
  ],
]

/** Orders at the close are filled after their point of the equity curve, before ours. */
function beforeFees({ equity, trades, openPositions }: SimulationResult): Float64Array {
  const marked = equity.slice()
  for (const { units, entryBar, entryPrice } of [...trades, ...openPositions])
    marked[entryBar]! += 0.001 * units * entryPrice
  for (const { units, exitBar, exitPrice } of trades) marked[exitBar]! += 0.001 * units * exitPrice
  return marked
}

describe.each(waysOfOurs)('backtesting.py, %s', (way, portfolio) => {
  const theirs = golden[way]
  const result = runAll(portfolioOf(portfolio))
  const { trades, finalEquity, openPositions } = result

  it('makes the same trades', () => {
    expectTheTrades(trades, theirs.trades)
    expect(openPositions.length).toBe(theirs.openAtEnd)
  })

  it('has the same equity', () => {
    expect(relativeError(finalEquity, theirs.finalEquity)).toBeLessThan(1e-12)
    const marked = way === 'on close' ? beforeFees(result) : result.equity
    const { timestampMs } = sp500
    const figures = figuresOfCurve(marked, { timestampMs, capital: 1_000_000, barsPerYear: 1 })
    expect(figures.sharpeRatio).toBeCloseTo(theirs.sharpePerBar, 12)
    expect(figures.maxDrawdownRatio).toBeCloseTo(-theirs.maxDrawdownPercent / 100, 12)
    expect(figures.averageDrawdownRatio).toBeCloseTo(-theirs.averageDrawdownPercent / 100, 12)
    expect(figures.maxDrawdownDays).toBe(theirs.longestDrawdownDays)
  })

  it('has the same figures of trades', () => {
    const figures = tradeFigures(trades)
    expect(figures.winRateRatio).toBeCloseTo(theirs.winRatePercent / 100, 12)
    expect(figures.expectancyRatio).toBeCloseTo(theirs.expectancyPercent / 100, 12)
    expect(figures.bestTradeRatio).toBeCloseTo(theirs.bestTradePercent / 100, 12)
    expect(figures.worstTradeRatio).toBeCloseTo(theirs.worstTradePercent / 100, 12)
    expect(figures.systemQualityNumber).toBeCloseTo(theirs.systemQualityNumber, 12)
    expect(figures.kellyRatio).toBeCloseTo(theirs.kelly, 12)
    if ('commissions' in theirs)
      expect(relativeError(figures.costsPaid, theirs.commissions)).toBeLessThan(1e-12)
    else expect(figures.costsPaid, 'the spread, which they do not count').toBeGreaterThan(0)
  })

  it('differs in two definitions', () => {
    const [gains, losses] = [1, -1].map((sign) =>
      trades.reduce((sum, { returnRatio }) => sum + Math.max(0, sign * returnRatio), 0),
    )
    expect(gains! / losses!, 'profit factor of returns, not of money').toBeCloseTo(
      theirs.profitFactor,
      12,
    )
    const exposed = new Set<number>()
    for (const { entryBar, exitBar } of trades)
      for (let bar = entryBar; bar <= exitBar; bar++) exposed.add(bar)
    expect(exposed.size / sp500.length, 'exposure of closed trades, exit bars too').toBeCloseTo(
      theirs.exposurePercent / 100,
      12,
    )
  })
})

describe('backtesting.py, stop 2 %, target 4 %', () => {
  const theirs = golden['stop 2 %, target 4 %']

  // Their stop and target are shares of the close of the decision, ours of the entry price; a single trade of theirs is
  // one of ours with other shares.
  it('makes the same trades, one by one', () => {
    const ours: Trade[] = []
    let capital = 1_000_000
    for (const [entryBar, exitBar] of theirs.trades) {
      const decided = entryBar! - 1
      const [close, entry] = [sp500.close[decided]!, sp500.open[entryBar!]!]
      const { scripted, settings } = smaCross(sp500, {
        ...THEIRS,
        capital,
        exits: {
          stopLoss: { kind: 'ratio', ratio: 1 - (0.98 * close) / entry },
          takeProfit: { kind: 'ratio', ratio: (1.04 * close) / entry - 1 },
        },
      })
      const part = { firstBar: decided, endBar: exitBar! + 1 }
      const only = { scripted: [{ ...scripted[0]!, ...part }], settings }
      const { trades, openPositions, finalEquity } = runAll(portfolioOf(only))
      expect(openPositions, `bar ${entryBar}`).toEqual([])
      ours.push(...trades)
      capital = finalEquity
    }
    expectTheTrades(ours, theirs.trades)
    expect(relativeError(capital, theirs.finalEquity)).toBeLessThan(1e-12)
    const exits = new Set(ours.map(({ exitReason }) => exitReason))
    expect(exits).toEqual(new Set(['stop loss', 'take profit', 'signal']))
  })

  it('makes other trades only where the open had moved away from the close', () => {
    const ratio = (share: number) => ({ kind: 'ratio', ratio: share }) as const
    const exits = { stopLoss: ratio(0.02), takeProfit: ratio(0.04) }
    const { trades } = runAll(portfolioOf(smaCross(sp500, { ...THEIRS, exits })))
    const exitBars = new Map(theirs.trades.map(([entryBar, exitBar]) => [entryBar!, exitBar!]))
    const others = trades.filter(({ entryBar, exitBar }) => exitBars.get(entryBar) !== exitBar)
    expect(trades.length - others.length, 'with the same bars').toBe(75)
    const gap = ({ entryBar }: Trade) =>
      Math.abs(sp500.open[entryBar]! / sp500.close[entryBar - 1]! - 1)
    expect(Math.min(...others.map(gap))).toBeGreaterThan(0.0004)
    expect(others.map(({ entryBar }) => entryBar)).toEqual([
      2161, 2318, 2652, 3470, 3731, 4061, 4247, 4450, 4605, 4751, 4790, 4893,
    ])
  })
})
