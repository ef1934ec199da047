// The trades by what closed them: whether stops and targets help or hurt.

import { EXIT_REASONS, type Trade } from './trade.ts'

/** As in trade-figures.ts. */
export type ExitFigures = {
  readonly reason: string
  readonly trades: number
  readonly winRateRatio: number
  readonly netProfit: number
  readonly averageHoldingBars: number
}

export type ExitReasons = {
  /** Those with trades, in the order of EXIT_REASONS. */
  readonly exitsByReason: readonly ExitFigures[]
}

type Closed = Pick<Trade, 'netPnl' | 'holdingBars'> & { readonly exitReason: string }

const ORDER: readonly string[] = EXIT_REASONS

export function exitReasons(trades: readonly Closed[]): ExitReasons {
  const groups = new Map<string, { trades: number; wins: number; profit: number; bars: number }>()
  for (const { exitReason, netPnl, holdingBars } of trades) {
    const group = groups.get(exitReason) ?? { trades: 0, wins: 0, profit: 0, bars: 0 }
    groups.set(exitReason, group)
    group.trades++
    if (netPnl > 0) group.wins++
    group.profit += netPnl
    group.bars += holdingBars
  }
  return {
    exitsByReason: [...groups]
      .toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
      .map(([reason, group]) => ({
        reason,
        trades: group.trades,
        winRateRatio: group.wins / group.trades,
        netProfit: group.profit,
        averageHoldingBars: group.bars / group.trades,
      })),
  }
}
