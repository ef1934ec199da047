// The engine against the naive simulation: the same trades, equity and refusals whatever the path and the rules.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noRejections } from '../../../src/backtest/simulation-state.ts'
import { naiveSimulation } from '../../support/naive-simulation.ts'
import { anyPortfolio, anySolo, portfolioOf, type Portfolio } from '../../support/portfolios.ts'
import { runAll } from '../../support/simulations.ts'

function expectTheSame(portfolio: Portfolio): void {
  const inputs = portfolioOf(portfolio)
  const engine = runAll(inputs)
  const naive = naiveSimulation(inputs.instruments, portfolio.settings)
  expect(engine.trades.map(inWords)).toEqual(naive.trades.map(inWords))
  expect(engine.rejectedOrders).toEqual({ ...noRejections(), ...naive.rejected })
  expect(engine.unfilledSignals).toBe(naive.waiting)
  for (const [i, trade] of engine.trades.entries())
    for (const figure of FIGURES) {
      const [ours, theirs] = [trade[figure], naive.trades[i]![figure]]
      const scale = Math.max(Math.abs(theirs), trade.units * trade.entryPrice * 1e-6)
      expect(Math.abs(ours - theirs) / scale, `${figure} of trade ${i}`).toBeLessThan(1e-9)
    }
  expect(engine.equity.length).toBe(naive.equity.length)
  for (const [i, ours] of engine.equity.entries()) {
    const moved = Math.max(portfolio.settings.capital, Math.abs(naive.equity[i]!))
    expect(Math.abs(ours - naive.equity[i]!) / moved, `equity of step ${i}`).toBeLessThan(1e-9)
  }
}

type Words = {
  readonly symbol: string
  readonly side: string
  readonly entries: number
  readonly entryBar: number
  readonly exitBar: number
  readonly exitReason: string
}

const inWords = ({ symbol, side, entries, entryBar, exitBar, exitReason }: Words) =>
  `${symbol} ${side} ${entries}: ${entryBar} to ${exitBar}, ${exitReason}`

const FIGURES = ['units', 'entryPrice', 'exitPrice', 'commission', 'financingCost'] as const

describe('the engine does what a naive reading of the assumptions does', () => {
  it('for one symbol', () => {
    fc.assert(fc.property(anySolo, expectTheSame), { numRuns: 1500 })
  })

  it('for several symbols that share their cash', () => {
    fc.assert(fc.property(anyPortfolio, expectTheSame), { numRuns: 700 })
  })
})
