// Where orders may be filled, for every portfolio under every rule of trading.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slippageShare, spreadShare } from '../../../src/backtest/costs.ts'
import { beginSimulation, simulate } from '../../../src/backtest/simulate.ts'
import { finishSimulation } from '../../../src/backtest/finish-simulation.ts'
import type { SimulationInputs } from '../../../src/backtest/simulation-inputs.ts'
import type { Trade } from '../../../src/performance/trade.ts'
import type { Order } from '../../../src/backtest/simulation-state.ts'
import { anyPortfolio, portfolioOf } from '../../support/portfolios.ts'

/** A trade of one entry, with the order that became it and the prices that the bars had at its fills. */
type Filled = {
  readonly trade: Trade
  readonly order: Pick<Order, 'limitPrice' | 'stopPrice'>
  readonly inputs: SimulationInputs
  readonly entry: number
  readonly exit: number
}

/** All trades that nothing was added to. */
function fillsOf(inputs: SimulationInputs): Filled[] {
  const orders = new Map<string, Filled['order']>()
  const state = beginSimulation(inputs)
  const { instruments, settings } = inputs
  for (let step = 0; step < inputs.timeline.length; step++) {
    for (const [i, { order }] of state.books.entries())
      for (let next = (order?.bar ?? Infinity) + 1; next < instruments[i]!.endBar; next++)
        orders.set(`${instruments[i]!.symbol} ${next}`, { ...order! })
    simulate(state, inputs, step + 1)
  }
  const { trades } = finishSimulation(state, inputs)
  return trades
    .filter(({ entries }) => entries === 1)
    .map((trade) => {
      const { symbol, side, units, entryBar, entryPrice, exitBar, exitPrice, exitReason } = trade
      const { bars } = instruments.find((one) => one.symbol === symbol)!
      const { order: how } = settings
      const reference = (price: number, buys: boolean, bar: number, isMaker: boolean) => {
        const share = isMaker
          ? spreadShare(buys, settings)
          : slippageShare(buys, units, bars, bar, settings)
        return price / (buys ? 1 + share : 1 - share)
      }
      const rests = how?.type === 'limit' || how?.type === 'stop-limit'
      return {
        trade,
        inputs,
        order: orders.get(`${symbol} ${entryBar}`) ?? { limitPrice: null, stopPrice: null },
        entry: reference(entryPrice, side === 'LONG', entryBar, rests),
        exit: reference(exitPrice, side === 'SHORT', exitBar, exitReason === 'take profit'),
      }
    })
}

function check(property: (filled: Filled) => void) {
  const all = (portfolio: Parameters<typeof portfolioOf>[0]) =>
    fillsOf(portfolioOf(portfolio)).forEach(property)
  fc.assert(fc.property(anyPortfolio, all), { numRuns: 400 })
}

const ROOM = 1e-9

/** Whether `a` is at most `b`, but for rounding. */
const atMost = (a: number, b: number) => a <= b * (1 + ROOM)

describe('a fill', () => {
  it('lies inside its bar, before slippage and spread', () => {
    check(({ trade, inputs, entry, exit }) => {
      const { bars } = inputs.instruments.find(({ symbol }) => symbol === trade.symbol)!
      for (const [price, bar] of [
        [entry, trade.entryBar],
        [exit, trade.exitBar],
      ] as const) {
        expect(atMost(bars.low[bar]!, price), `${price} is below bar ${bar}`).toBe(true)
        expect(atMost(price, bars.high[bar]!), `${price} is above bar ${bar}`).toBe(true)
      }
    })
  })

  it('of a limit order is never worse than the limit, of a stop never better than the stop', () => {
    check(({ trade, order, inputs, entry }) => {
      const isLong = trade.side === 'LONG'
      const { limitPrice, stopPrice } = order
      const isStop = inputs.settings.order?.type === 'stop'
      const beyond = limitPrice === null ? 0 : trade.entryPrice - limitPrice
      const before = isStop ? stopPrice! - entry : 0
      expect(isLong ? beyond : -beyond).toBeLessThanOrEqual(0)
      expect(isLong ? before : -before).toBeLessThanOrEqual(ROOM * entry)
    })
  })

  it('of an exit keeps to its price, or is at the open that passed it', () => {
    check(({ trade, inputs, entry, exit }) => {
      const { side, entryPrice, entryBar, exitBar, exitPrice, exitReason, symbol } = trade
      const { stopLoss, takeProfit } = inputs.settings.exits ?? {}
      const { bars } = inputs.instruments.find((one) => one.symbol === symbol)!
      const away = side === 'LONG' ? 1 : -1
      // Where the position was first seen on the bar: the entry may itself lie beyond the stop.
      const first = entryBar === exitBar ? entry : bars.open[exitBar]!
      const isAt = (price: number) => Math.abs(exit / price - 1) < ROOM
      if (exitReason === 'stop loss' && stopLoss?.kind === 'ratio') {
        const stop = entryPrice * (1 - away * stopLoss.ratio)
        expect(away > 0 ? atMost(exit, stop) : atMost(stop, exit)).toBe(true)
        expect(isAt(stop) || isAt(first)).toBe(true)
      }
      if (exitReason === 'take profit' && takeProfit?.kind === 'ratio') {
        const target = entryPrice * (1 + away * takeProfit.ratio)
        expect(away > 0 ? atMost(target, exitPrice) : atMost(exitPrice, target)).toBe(true)
        expect(Math.abs(exitPrice / target - 1) < ROOM || isAt(first)).toBe(true)
      }
      if (exitReason === 'time limit') {
        expect(isAt(bars.open[exitBar]!)).toBe(true)
        expect(exitBar - entryBar).toBe(inputs.settings.exits!.maxBars)
      }
      if (exitReason === 'end of data') expect(isAt(bars.close[exitBar]!)).toBe(true)
    })
  })
})
