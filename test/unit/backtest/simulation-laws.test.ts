// What holds for every simulation (ktrdr-spec, Appendix E).

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beginSimulation, simulate } from '../../../src/backtest/simulate.ts'
import { takeApart } from '../../../src/core/snapshot.ts'
import { readForecast } from '../../support/decide.ts'
import {
  anySimulation,
  FORECASTS,
  runAll,
  simulationOf,
  type OneSimulation,
} from '../../support/simulations.ts'

/** |actual − expected| relative to the money that moves. */
function drift(actual: number, expected: number, scale: number): number {
  return Math.abs(actual - expected) / Math.abs(scale)
}

function check(property: (inputs: OneSimulation) => void) {
  fc.assert(fc.property(anySimulation, property), { numRuns: 500 })
}

describe('for all paths, forecasts, costs and settings', () => {
  it('the trades explain the equity: Σ net P&L = final equity − capital', () => {
    check((inputs) => {
      const { trades, finalEquity, metrics } = runAll(inputs)
      const { capital } = inputs.settings
      const sum = trades.reduce((total, trade) => total + trade.netPnl, 0)
      expect(drift(sum, finalEquity - capital, Math.max(capital, finalEquity))).toBeLessThan(1e-9)
      expect(metrics.totalReturn).toBe(finalEquity - capital)
    })
  })

  it('cash is never negative without shorts', () => {
    check((inputs) => {
      const { settings } = inputs
      const decisions = {
        ...settings.decisions,
        outputFormat: 'classification',
        positionAwareness: true,
        allowShortFromFlat: false,
      } as const
      const longOnly = simulationOf({ ...inputs, settings: { ...settings, decisions } })
      const state = beginSimulation(longOnly)
      for (let step = 0; step < inputs.timeline.length; step++) {
        simulate(state, longOnly, step + 1)
        expect(state.cash).toBeGreaterThanOrEqual(0)
      }
    })
  })

  it('fills happen at the open of a bar, slippage against us, after a signal on the bar before', () => {
    check((inputs) => {
      const { bars, endBar, forecastAt, settings } = inputs
      const { slippage, decisions } = settings
      const signalBefore = (bar: number) => readForecast(forecastAt(bar - 1)!, decisions)
      const { trades } = runAll(inputs)
      for (const { side, entryBar, entryPrice, exitBar, exitPrice, exitReason } of trades) {
        const slipIn = side === 'LONG' ? 1 + slippage : 1 - slippage
        const slipOut = side === 'LONG' ? 1 - slippage : 1 + slippage
        const exits = exitReason === 'signal' ? bars.open : bars.close
        expect(entryPrice).toBe(bars.open[entryBar]! * slipIn)
        expect(exitPrice).toBe(exits[exitBar]! * slipOut)
        expect(signalBefore(entryBar)).toBe(side === 'LONG' ? 'BUY' : 'SELL')
      }
      for (const { side, exitBar } of trades.filter((trade) => trade.exitReason === 'signal'))
        expect(signalBefore(exitBar)).toBe(side === 'LONG' ? 'SELL' : 'BUY')
      for (const { exitBar } of trades.filter((trade) => trade.exitReason === 'end of data'))
        expect(exitBar).toBe(endBar - 1)
    })
  })

  it('nothing up to a bar depends on later bars or later forecasts', () => {
    fc.assert(
      fc.property(anySimulation, fc.nat(), (inputs, pick) => {
        const cut = inputs.firstBar + (pick % (inputs.endBar - inputs.firstBar))
        const bend = (column: Float64Array) =>
          column.map((price, bar) => (bar > cut ? price * 3 + 7 : price))
        const other = simulationOf({
          ...inputs,
          bars: { ...inputs.bars, open: bend(inputs.bars.open), close: bend(inputs.bars.close) },
          forecastAt: (bar) => (bar > cut ? FORECASTS.SELL : inputs.forecastAt(bar)),
        })
        const states = [inputs, other].map((each) => {
          const state = beginSimulation(each)
          simulate(state, each, cut + 1 - inputs.firstBar)
          return takeApart(state)
        })
        expect(states[1]).toEqual(states[0])
      }),
      { numRuns: 500 },
    )
  })

  it('whole units are whole, and no entry invests more than its share', () => {
    check((inputs) => {
      const { settings, firstBar } = inputs
      const { trades, equity } = runAll(inputs)
      for (const { units, entryBar, entryPrice } of trades) {
        expect(Number.isInteger(units) || !settings.wholeUnits, `${units} units`).toBe(true)
        expect(units).toBeGreaterThan(0)
        const flat = equity[entryBar - 1 - firstBar]! // before an entry all equity is cash
        const reference = inputs.bars.open[entryBar]!
        const invested = units * reference * (1 + settings.commission)
        expect(invested / flat).toBeLessThanOrEqual(settings.positionSize * (1 + 1e-12))
        const paid = units * entryPrice * (1 + settings.commission)
        expect(paid, 'never more than there is').toBeLessThanOrEqual(flat * (1 + 1e-12))
      }
    })
  })

  it('excursions are those of the closes held', () => {
    check((inputs) => {
      for (const trade of runAll(inputs).trades) {
        const { side, units, entryPrice, entryBar, holdingBars, exitReason } = trade
        const closes = exitReason === 'signal' ? holdingBars : holdingBars + 1
        const held = inputs.bars.close.subarray(entryBar, entryBar + closes)
        const pnl = (close: number) => (side === 'LONG' ? close - entryPrice : entryPrice - close)
        const marks = Array.from(held, (close) => pnl(close) * units)
        expect(trade.maxFavorableExcursion).toBe(Math.max(0, ...marks))
        expect(trade.maxAdverseExcursion).toBe(Math.min(0, ...marks))
      }
    })
  })

  it('equity moves with the position held, by units · change of the close', () => {
    check((inputs) => {
      const { bars, firstBar } = inputs
      const { trades, equity } = runAll(inputs)
      for (const { side, units, entryBar, exitBar } of trades)
        for (let bar = entryBar + 1; bar < exitBar; bar++) {
          const change =
            (side === 'LONG' ? units : -units) * (bars.close[bar]! - bars.close[bar - 1]!)
          const [before, after] = [equity[bar - 1 - firstBar]!, equity[bar - firstBar]!]
          const scale = Math.max(Math.abs(before), units * bars.close[bar]!)
          expect(drift(after - before, change, scale), `bar ${bar}`).toBeLessThan(1e-12)
        }
    })
  })
})
