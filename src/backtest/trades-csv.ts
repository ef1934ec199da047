// trades.csv: one row a round trip. Its bytes are hashed: UTF-8, '\n', no quotes, ISO-8601 UTC times, and the
// shortest decimals that read back to the same float64.

import { isoTimes } from '../core/iso-time.ts'
import type { SimulationResult } from './finish-simulation.ts'

const HEADER =
  'trade,side,units,entryBar,entryTime,entryPrice,exitBar,exitTime,exitPrice,exitReason,confidence,' +
  'grossPnl,commission,slippageCost,netPnl,returnRatio,holdingBars,holdingMs,' +
  'maxFavorableExcursion,maxAdverseExcursion,symbol,entries,financingCost'

export function tradesCsv({ trades }: Pick<SimulationResult, 'trades'>): string {
  const timeText = isoTimes()
  // Joined rows are whole texts; sums of texts would take ten times their memory.
  const rows = trades.map((trade, i) =>
    [
      i + 1,
      trade.side,
      trade.units,
      trade.entryBar,
      timeText(trade.entryTimeMs),
      trade.entryPrice,
      trade.exitBar,
      timeText(trade.exitTimeMs),
      trade.exitPrice,
      trade.exitReason,
      trade.confidence,
      trade.grossPnl,
      trade.commission,
      trade.slippageCost,
      trade.netPnl,
      trade.returnRatio,
      trade.holdingBars,
      trade.holdingMs,
      trade.maxFavorableExcursion,
      trade.maxAdverseExcursion,
      trade.symbol,
      trade.entries,
      trade.financingCost,
    ].join(','),
  )
  return [HEADER, ...rows, ''].join('\n')
}
