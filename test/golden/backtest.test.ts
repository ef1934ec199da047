import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { YEAR_MS } from '../../src/performance/bars-per-year.ts'
import { normalUpperQuantile } from '../../src/performance/normal-distribution.ts'
import { probabilisticSharpe } from '../../src/performance/sharpe-probability.ts'
import { finishSimulation } from '../../src/backtest/finish-simulation.ts'
import { beginSimulation, simulate } from '../../src/backtest/simulate.ts'
import { tradesIn } from '../../src/backtest/trade-log.ts'
import { filled } from '../../src/core/snapshot.ts'
import { figuresOfCurve } from '../support/curves.ts'
import { exampleBars } from '../support/example-bars.ts'
import { portfolioOf } from '../support/portfolios.ts'
import { DECISIONS, FORECASTS, runAll, simulationOf } from '../support/simulations.ts'
import { smaCross } from '../support/sma-cross.ts'
import golden from './backtest/sp500-sma-cross.json' with { type: 'json' }

function readRows(path: string): Record<string, string>[] {
  const [header, ...rows] = readFileSync(new URL(path, import.meta.url), 'utf8')
    .trim()
    .split('\n')
  const names = header!.split(',')
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [names[i]!, cell])))
}

const sp500 = exampleBars()

/** Largest |a − b| / |b|. */
function relativeError(actual: readonly number[], expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length)
  return Math.max(
    ...actual.map((value, i) => Math.abs(value - expected[i]!) / Math.abs(expected[i]!)),
  )
}

