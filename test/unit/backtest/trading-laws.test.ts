// What holds for every portfolio under every rule of trading (ktrdr-spec, Appendix E), beside what the naive simulation
// says of it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signedUnits } from '../../../src/backtest/account.ts'
import { equityColumns } from '../../../src/backtest/equity-columns.ts'
import { finishSimulation } from '../../../src/backtest/finish-simulation.ts'
import { SELL } from '../../../src/backtest/intents.ts'
import { beginSimulation, simulate } from '../../../src/backtest/simulate.ts'
import type { SimulationInputs } from '../../../src/backtest/simulation-inputs.ts'
import { EXIT_REASONS } from '../../../src/performance/trade.ts'
import { REJECTIONS, type SimulationState } from '../../../src/backtest/simulation-state.ts'
import { barAt, lastBarAt } from '../../../src/backtest/timeline.ts'
import { takeApart } from '../../../src/core/snapshot.ts'
import {
  anyPortfolio,
  anySolo,
  portfolioOf,
  type Portfolio,
  type Scripted,
} from '../../support/portfolios.ts'
import { runAll } from '../../support/simulations.ts'

function stateAt(inputs: SimulationInputs, step: number): SimulationState {
  const state = beginSimulation(inputs)
  simulate(state, inputs, step)
  return state
}

const atEnd = (inputs: SimulationInputs) => stateAt(inputs, inputs.timeline.length)

/** Calls `look` after every step. */
function walk(portfolio: Portfolio, look: (state: SimulationState, step: number) => void) {
  const inputs = portfolioOf(portfolio)
  const state = beginSimulation(inputs)
  for (let step = 0; step < inputs.timeline.length; step++) {
    simulate(state, inputs, step + 1)
    look(state, step)
  }
}

function check(property: (portfolio: Portfolio) => void, numRuns = 500) {
  fc.assert(fc.property(anyPortfolio, property), { numRuns })
}

describe('for all portfolios and rules of trading', () => {
  it('they end trades for every reason, and refuse orders for every reason', () => {
    const results = fc.sample(anyPortfolio, { seed: 6, numRuns: 1000 }).map((portfolio) => {
      const { trades, rejections } = runAll(portfolioOf(portfolio))
      return [trades.map((trade) => trade.exitReason), rejections.map(({ reason }) => reason)]
    })
    const met = new Set(results.flat(2))
    expect([...EXIT_REASONS, ...REJECTIONS].filter((reason) => !met.has(reason))).toEqual([])
  })

  it('trades and open positions explain the equity', () => {
    check((portfolio) => {
      const { trades, openPositions, finalEquity } = runAll(portfolioOf(portfolio))
      const { capital } = portfolio.settings
      const closed = trades.reduce((sum, { netPnl }) => sum + netPnl, 0)
      const open = openPositions.reduce((sum, { unrealizedPnl }) => sum + unrealizedPnl, 0)
      const moved = trades.reduce((sum, { units, entryPrice }) => sum + units * entryPrice, capital)
      expect(Math.abs(closed + open - (finalEquity - capital)) / moved).toBeLessThan(1e-9)
      expect(openPositions.length === 0 || portfolio.settings.leaveOpen).toBe(true)
    })
  })

  it('the columns beside the equity are the units held at each close', () => {
    check((portfolio) => {
      const inputs = portfolioOf(portfolio)
      const { instruments: columns } = equityColumns(inputs, runAll(inputs))
      walk(portfolio, ({ books }, step) => {
        for (const [i, { position }] of books.entries()) {
          // What is closed at the last close is held into it.
          if (
            barAt(inputs.timeline, inputs.instruments, i, step) ===
            inputs.instruments[i]!.endBar - 1
          )
            continue
          expect(columns[i]!.units[step]).toBe(position === null ? 0 : signedUnits(position))
        }
      })
    })
  })

  it('without leverage and shorts, no entry overdraws the cash', () => {
    check((portfolio) => {
      let [cash, trades] = [portfolio.settings.capital, 0]
      walk(longOnly(portfolio), (state) => {
        // A sale may, when a fee that is not a share of the price takes more than it brings in.
        const isOverdrawn = state.cash < 0 && cash >= 0
        expect(isOverdrawn && state.trades.length === trades).toBe(false)
        ;[cash, trades] = [state.cash, state.trades.length]
      })
    })
  })

  it('without leverage, shorts and fixed fees, the cash is never negative', () => {
    check((portfolio) => {
      const { scripted, settings } = longOnly(portfolio)
      const { costs: _, ...rest } = settings
      walk({ scripted, settings: rest }, ({ cash }) => expect(cash).toBeGreaterThanOrEqual(0))
    })
  })

  it('after an entry all positions are worth at most leverage times the equity', () => {
    check((portfolio) => {
      const { leverage = 1, order } = portfolio.settings
      const isAtClose = order?.type === 'market' && order.at === 'close'
      let before: readonly (number | undefined)[] = []
      let trades = 0
      const inputs = portfolioOf(portfolio)
      const { instruments, timeline } = inputs
      walk(portfolio, ({ books, cash, ...state }, step) => {
        const held = books.map(({ position }) => position?.units)
        const changed = books.filter((_, i) => held[i] !== before[i])
        const isOneEntry = changed.length === 1 && before[books.indexOf(changed[0]!)] === undefined
        const isAll = state.trades.length === trades
        before = held
        trades = state.trades.length
        if (!isOneEntry || !isAll) return
        const worth = books.map(({ position }, i) => {
          if (position === null) return 0
          const { entryPrice, units, side } = position
          const known = isAtClose ? step : step - 1
          const { close } = instruments[i]!.bars
          const price =
            books[i] === changed[0]
              ? entryPrice
              : close[lastBarAt(timeline, instruments, i, known)]!
          return (side === 'LONG' ? units : -units) * price
        })
        const equity = worth.reduce((sum, value) => sum + value, cash)
        const notional = worth.reduce((sum, value) => sum + Math.abs(value), 0)
        expect(notional).toBeLessThanOrEqual(leverage * equity * (1 + 1e-9))
      })
    })
  })

  it('nothing up to a step depends on what comes later', () => {
    fc.assert(
      fc.property(anyPortfolio, fc.nat(), (portfolio, pick) => {
        const inputs = portfolioOf(portfolio)
        const cut = pick % inputs.timeline.length
        const cutMs = inputs.timeline.timestampMs[cut]!
        const scripted = portfolio.scripted.map((one) => ({ ...one, ...bentAfter(cutMs, one) }))
        const bent = portfolioOf({ ...portfolio, scripted }, 1)
        expect(takeApart(stateAt(bent, cut + 1))).toEqual(takeApart(stateAt(inputs, cut + 1)))
      }),
      { numRuns: 500 },
    )
  })
})

