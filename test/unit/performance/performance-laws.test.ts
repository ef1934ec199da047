// What holds for the metrics of every simulation.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instrument } from '../../../src/backtest/instrument.ts'
import { BUY, SELL } from '../../../src/backtest/intents.ts'
import { simulationInputs } from '../../../src/backtest/simulation-inputs.ts'
import { tradeFigures, type TradeFigures } from '../../../src/performance/trade-figures.ts'
import { figuresOfCurve } from '../../support/curves.ts'
import { anySimulation, barsOf, HOUR_MS, runAll, SETTINGS } from '../../support/simulations.ts'
import { simpleTrade } from '../../support/trades.ts'

const RUNS = { numRuns: 300 }

/** A curve that is never lost: at least three points, the capital first. */
const anyCurve = fc
  .array(fc.oneof(fc.double({ min: -0.2, max: 0.25, noNaN: true }), fc.constant(0)), {
    minLength: 2,
    maxLength: 80,
  })
  .map((steps) => {
    let value = 1000
    return Float64Array.of(1000, ...steps.map((step) => (value *= 1 + step)))
  })

function figuresOf(equity: Float64Array) {
  const timestampMs = Float64Array.from(equity, (_, i) => i * HOUR_MS)
  return figuresOfCurve(equity, { timestampMs, capital: equity[0]!, barsPerYear: 8766 })
}

/** Where two records differ by more than the rounding of other sums. */
function differences(actual: object, expected: object): string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const other = (actual as Record<string, unknown>)[name]
    const isNear =
      typeof value === 'number' && typeof other === 'number'
        ? Math.abs(other - value) <= 1e-9 * Math.max(1, Math.abs(value))
        : other === value
    return isNear ? [] : [`${name}: ${String(other)}, not ${String(value)}`]
  })
}

/** Every number in it, however deep, by its path. */
function numbersIn(value: unknown, path: string): [string, number][] {
  if (typeof value === 'number') return [[path, value]]
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, `${path}.${key}`))
}

describe('for all simulations', () => {
  const check = (property: (result: ReturnType<typeof runAll>, capital: number) => void) =>
    fc.assert(
      fc.property(anySimulation, (inputs) => property(runAll(inputs), inputs.settings.capital)),
      RUNS,
    )

  it('every metric is a finite number or null', () => {
    check(({ metrics }) => {
      for (const [path, value] of numbersIn(metrics, 'metrics'))
        expect(Number.isFinite(value), `${path} is ${value}`).toBe(true)
    })
  })

  it('months and years chain to the total return', () => {
    check(({ metrics, equity }, capital) => {
      const { monthlyReturns, yearlyReturns, totalReturnRatio } = metrics
      if (equity.some((value) => value <= 0)) return
      for (const parts of [monthlyReturns, yearlyReturns]) {
        const product = parts.reduce((value, { returnRatio }) => value * (1 + returnRatio!), 1)
        expect(product / (1 + totalReturnRatio)).toBeCloseTo(1, 10)
      }
      expect(metrics.long.netProfit + metrics.short.netProfit).toBeCloseTo(
        metrics.netProfit,
        10 - Math.ceil(Math.log10(capital)),
      )
    })
  })

  it('both sides, all weekdays and all hours hold every trade once', () => {
    check(({ metrics }) => {
      const { trades, entriesByWeekday, entriesByHour, long, short } = metrics
      expect(long.trades + short.trades).toBe(trades)
      for (const groups of [entriesByWeekday, entriesByHour])
        expect(groups.reduce((sum, group) => sum + group.trades, 0)).toBe(trades)
    })
  })
})

describe('several symbols', () => {
  const settings = { ...SETTINGS, commission: 0, slippage: 0, positionSize: 0.4 }
  const instrument = (
    symbol: string,
    prices: number[],
    entry: number,
    exit: number,
  ): Instrument => ({
    symbol,
    bars: barsOf(prices),
    firstBar: 1,
    endBar: prices.length,
    intentsAt: (bar) => ({
      from: bar,
      to: bar + 1,
      bits: Uint8Array.of(bar === entry ? BUY : bar === exit ? SELL : 0),
      confidence: null,
    }),
  })
  const result = runAll(
    simulationInputs(
      [
        instrument('A', [1, 10, 10, 12, 15, 15, 15], 1, 3),
        instrument('B', [9, 20, 20, 20, 20, 25, 10], 2, 4),
      ],
      settings,
    ),
  )

  it('are compared with holding both, half the capital each', () => {
    expect(result.metrics.buyAndHold.totalReturnRatio).toBeCloseTo((1.5 + 0.5) / 2 - 1, 12)
    expect(result.metrics.buyAndHold.maxDrawdownRatio).toBeCloseTo(1 - 1 / 1.375, 12)
  })

  it('are exposed while one of them is held', () => {
    expect(result.trades.map(({ entryBar, exitBar }) => [entryBar, exitBar])).toEqual([
      [2, 4],
      [3, 5],
    ])
    expect(result.metrics.exposureRatio, 'the bars 2, 3 and 4 of 6').toBe(3 / 6)
  })
})