describe('upstream ktrdr on signals-a (test/golden/backtest/README.md)', () => {
  const signals = new Map(
    readRows('backtest/signals-a.csv').map((row) => [
      Number(row['bar']),
      Float32Array.of(Number(row['p_buy']), Number(row['p_hold']), Number(row['p_sell'])),
    ]),
  )
  const inputs = simulationOf({
    bars: sp500,
    firstBar: 50,
    endBar: 1500,
    forecastAt: (bar) => signals.get(bar) ?? FORECASTS.HOLD,
    settings: {
      capital: 100_000,
      commission: 0.001,
      slippage: 0.0005,
      positionSize: 0.25,
      wholeUnits: true,
      decisions: { ...DECISIONS, allowShortFromFlat: false, minSignalSeparationHours: 4 },
    },
  })
  const result = runAll(inputs)
  const trades = readRows('backtest/upstream-trades.csv').map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, Number(cell)])),
  )
  const upstream = (name: string) => trades.map((trade) => trade[name]!)

  it('enters and exits on the same bars with the same units', () => {
    const ours = result.trades.map(({ entryBar, exitBar, units }) => [entryBar, exitBar, units])
    const theirs = trades.map((trade) => [trade['entryBar'], trade['exitBar'], trade['units']])
    expect(ours, '43 round trips').toEqual(theirs)
    expect(new Set(result.trades.map((trade) => `${trade.side} ${trade.exitReason}`))).toEqual(
      new Set(['LONG signal']),
    )
  })

  it('fills at the same prices, with the same excursions', () => {
    for (const field of ['entryPrice', 'exitPrice'] as const)
      expect(
        result.trades.map((trade) => trade[field]),
        field,
      ).toEqual(upstream(field))
    for (const field of ['maxFavorableExcursion', 'maxAdverseExcursion'] as const)
      for (const [i, trade] of result.trades.entries())
        expect(trade[field], `${field} of trade ${i + 1}`).toBeCloseTo(upstream(field)[i]!, 8)
  })

  it('remembers the confidence of the entry, where upstream keeps that of the exit', () => {
    for (const { entryBar, confidence } of result.trades)
      expect(confidence).toBe(signals.get(entryBar - 1)![0])
  })

  it('charges both sides of a trade, where upstream omits the entry (W39)', () => {
    for (const [i, trade] of result.trades.entries()) {
      const theirs = trades[i]!
      const entryCommission = trade.entryPrice * trade.units * 0.001
      const entrySlippage = (trade.entryPrice / 1.0005) * 0.0005 * trade.units
      expect(trade.grossPnl).toBeCloseTo(theirs['grossPnl']!, 8)
      expect(trade.commission).toBeCloseTo(theirs['exitCommission']! + entryCommission, 8)
      expect(trade.slippageCost).toBeCloseTo(theirs['exitSlippage']! + entrySlippage, 8)
      expect(trade.netPnl).toBeCloseTo(trade.grossPnl - trade.commission, 8)
    }
  })

  it('has the same equity on all 1 450 bars, and the same position', () => {
    const expected: number[] = []
    const positions: string[] = []
    const rows = readRows('backtest/upstream-equity.csv')
    for (const [i, row] of rows.entries()) {
      const until = Number(rows[i + 1]?.['bar'] ?? 1500)
      for (let bar = Number(row['bar']); bar < until; bar++) {
        expected.push(Number(row['equity']))
        positions.push(row['position']!)
      }
    }
    expect(relativeError([...result.equity], expected)).toBeLessThan(1e-12)
    expect(result.finalEquity, 'flat at the end: no forced close').toBeCloseTo(91162.94298637, 7)
    expect(result.barsInPosition).toBe(positions.filter((position) => position !== 'FLAT').length)
  })

  it('has the metrics of upstream where the definitions agree', () => {
    const { metrics } = result
    expect(metrics.totalReturn).toBeCloseTo(-8837.057013629994, 7)
    expect(metrics.maxDrawdownRatio).toBeCloseTo(0.1287690064043207, 12)
    expect(metrics.barsPerYear, 'upstream: always 252').toBe(252)
    const ddof = Math.sqrt(1449 / 1448) // upstream divides by N, we by N − 1
    expect(metrics.volatilityRatio! / ddof).toBeCloseTo(0.03073443239868813, 12)
    expect(metrics.sharpeRatio! * ddof).toBeCloseTo(-0.5081582004348486, 10)
  })

  it('tells every other metric of upstream apart by its definition', () => {
    const { equity, metrics } = result
    const { timestampMs } = sp500
    const near = (ours: number, theirs: number, what: string) =>
      expect(Math.abs(ours / theirs - 1), what).toBeLessThan(1e-9)

    // Between the days that were asked for, not the bars that were traded.
    const years = (Date.UTC(2005, 11, 20) - Date.UTC(2000, 0, 3)) / YEAR_MS
    const yearly = (1 + metrics.totalReturnRatio) ** (1 / years) - 1
    near(yearly, -0.015396112469581835, 'return a year')
    near(yearly / metrics.maxDrawdownRatio, -0.11956380575959182, 'Calmar')

    // In money the drawdown is that share of the highest peak of all (W40).
    const money = metrics.maxDrawdownRatio * Math.max(...equity)
    near(money, 13133.35227416888, 'drawdown')
    near(metrics.totalReturn / money, -0.6728713910317486, 'recovery factor')

    // Losses scatter about their own mean, not about 0.
    const returns = Array.from(equity.subarray(1), (value, i) => value / equity[i]! - 1)
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
    const losing = returns.filter((value) => value < 0)
    const spread = Math.sqrt(mean(losing.map((value) => (value - mean(losing)) ** 2)))
    near((mean(returns) / spread) * Math.sqrt(252), -0.5503213920958935, 'Sortino')

    // Without the entry commission (W39) more trades win. Time ends at the bar before the exit.
    const gains = result.trades.map(({ netPnl, units, entryPrice, entryBar, exitBar }) => ({
      money: netPnl + units * entryPrice * 0.001,
      hours: (timestampMs[exitBar - 1]! - timestampMs[entryBar]!) / 3_600_000,
    }))
    const won = gains.filter(({ money: gain }) => gain > 0)
    const lost = gains.filter(({ money: gain }) => gain <= 0)
    const moneyOf = (some: typeof gains) => some.map(({ money: gain }) => gain)
    const hoursOf = (some: typeof gains) => some.map(({ hours }) => hours)
    expect([won.length, lost.length]).toEqual([16, 27])
    near(mean(moneyOf(won)), 604.7721907087196, 'average win')
    near(mean(moneyOf(lost)), -649.1599538741282, 'average loss')
    near(Math.max(...moneyOf(won)), 1657.571894738732, 'largest win')
    near(Math.min(...moneyOf(lost)), -3735.51599455754, 'largest loss')
    const factor = (-mean(moneyOf(won)) * won.length) / mean(moneyOf(lost)) / lost.length
    near(factor, 0.5520727492217926, 'profit factor')
    near(mean(hoursOf(gains)), 539.1627906976744, 'holding hours')
    near(mean(hoursOf(won)), 592.5, 'of wins')
    near(mean(hoursOf(lost)), 507.55555555555554, 'of losses')
  })
})

