// A trade with a given result, for tests that look at lists of trades.

import type { Trade } from '../../src/performance/trade.ts'

const DAY_MS = 86_400_000

/** One unit at 100, held for four daily bars, at a commission of 2 and a slippage of 1. */
export function simpleTrade(netPnl: number, changes: Partial<Trade> = {}): Trade {
  return {
    symbol: 'X',
    side: 'LONG',
    units: 1,
    entries: 1,
    entryBar: 10,
    entryTimeMs: 0,
    entryPrice: 100,
    exitBar: 14,
    exitTimeMs: 4 * DAY_MS,
    exitPrice: 100,
    exitReason: 'signal',
    confidence: 1,
    grossPnl: netPnl + 2,
    commission: 2,
    slippageCost: 1,
    financingCost: 0,
    netPnl,
    returnRatio: netPnl / 100,
    holdingBars: 4,
    holdingMs: 4 * DAY_MS,
    maxFavorableExcursion: 0,
    maxAdverseExcursion: 0,
    ...changes,
  }
}
