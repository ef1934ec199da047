// The figures are summed in blocks and in one pass. Here they are worked out as the definitions read, over whole arrays.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawdownsOf } from '../../../src/performance/drawdown.ts'
import { relativeFigures } from '../../../src/performance/relative-figures.ts'
import { tradeFigures } from '../../../src/performance/trade-figures.ts'
import { figuresOfCurve, passBeside } from '../../support/curves.ts'
import { simpleTrade } from '../../support/trades.ts'

const RUNS = { numRuns: 60 }
const PER_YEAR = 8766
const CAPITAL = 1000

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length

/** Two curves of up to five blocks: returns of any size, some of them 0, drawn from `seed`. */
const anyPair = fc
  .record({
    seed: fc.nat(),
    bars: fc.oneof(
      fc.integer({ min: 5, max: 5200 }),
      fc.constantFrom(1024, 1025, 1026, 2049, 2050),
    ),
    size: fc.constantFrom(1e-4, 0.01, 0.2),
    idle: fc.constantFrom(0, 0.5, 0.97),
  })
  .map(({ seed, bars, size, idle }) => {
    let state = seed
    const next = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    }
    const own = new Float64Array(bars).fill(CAPITAL)
    const holding = new Float64Array(bars).fill(CAPITAL)
    for (let i = 1; i < bars; i++) {
      const move = size * (next() - 0.48)
      holding[i] = holding[i - 1]! * (1 + move)
      const isIdle = i > 4 && next() < idle
      own[i] = own[i - 1]! * (isIdle ? 1 : 1 + 0.7 * move + size * (next() - 0.5))
    }
    return { own, holding }
  })

function returnsOf(equity: Float64Array): number[] {
  return Array.from(equity.subarray(1), (value, i) => value / equity[i]! - 1)
}

function moment(values: readonly number[], power: number): number {
  const center = mean(values)
  return mean(values.map((value) => (value - center) ** power))
}

function naiveReturnFigures(returns: readonly number[]) {
  const n = returns.length
  const spread = Math.sqrt((moment(returns, 2) * n) / (n - 1))
  const downside = Math.sqrt(mean(returns.map((value) => Math.min(value, 0) ** 2)))
  const losses = -sum(returns.filter((r) => r < 0))
  const g1 = moment(returns, 3) / moment(returns, 2) ** 1.5
  const g2 = moment(returns, 4) / moment(returns, 2) ** 2 - 3
  return {
    volatilityRatio: spread * Math.sqrt(PER_YEAR),
    sharpeRatio: (mean(returns) / spread) * Math.sqrt(PER_YEAR),
    sortinoRatio: downside === 0 ? null : (mean(returns) / downside) * Math.sqrt(PER_YEAR),
    omegaRatio: downside === 0 ? null : sum(returns.filter((r) => r > 0)) / losses,
    skewness: (g1 * Math.sqrt(n * (n - 1))) / (n - 2),
    excessKurtosis: ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * g2 + 6),
  }
}

function naiveTail(returns: readonly number[]) {
  const sorted = returns.toSorted((a, b) => a - b)
  const place = 0.05 * (sorted.length - 1)
  const [lower, upper] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  const threshold = lower + (place - Math.floor(place)) * (upper - lower)
  return {
    valueAtRisk95Ratio: -threshold,
    conditionalValueAtRisk95Ratio: -mean(returns.filter((value) => value <= threshold)),
  }
}

function naiveDrawdowns(equity: Float64Array) {
  let peak = CAPITAL
  const ratios = Array.from(equity, (value) => {
    peak = Math.max(peak, value)
    return (peak - value) / peak
  })
  return {
    maxDrawdownRatio: Math.max(...ratios),
    drawdowns: ratios.filter((ratio, i) => ratio > 0 && !(ratios[i - 1]! > 0)).length,
    ulcerIndexRatio: Math.sqrt(mean(ratios.map((ratio) => ratio ** 2))),
  }
}

