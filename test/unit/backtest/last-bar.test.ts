// What becomes of positions and orders where the bars of a symbol end, and those of others do not.

import { describe, expect, it } from 'vitest'
import { equityColumns } from '../../../src/backtest/equity-columns.ts'
import { BUY, SELL } from '../../../src/backtest/intents.ts'
import type { SimulationSettings } from '../../../src/trading/simulation-settings.ts'
import { FLAT, play, tradesOf, type Row } from '../../support/played.ts'
import { FREE, portfolioOf, scriptedBars } from '../../support/portfolios.ts'
import { runAll } from '../../support/simulations.ts'

const flat = (bars: number): Row[] => Array.from({ length: bars }, () => FLAT)

/** A rises to 110 and ends with bar 3; B goes on at 100. */
function twoSymbols(
  settings: Partial<SimulationSettings>,
  ofA: Readonly<Record<number, number>>,
  ofB: Readonly<Record<number, number>>,
) {
  const rising: Row[] = [FLAT, FLAT, FLAT, [100, 110, 100, 110]]
  const inputs = portfolioOf({
    scripted: [scriptedBars(rising, ofA, 'A'), scriptedBars(flat(7), ofB, 'B')],
    settings: { ...FREE, lotStep: 1, ...settings },
  })
  const result = runAll(inputs)
  return { result, columns: equityColumns(inputs, result) }
}

describe('a symbol whose bars end before those of others', () => {
  it('is sold at its last close, and its money is there for the others', () => {
    const { result, columns } = twoSymbols({}, { 0: BUY }, { 1: BUY, 3: BUY, 5: SELL })
    expect(result.rejectedOrders.noMargin, 'while A has all the money').toBe(1)
    expect(result.trades).toMatchObject([
      { symbol: 'A', units: 100, exitBar: 3, exitPrice: 110, exitReason: 'end of data' },
      { symbol: 'B', units: 110, entryBar: 4, exitBar: 6, exitReason: 'signal' },
    ])
    expect([...result.equity]).toEqual([10_000, 10_000, 10_000, 11_000, 11_000, 11_000, 11_000])
    expect(result.barsInPosition).toBe(5)
    expect([...columns.instruments[0]!.units]).toEqual([0, 100, 100, 100, 0, 0, 0])
    expect([...columns.instruments[1]!.units]).toEqual([0, 0, 0, 0, 110, 110, 0])
  })

  it('pays for being sold on its last bar, not at the end', () => {
    const { result } = twoSymbols(
      { commission: 0.1, sizing: { kind: 'units', units: 10 } },
      { 0: BUY },
      {},
    )
    expect(result.trades).toMatchObject([{ units: 10, commission: 100 + 110 }])
    expect([...result.equity].map(Math.round)).toEqual([10_000, 9900, 9900, 9890, 9890, 9890, 9890])
  })

  it('stays as it is when positions are left open', () => {
    const { result, columns } = twoSymbols({ leaveOpen: true }, { 0: BUY }, { 3: BUY })
    expect(result.openPositions).toMatchObject([{ symbol: 'A', unrealizedPnl: 1000 }])
    expect(result.trades).toEqual([])
    expect(result.barsInPosition).toBe(6)
    expect([...columns.instruments[0]!.units]).toEqual([0, 100, 100, 100, 100, 100, 100])
  })
})

describe('orders at the close', () => {
  const order = { type: 'market', at: 'close' } as const

  it('leave on the last bar and enter no more, which would be undone at once', () => {
    const entered = play(flat(3), { 2: 'BUY' }, { order, commission: 0.01 })
    expect(entered).toMatchObject({ trades: [], finalEquity: 10_000, unfilledSignals: 1 })
    const left = play(flat(3), { 0: 'BUY', 2: 'SELL' }, { order, reverse: true })
    expect(tradesOf(left)).toEqual([[0, 100, 2, 100, 'signal']])
    expect(left.unfilledSignals, 'the short').toBe(1)
  })

  it('enter on the last bar what is left open', () => {
    const { openPositions } = play(flat(3), { 2: 'BUY' }, { order, lotStep: 1, leaveOpen: true })
    expect(openPositions).toMatchObject([{ side: 'LONG', units: 100, entryBar: 2 }])
  })
})
