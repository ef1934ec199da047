// What fills cost and how large entries are, by hand arithmetic.

import { describe, expect, it } from 'vitest'
import type { SimulationSettings } from '../../../src/trading/simulation-settings.ts'
import { FLAT, play, ratio, type Row } from '../../support/played.ts'

/** In at the open of bar 1, out at the open of bar 3. */
const inAndOut = { 0: 'BUY', 2: 'SELL' } as const
const flat: readonly Row[] = [FLAT, FLAT, FLAT, FLAT]

function onlyTrade(
  settings: Partial<SimulationSettings>,
  rows = flat,
  ...rest: [Parameters<typeof play>[1]?, Parameters<typeof play>[3]?]
) {
  const { trades } = play(rows, rest[0] ?? inAndOut, settings, rest[1])
  expect(trades.length).toBe(1)
  return trades[0]!
}

const units = (count: number) => ({ sizing: { kind: 'units', units: count } }) as const

describe('commission', () => {
  it('is a share of the value, plus so much a unit and an order', () => {
    const costs = { commissionPerUnit: 0.05, commissionPerOrder: 1 }
    const { commission } = onlyTrade({ ...units(50), commission: 0.001, costs })
    expect(commission).toBeCloseTo(2 * (5 + 2.5 + 1), 10)
  })

  it('is the minimum at least', () => {
    const costs = { minCommission: 20 }
    expect(onlyTrade({ ...units(50), commission: 0.001, costs }).commission).toBe(40)
    expect(onlyTrade({ ...units(50), commission: 0.01, costs }).commission).toBe(100)
  })

  it('of limits and targets is that of a maker', () => {
    const order = { type: 'limit', offset: ratio(0), expiryBars: null } as const
    const costs = { makerCommission: 0.0002 }
    const exits = { takeProfit: ratio(0.1) }
    const settings = { ...units(50), commission: 0.001, costs, exits }
    expect(onlyTrade({ ...settings, order }).commission).toBeCloseTo(50 * 100 * 0.0012, 10)
    const met: Row[] = [FLAT, FLAT, [100, 120, 100, 100], FLAT]
    expect(onlyTrade({ ...settings, order }, met, { 0: 'BUY' }).commission).toBeCloseTo(
      50 * (100 + 110) * 0.0002,
      10,
    )
  })

  it('is inside what an entry invests, all fees of it', () => {
    const costs = { commissionPerUnit: 0.5, commissionPerOrder: 7, minCommission: 30 }
    const most = onlyTrade({ commission: 0.001, costs, leaveOpen: true })
    expect(most.units * (100 * 1.001 + 0.5) + 7).toBeCloseTo(10_000, 8)
    const least = onlyTrade({ commission: 0.001, costs, positionSize: 0.1 })
    expect(least.units * 100 + 30, 'the minimum of 30 is more than the rest').toBeCloseTo(1000, 8)
  })
})

describe('slippage', () => {
  it('is a share of the range of the bar before the fill', () => {
    const rows: Row[] = [[100, 104, 96, 100], FLAT, [100, 102, 98, 100], FLAT]
    const { entryPrice, exitPrice } = onlyTrade({ costs: { slippageOfRange: 0.25 } }, rows)
    expect(entryPrice).toBeCloseTo(102, 10)
    expect(exitPrice).toBeCloseTo(99, 10)
  })

  it('grows with the square of the share of the volume, of which an entry takes a part', () => {
    const costs = { slippageOfVolume: { impact: 0.1, maxShare: 0.05 } }
    const { units: count, entryPrice, exitPrice, slippageCost } = onlyTrade({ costs })
    expect(count, '5 % of 1000').toBe(50)
    expect(entryPrice).toBeCloseTo(100 * (1 + 0.1 * 0.05 ** 2), 10)
    expect(exitPrice).toBeCloseTo(100 * (1 - 0.1 * 0.05 ** 2), 10)
    expect(slippageCost).toBeCloseTo(2 * 50 * 0.025, 8)
  })

  it('leaves nothing of a price at worst, and nobody sells short for nothing', () => {
    const costs = { slippageOfVolume: { impact: 3, maxShare: 0.5 } }
    const thin: Row[] = [FLAT, FLAT, FLAT, [100, 100, 100, 100, 0]]
    expect(onlyTrade({ ...units(50), costs }, thin).exitPrice).toBe(0)
    const short = play(
      flat,
      { 0: 'SELL' },
      { ...units(500), leverage: 10, costs: { slippageOfVolume: { impact: 9, maxShare: 0.9 } } },
    )
    expect(short).toMatchObject({ trades: [], rejectedOrders: { zeroSize: 1 } })
  })

  it('includes half of the spread, or all of it for buys where the bars are bids', () => {
    const middle = onlyTrade({ ...units(1), costs: { spread: 0.002 } })
    expect([middle.entryPrice, middle.exitPrice]).toEqual([100.1, 99.9])
    const bid = onlyTrade({ ...units(1), costs: { spread: 0.002, prices: 'bid' } })
    expect([bid.entryPrice, bid.exitPrice]).toEqual([100.2, 100])
  })
})