function naiveRelative(own: readonly number[], holding: readonly number[]) {
  const n = own.length
  const [center, centerOfHolding] = [mean(own), mean(holding)]
  const covariance = mean(own.map((r, i) => (r - center) * (holding[i]! - centerOfHolding)))
  const beta = covariance / moment(holding, 2)
  const ahead = own.map((r, i) => r - holding[i]!)
  const spread = Math.sqrt((moment(ahead, 2) * n) / (n - 1))
  return {
    beta,
    alphaRatio: (center - beta * centerOfHolding) * PER_YEAR,
    informationRatio: (mean(ahead) / spread) * Math.sqrt(PER_YEAR),
  }
}

/** Those that differ by more than 1e-9 of themselves, or of 1 where what is small is a difference of larger sums. */
function differences(actual: object, expected: object): string[] {
  return Object.entries(expected).flatMap(([name, value]: [string, number | null]) => {
    const other = (actual as Record<string, number | null>)[name]
    const isNear =
      typeof value === 'number' && typeof other === 'number'
        ? Math.abs(other - value) <= 1e-9 * Math.max(Math.abs(value), 1)
        : other === value
    return isNear ? [] : [`${name}: ${String(other)}, not ${String(value)}`]
  })
}

describe('figures of curves, as their definitions read', () => {
  it('are those of the returns, the tail and the drawdowns, however many blocks there are', () => {
    fc.assert(
      fc.property(anyPair, ({ own }) => {
        const timestampMs = Float64Array.from(own, (_, i) => i * 3_600_000)
        const account = { timestampMs, capital: CAPITAL, barsPerYear: PER_YEAR }
        const returns = returnsOf(own)
        const expected = {
          ...naiveReturnFigures(returns),
          ...naiveTail(returns),
          ...naiveDrawdowns(own),
        }
        expect(differences(figuresOfCurve(own, account), expected)).toEqual([])
      }),
      RUNS,
    )
  })

  it('are those of both beside each other', () => {
    fc.assert(
      fc.property(anyPair, ({ own, holding }) => {
        const { moments } = passBeside(own, holding)
        const expected = naiveRelative(returnsOf(own), returnsOf(holding))
        expect(differences(relativeFigures(moments, PER_YEAR), expected)).toEqual([])
      }),
      RUNS,
    )
  })

  it('find each drawdown that crosses a block as a walk over the whole curve does', () => {
    fc.assert(
      fc.property(anyPair, ({ own }) => {
        const timestampMs = Float64Array.from(own, (_, i) => i * 86_400_000)
        const figures = figuresOfCurve(own, { timestampMs, capital: CAPITAL, barsPerYear: null })
        const lengths = drawdownsOf(own, CAPITAL).map(
          ({ peakBar, recoveredBar }) => (recoveredBar ?? own.length - 1) - Math.max(peakBar, 0),
        )
        const depths = drawdownsOf(own, CAPITAL).map(
          ({ peak, deepestBar }) => (peak - own[deepestBar]!) / peak,
        )
        const deepest = drawdownsOf(own, CAPITAL)[depths.indexOf(Math.max(...depths))]
        const recovery =
          deepest === undefined || deepest.recoveredBar === null
            ? null
            : deepest.recoveredBar - deepest.deepestBar
        expect(figures).toMatchObject({
          drawdowns: lengths.length,
          maxDrawdownBars: Math.max(0, ...lengths),
          maxDrawdownDays: Math.max(0, ...lengths),
          maxDrawdownRecoveryBars: recovery,
        })
        for (const { peak, deepestBar, peakBar, recoveredBar } of drawdownsOf(own, CAPITAL)) {
          const fall = own.subarray(peakBar + 1, recoveredBar ?? own.length)
          expect(own[deepestBar]).toBe(fall.reduce((least, value) => Math.min(least, value)))
          expect(peak).toBe(peakBar < 0 ? CAPITAL : own[peakBar])
        }
      }),
      RUNS,
    )
  })

  it('are undefined when the equity was lost in any block, and then those of holding stand', () => {
    const bars = 3000
    const holding = Float64Array.from({ length: bars }, (_, i) => CAPITAL + (i % 7))
    for (const bar of [1, 1023, 1024, 1025, 2500, bars - 2]) {
      const own = Float64Array.from({ length: bars }, (_, i) =>
        i === bar ? -1 : CAPITAL + (i % 5),
      )
      const pass = passBeside(own, holding)
      expect(relativeFigures(pass.moments, PER_YEAR).beta, `bar ${bar}`).toBeNull()
      expect(pass.lowest, `bar ${bar}`).toBeNull()
      expect(pass.own.moments?.isLost, `bar ${bar}`).toBe(true)
      expect(pass.holding).toEqual(passBeside(holding, holding).holding)
    }
    const atTheEnd = holding.with(bars - 1, -1)
    expect(passBeside(atTheEnd, holding).own.moments?.isLost, 'the last point').toBe(false)
  })
})