describe('for all curves', () => {
  it('another currency changes no ratio: figures scale exactly with the equity', () => {
    fc.assert(
      fc.property(anyCurve, (equity) => {
        const { totalReturn, maxDrawdown, ...ratios } = figuresOf(equity)
        const scaled = figuresOf(equity.map((value) => value * 1024))
        expect(scaled).toEqual({
          ...ratios,
          totalReturn: totalReturn * 1024,
          maxDrawdown: maxDrawdown * 1024,
        })
      }),
      RUNS,
    )
  })

  it('a flat tail dilutes what is a mean, and changes neither gains nor losses nor depths', () => {
    fc.assert(
      fc.property(anyCurve, fc.integer({ min: 1, max: 50 }), (equity, tail) => {
        const end = equity.at(-1)!
        const longer = Float64Array.of(...equity, ...Array<number>(tail).fill(end))
        const before = figuresOf(equity)
        const after = figuresOf(longer)
        for (const name of ['totalReturn', 'omegaRatio', 'maxDrawdownRatio', 'drawdowns'] as const)
          expect(after[name], name).toBe(before[name])
        const dilution = Math.sqrt((equity.length - 1) / (longer.length - 1))
        if (before.sortinoRatio === null || after.sortinoRatio === null) return
        const expected = before.sortinoRatio * dilution
        expect(differences({ sortino: after.sortinoRatio }, { sortino: expected })).toEqual([])
      }),
      RUNS,
    )
  })

  it('losses are in their order: VaR ≤ CVaR, mean drawdown and ulcer index ≤ the deepest', () => {
    fc.assert(
      fc.property(anyCurve, (equity) => {
        const figures = figuresOf(equity)
        const worst = -Math.min(...equity.subarray(1).map((value, i) => value / equity[i]! - 1))
        const room = 1 + 1e-12
        expect(figures.valueAtRisk95Ratio!).toBeLessThanOrEqual(
          figures.conditionalValueAtRisk95Ratio! + 1e-15,
        )
        expect(figures.conditionalValueAtRisk95Ratio!).toBeLessThanOrEqual(worst + 1e-15)
        expect(figures.averageDrawdownRatio ?? 0).toBeLessThanOrEqual(
          figures.maxDrawdownRatio * room,
        )
        expect(figures.ulcerIndexRatio).toBeLessThanOrEqual(figures.maxDrawdownRatio * room)
        expect(figures.maxDrawdownRecoveryBars ?? 0).toBeLessThanOrEqual(figures.maxDrawdownBars)
        expect(figures.averageDrawdownBars ?? 0).toBeLessThanOrEqual(figures.maxDrawdownBars)
      }),
      RUNS,
    )
  })

  it('the probabilistic Sharpe ratio is above one half just when the Sharpe ratio is above 0', () => {
    const sideOf = (equity: Float64Array) => {
      const { sharpeRatio, probabilisticSharpeRatio } = figuresOf(equity)
      if (probabilisticSharpeRatio !== null)
        expect((probabilisticSharpeRatio - 0.5) * sharpeRatio!).toBeGreaterThanOrEqual(0)
      return Math.sign((probabilisticSharpeRatio ?? 0.5) - 0.5)
    }
    fc.assert(
      fc.property(anyCurve, (equity) => void sideOf(equity)),
      RUNS,
    )
    expect(sideOf(Float64Array.of(1000, 1010, 1000, 1020, 1030))).toBe(1)
    expect(sideOf(Float64Array.of(1000, 990, 1000, 980, 970))).toBe(-1)
  })
})

describe('for all trades', () => {
  it('their order matters to the runs only', () => {
    const anyTrade = fc
      .record({
        netPnl: fc.oneof(fc.double({ min: -50, max: 50, noNaN: true }), fc.constant(0)),
        holdingBars: fc.nat(100),
        side: fc.constantFrom('LONG' as const, 'SHORT' as const),
      })
      .map(({ netPnl, ...changes }) => simpleTrade(netPnl, changes))
    fc.assert(
      fc.property(
        fc
          .array(anyTrade, { maxLength: 40 })
          .chain((trades) =>
            fc.tuple(
              fc.constant(trades),
              fc.shuffledSubarray(trades, { minLength: trades.length }),
            ),
          ),
        ([trades, shuffled]) => {
          const unordered = (figures: TradeFigures) => {
            const { longestWinningRun: _, longestLosingRun: __, ...others } = figures
            return others
          }
          const [ours, theirs] = [shuffled, trades].map((list) => unordered(tradeFigures(list)))
          expect(differences(ours!, theirs!)).toEqual([])
        },
      ),
      RUNS,
    )
  })
})