/** The portfolio held long only, without leverage and funding. */
function longOnly({ scripted, settings }: Portfolio): Portfolio {
  const { leverage: _, ...rest } = settings
  return {
    scripted: scripted.map(({ funding: __, ...one }) => one),
    settings: { ...rest, positionSize: Math.min(1, rest.positionSize), sides: 'long' },
  }
}

/** Other bars and other wishes after `cutMs`. */
function bentAfter(cutMs: number, { bars, bits }: Scripted): Pick<Scripted, 'bars' | 'bits'> {
  const { timestampMs } = bars
  const bend = (column: Float64Array) =>
    column.map((value, i) => (timestampMs[i]! > cutMs ? value * 3 + 7 : value))
  return {
    bars: {
      ...bars,
      open: bend(bars.open),
      high: bend(bars.high),
      low: bend(bars.low),
      close: bend(bars.close),
      volume: bend(bars.volume),
    },
    bits: bits.map((value, i) => (timestampMs[i]! > cutMs ? SELL : value)),
  }
}

describe('what is done at once is what is done step by step', () => {
  it('whatever the blocks that intents come in', () => {
    check((portfolio) => {
      const expected = takeApart(atEnd(portfolioOf(portfolio)))
      for (const block of [1, 7])
        expect(takeApart(atEnd(portfolioOf(portfolio, block)))).toEqual(expected)
    })
  })

  it('for one symbol as for one of two, of which the other never trades', () => {
    const property = (portfolio: Portfolio) => {
      const [only] = portfolio.scripted
      const idle = { ...only!, symbol: 'Z', bits: only!.bits.map(() => 0) }
      const [alone, beside] = [
        atEnd(portfolioOf(portfolio)),
        atEnd(portfolioOf({ ...portfolio, scripted: [only!, idle] })),
      ]
      const ofTheOne = { ...beside, books: beside.books.slice(0, 1) }
      expect(takeApart(ofTheOne)).toEqual(takeApart(alone))
    }
    fc.assert(fc.property(anySolo, property), { numRuns: 2000 })
  })

  it('whatever the order in which symbols are given', () => {
    check((portfolio) => {
      const backwards = portfolioOf({ ...portfolio, scripted: portfolio.scripted.toReversed() })
      const forwards = portfolioOf(portfolio)
      expect(takeApart(atEnd(backwards))).toEqual(takeApart(atEnd(forwards)))
      expect(finishSimulation(atEnd(backwards), backwards)).toEqual(
        finishSimulation(atEnd(forwards), forwards),
      )
    })
  })
})
