// What a report reads from a result, and which trades it chooses to explain.

import { describe, expect, it } from 'vitest'
import { equityColumns } from '../../../src/backtest/equity-columns.ts'
import { equityFile, readEquityFile } from '../../../src/backtest/equity-file.ts'
import { tradesCsv } from '../../../src/backtest/trades-csv.ts'
import { tradesShown } from '../../../src/report/chart-data.ts'
import { curveOf, readEquityCsv, readTrades, type Trade } from '../../../src/report/result-files.ts'
import { tellingTrades } from '../../../src/report/telling-trades.ts'
import { equityTextOf } from '../../support/equity-text.ts'
import { simulatedWalk } from '../../support/simulated.ts'

const { result, inputs } = simulatedWalk(200, 5)

describe('the files of a result', () => {
  it('give back the trades', () => {
    const trades = readTrades(tradesCsv(result), 'X')
    expect(trades.length).toBe(result.trades.length)
    expect(trades.length).toBeGreaterThan(10)
    for (const [i, trade] of result.trades.entries())
      expect(trades[i]).toMatchObject({
        symbol: 'WALK',
        side: trade.side,
        entryBar: trade.entryBar,
        entryMs: trade.entryTimeMs,
        exitMs: trade.exitTimeMs,
        exitPrice: trade.exitPrice,
        netPnl: trade.netPnl,
        commission: trade.commission,
        slippageCost: trade.slippageCost,
        financingCost: trade.financingCost,
        exitReason: trade.exitReason,
      })
  })

  it.each([
    ['', curveOf(readEquityFile(equityFile(equityColumns(inputs, result))))],
    [', also of a result of before', readEquityCsv(equityTextOf(result, inputs), 'WALK')],
  ])('give back the equity%s', (_, curve) => {
    expect(curve.length).toBe(200)
    expect(curve.equity).toEqual(result.equity)
    expect(curve.closes).toEqual([
      expect.objectContaining({ symbol: 'WALK', close: inputs.bars.close }),
    ])
    expect(curve.timeMs).toEqual(inputs.bars.timestampMs)
  })

  it('may have columns in another order, more of them, and fewer', () => {
    const [trade] = readTrades('exitReason,extra,side,netPnl\nstop,1,LONG,-2.5\n', 'OLD')
    expect(trade).toMatchObject({ symbol: 'OLD', side: 'LONG', netPnl: -2.5, exitReason: 'stop' })
    expect(trade!.confidence).toBeNaN()
    expect(readTrades('side\n', 'OLD')).toEqual([])
  })
})

const trade = (entryMs: number, returnRatio: number, changes: Partial<Trade> = {}): Trade => ({
  ...readTrades(tradesCsv(result), 'WALK')[0]!,
  entryMs,
  returnRatio,
  netPnl: returnRatio,
  ...changes,
})

describe('telling trades', () => {
  const timeMs = Float64Array.from({ length: 10 }, (_, i) => 100 + i)
  const told = new Map([
    ['WALK', { timeMs, columns: [Float64Array.from({ length: 10 }, (_, i) => i / 10)] }],
    ['ODD', { timeMs: timeMs.map((ms) => 2 * ms), columns: [new Float64Array(10).fill(0.7)] }],
  ])

  it('are the best winners and the worst losers, with the memberships of the bar before the entry', () => {
    const trades = [trade(100, -0.2), trade(103, 0.3), trade(105, 0), trade(109, 0.1)]
    const { best, worst } = tellingTrades(trades, told, 1)
    expect(best.map(({ number, degrees }) => [number, degrees])).toEqual([
      [2, [0.2]],
      [4, [0.8]],
    ])
    expect(
      worst.map(({ number, degrees }) => [number, degrees]),
      'entered at the first bar',
    ).toEqual([[1, null]])
  })

  it('are told by the bars of their symbol, and of the bar itself when it is filled at that close', () => {
    const trades = [
      trade(103, 0.3),
      trade(206, 0.2, { symbol: 'ODD' }),
      trade(104, 0.1, { symbol: 'GONE' }),
    ]
    const { best } = tellingTrades(trades, told, 0)
    expect(best.map(({ degrees }) => degrees)).toEqual([[0.3], [0.7], null])
  })

  it('are five of each at most, the extreme ones first', () => {
    const trades = Array.from({ length: 20 }, (_, i) => trade(101, (i - 9.5) / 10))
    const { best, worst } = tellingTrades(trades, told, 1)
    expect(best.map(({ number }) => number)).toEqual([20, 19, 18, 17, 16])
    expect(worst.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
  })
})

describe('the trades that a page has room for', () => {
  it('are those that gained or lost most, in their order', () => {
    const trades = Array.from({ length: 1500 }, (_, i) =>
      trade(101, 1, { netPnl: i % 2 === 0 ? i : -i }),
    )
    const shown = tradesShown(trades).map(({ number }) => number)
    expect(shown).toEqual(Array.from({ length: 1000 }, (_, i) => 501 + i))
    expect(tradesShown(trades.slice(0, 1000)).length).toBe(1000)
  })
})
