import { describe, expect, it } from 'vitest'
import { exitReasons } from '../../../src/performance/exit-reasons.ts'
import { simpleTrade } from '../../support/trades.ts'

describe('trades by what closed them', () => {
  it('are grouped in the order of the reasons, those with trades', () => {
    const { exitsByReason } = exitReasons([
      simpleTrade(3, { exitReason: 'end of data', holdingBars: 1 }),
      simpleTrade(-8, { exitReason: 'stop loss', holdingBars: 2 }),
      simpleTrade(5, { exitReason: 'signal', holdingBars: 7 }),
      simpleTrade(-1, { exitReason: 'stop loss', holdingBars: 3 }),
      simpleTrade(0, { exitReason: 'signal', holdingBars: 2 }),
    ])
    expect(exitsByReason).toEqual([
      { reason: 'signal', trades: 2, winRateRatio: 0.5, netProfit: 5, averageHoldingBars: 4.5 },
      { reason: 'stop loss', trades: 2, winRateRatio: 0, netProfit: -9, averageHoldingBars: 2.5 },
      { reason: 'end of data', trades: 1, winRateRatio: 1, netProfit: 3, averageHoldingBars: 1 },
    ])
  })

  it('are none without a trade', () => {
    expect(exitReasons([])).toEqual({ exitsByReason: [] })
  })
})