describe('SMA(10) crosses SMA(30), all in, at the next open (test/golden/backtest/README.md)', () => {
  const inputs = portfolioOf(smaCross(sp500, {}))
  const state = beginSimulation(inputs)
  simulate(state, inputs, sp500.length)
  /** Marked at the last close, before our forced close. */
  const equity = filled(state.equity)
  const { timestampMs } = sp500
  const figures = figuresOfCurve(equity, { timestampMs, capital: 1_000_000, barsPerYear: 252 })
  const result = finishSimulation(state, inputs)
  const trades = tradesIn(state.trades, inputs.instruments)
  const perBar = Math.sqrt(252)

  it('agrees with backtrader, vectorbt and backtesting.py to 1e-9', () => {
    const { allIn } = golden
    expect(relativeError([equity.at(-1)!], [allIn.finalEquity])).toBeLessThan(1e-9)
    expect(trades.length, 'closed trades').toBe(allIn.closedTrades)
    expect(state.books[0]!.position?.entryBar, 'one is open at the end').toBe(5102)
    expect(figures.sharpeRatio! / perBar).toBeCloseTo(allIn.sharpePerBar, 10)
    expect(figures.maxDrawdownRatio).toBeCloseTo(allIn.maxDrawdownRatio, 10)
    expect(figures.maxDrawdownDays).toBe(allIn.longestDrawdownDays)
  })

  it('has the figures of QuantStats where it counts alike', () => {
    const { quantstats } = golden
    for (const [ours, theirs] of [
      [figures.totalReturnRatio, quantstats.comp],
      [figures.volatilityRatio, quantstats.volatility],
      [figures.sharpeRatio, quantstats.sharpe],
      [figures.sortinoRatio, quantstats.sortino],
      [figures.omegaRatio, quantstats.omega],
      [figures.skewness, quantstats.skew],
      [figures.excessKurtosis, quantstats.kurtosis],
      [figures.maxDrawdownRatio, -quantstats.maxDrawdown],
      // The mean of all losses beyond its threshold and beyond ours: no bar lies between the two.
      [figures.conditionalValueAtRisk95Ratio, -quantstats.cvar95],
    ] as const)
      expect(Math.abs(ours! - theirs)).toBeLessThan(1e-9)
  })

  it('differs from QuantStats in these definitions only', () => {
    const { quantstats } = golden
    const bars = equity.length
    const returns = bars - 1
    const near = (ours: number, theirs: number, what: string) =>
      expect(Math.abs(ours - theirs), what).toBeLessThan(1e-9)
    const cagr = (1 + figures.totalReturnRatio) ** (252 / returns) - 1
    near(cagr, quantstats.cagr, 'growth by the number of bars, not by the calendar')
    near(cagr / figures.maxDrawdownRatio, quantstats.calmar, 'and Calmar with it')
    const ulcer = figures.ulcerIndexRatio * Math.sqrt(bars / (returns - 1))
    near(ulcer, quantstats.ulcerIndex, 'ulcer index over one return less than there are')
    const shape = {
      count: returns,
      sharpePerBar: figures.sharpeRatio! / perBar,
      skewness: figures.skewness!,
      excessKurtosis: figures.excessKurtosis! - 3,
    }
    near(probabilisticSharpe(shape)!, quantstats.psr, 'it takes the excess kurtosis for kurtosis')
    const spread = figures.volatilityRatio! / perBar
    const normal = shape.sharpePerBar * spread - normalUpperQuantile(0.05) * spread
    near(normal, quantstats.var95, 'value at risk of a normal distribution, as a negative return')
  })

  it('closes at the last close and pays for it', () => {
    const cost = state.books[0]!.position!.units * sp500.close.at(-1)! * 0.001
    expect(result.trades.length).toBe(88)
    expect(result.trades.at(-1)).toMatchObject({ exitBar: 5104, exitReason: 'end of data' })
    expect(result.finalEquity).toBeCloseTo(equity.at(-1)! - cost, 6)
    expect(result.metrics.barsPerYear).toBe(252)
  })
})