describe('figures of trades, as their definitions read', () => {
  const anyTrade = fc.record({
    netPnl: fc.integer({ min: -50, max: 50 }).map((cents) => cents / 100),
    holdingBars: fc.nat(100),
    entryPrice: fc.double({ min: 1, max: 200, noNaN: true }),
    units: fc.double({ min: 0.5, max: 10, noNaN: true }),
    maxFavorableExcursion: fc.double({ min: 0, max: 50, noNaN: true }),
    maxAdverseExcursion: fc.double({ min: -50, max: 0, noNaN: true }),
  })
  const longest = (runs: string, letter: string): number =>
    Math.max(0, ...runs.split(new RegExp(`[^${letter}]+`)).map(({ length }) => length))

  it('are those of the wins, the losses and all of them', () => {
    fc.assert(
      fc.property(fc.array(anyTrade, { minLength: 1, maxLength: 60 }), (records) => {
        const trades = records.map(({ netPnl, ...changes }) => simpleTrade(netPnl, changes))
        const wins = trades.filter(({ netPnl }) => netPnl > 0)
        const losses = trades.filter(({ netPnl }) => netPnl < 0)
        const net = (list: typeof trades): number[] => list.map(({ netPnl }) => netPnl)
        const bars = (list: typeof trades): number[] => list.map(({ holdingBars }) => holdingBars)
        const or = (list: typeof trades, value: () => number) =>
          list.length === 0 ? null : value()
        const letters = trades
          .map(({ netPnl }) => (netPnl > 0 ? 'W' : netPnl < 0 ? 'L' : '-'))
          .join('')
        const expected = {
          trades: trades.length,
          winningTrades: wins.length,
          losingTrades: losses.length,
          netProfit: sum(net(trades)),
          averageTrade: mean(net(trades)),
          averageWin: or(wins, () => mean(net(wins))),
          averageLoss: or(losses, () => mean(net(losses))),
          largestWin: or(wins, () => Math.max(...net(wins))),
          largestLoss: or(losses, () => Math.min(...net(losses))),
          profitFactor: or(losses, () => sum(net(wins)) / -sum(net(losses))),
          expectancyRatio: mean(trades.map(({ returnRatio }) => returnRatio)),
          bestTradeRatio: Math.max(...trades.map(({ returnRatio }) => returnRatio)),
          worstTradeRatio: Math.min(...trades.map(({ returnRatio }) => returnRatio)),
          averageHoldingBars: mean(bars(trades)),
          averageHoldingBarsOfWins: or(wins, () => mean(bars(wins))),
          averageHoldingBarsOfLosses: or(losses, () => mean(bars(losses))),
          longestHoldingBars: Math.max(...bars(trades)),
          longestWinningRun: longest(letters, 'W'),
          longestLosingRun: longest(letters, 'L'),
          averageFavorableExcursionRatio: mean(
            trades.map((t) => t.maxFavorableExcursion / (t.entryPrice * t.units)),
          ),
          averageAdverseExcursionRatio: mean(
            trades.map((t) => t.maxAdverseExcursion / (t.entryPrice * t.units)),
          ),
        }
        expect(differences(tradeFigures(trades), expected)).toEqual([])
      }),
      RUNS,
    )
  })
})
