// What holds for every portfolio under every rule of trading (ktrdr-spec, Appendix E), beside what the naive simulation
// says of it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { finishSimulation } from '../../../src/backtest/finish-simulation.ts'
import { ENTER_LONG, ENTER_SHORT, SELL } from '../../../src/backtest/intents.ts'
import { beginSimulation, simulate } from '../../../src/backtest/simulate.ts'
import type { SimulationInputs } from '../../../src/backtest/simulation-inputs.ts'
import {
  EXIT_REASONS,
  REJECTIONS,
  type SimulationState,
} from '../../../src/backtest/simulation-state.ts'
import { lastBarAt } from '../../../src/backtest/timeline.ts'
import { takeApart } from '../../../src/core/snapshot.ts'
import { anyPortfolio, anySolo, portfolioOf, type Portfolio } from '../../support/portfolios.ts'
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

  it('without leverage and shorts, no entry overdraws the cash', () => {
    check((portfolio) => {
      const { leverage: _, ...rest } = portfolio.settings
      const settings = { ...rest, positionSize: Math.min(1, rest.positionSize), sides: 'long' } as const
      const scripted = portfolio.scripted.map(({ funding: __, ...one }) => one)
      let before: SimulationState | null = null
      walk({ scripted, settings }, (state) => {
        // Only a fee that is not a share of the price may take more than the sale brings in.
        const sells = before !== null && state.trades.length > before.trades.length
        if (!sells || (before?.cash ?? 0) >= 0) expect(state.cash >= 0 || sells).toBe(true)
        before = structuredClone(state)
      })
    })
  })

  it('without leverage, shorts and fixed fees, the cash is never negative', () => {
    check((portfolio) => {
      const { leverage: _, costs: __, ...rest } = portfolio.settings
      const settings = { ...rest, positionSize: Math.min(1, rest.positionSize), sides: 'long' } as const
      const scripted = portfolio.scripted.map(({ funding: ___, ...one }) => one)
      walk({ scripted, settings }, ({ cash }) => expect(cash).toBeGreaterThanOrEqual(0))
    })
  })
})

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
      const { books, ...rest } = takeApart(beside).state as SimulationState
      expect({ ...rest, books: books.slice(0, 1) }).toEqual(takeApart(alone).state)
      expect(takeApart(beside).columns).toEqual(takeApart(alone).columns)
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