describe('holding', () => {
  it('a short pays the borrow fee for the time it is held, of its value at the last close', () => {
    const rows: Row[] = [FLAT, [100, 110, 100, 110], FLAT, FLAT]
    const trade = onlyTrade({ ...units(50), costs: { borrowFee: 0.1 } }, rows, {
      0: 'SELL',
      2: 'BUY',
    })
    const hours = (50 * 110 + 50 * 100) * 0.1
    expect(trade.financingCost).toBeCloseTo(hours / (365.25 * 24), 12)
    expect(trade.netPnl).toBeCloseTo(-trade.financingCost, 12)
    expect(onlyTrade({ ...units(50), costs: { borrowFee: 0.1 } }).financingCost).toBe(0)
  })

  it('a long pays funding at the open after it is due, a short receives it', () => {
    const rows: Row[] = [FLAT, FLAT, [110, 110, 110, 110], FLAT]
    const at = (hour: number) => Date.UTC(2024, 0, 1, hour)
    const due = [at(1), at(1) + 60_000, at(2), at(3) + 60_000] // the first before it is held, the last after
    const funding = {
      length: 4,
      timestampMs: Float64Array.from(due),
      rate: Float64Array.of(0.5, 0.01, 0.02, 0.5),
    }
    const long = onlyTrade(units(10), rows, inAndOut, { funding })
    expect(long.financingCost).toBeCloseTo(10 * 110 * 0.03, 10)
    const short = onlyTrade(units(10), rows, { 0: 'SELL', 2: 'BUY' }, { funding })
    expect(short.financingCost).toBeCloseTo(-10 * 110 * 0.03, 10)
  })
})

describe('size', () => {
  it('is a share of the equity, of money, or units', () => {
    expect(onlyTrade({ positionSize: 0.3 }).units).toBe(30)
    expect(onlyTrade({ sizing: { kind: 'cash', amount: 5000 }, commission: 0.25 }).units).toBe(40)
    expect(onlyTrade(units(7)).units).toBe(7)
    expect(onlyTrade(units(700)).units, 'at most what can be paid').toBeCloseTo(100, 10)
  })

  it('gives the volatility asked for, of the moves before the decision', () => {
    const rows: Row[] = [FLAT, [100, 110, 100, 110], [110, 110, 99, 99], FLAT, FLAT]
    const sizing = { kind: 'volatility', target: 1, bars: 2 } as const
    const trade = onlyTrade({ sizing }, rows, { 2: 'BUY' })
    const yearly = Math.sqrt((0.1 ** 2 + 0.1 ** 2) / (2 / (365.25 * 24))) // two hours
    expect(trade.units).toBeCloseTo(10_000 / yearly / 100, 10)
  })

  it('loses the share asked for at the stop', () => {
    const exits = { stopLoss: ratio(0.02) }
    const rows: Row[] = [FLAT, FLAT, [100, 100, 90, 90], FLAT]
    const trade = onlyTrade({ sizing: { kind: 'risk', ratio: 0.01 }, exits }, rows, { 0: 'BUY' })
    expect(trade.units).toBeCloseTo(50, 10)
    expect(trade.netPnl).toBeCloseTo(-100, 10)
  })

  it('is rounded down to whole lots, as many as can be paid', () => {
    expect(onlyTrade({ lotStep: 3 }).units).toBe(99)
    expect(onlyTrade({ wholeUnits: true, commission: 0.001 }).units).toBe(99)
    expect(onlyTrade({ lotStep: 1 }).units, 'the money is just enough').toBe(100)
    expect(onlyTrade({ ...units(0.3), lotStep: 0.1 }).units).toBeCloseTo(0.3, 12)
  })

  it('with leverage leaves room for the commission', () => {
    const {
      units: count,
      entryPrice,
      commission,
    } = onlyTrade({
      leverage: 2,
      positionSize: 2,
      commission: 0.001,
    })
    const equity = 10_000 - commission / 2 // of the entry
    expect(count * entryPrice).toBeCloseTo(2 * equity, 8)
  })

  it('of a second entry makes the mean price, and the costs add up', () => {
    const rows: Row[] = [FLAT, FLAT, [110, 110, 110, 110], [120, 120, 120, 120]]
    const settings = { ...units(10), maxEntries: 2, commission: 0.001 }
    const trade = onlyTrade(settings, rows, { 0: 'BUY', 1: 'BUY', 2: 'SELL' })
    expect(trade).toMatchObject({ entries: 2, units: 20, entryBar: 1, entryPrice: 105 })
    expect(trade.commission).toBeCloseTo(1 + 1.1 + 2.4, 10)
    expect(trade.grossPnl).toBeCloseTo(300, 10)
  })
})
