// trades.csv: one row a round trip. Its bytes are hashed: UTF-8, '\n', no quotes, ISO-8601 UTC times, and the
// shortest decimals that read back to the same float64.

import type { SimulationResult } from './finish-simulation.ts'

const HEADER =
  'trade,side,units,entryBar,entryTime,entryPrice,exitBar,exitTime,exitPrice,exitReason,confidence,' +
  'grossPnl,commission,slippageCost,netPnl,returnRatio,holdingBars,holdingMs,' +
  'maxFavorableExcursion,maxAdverseExcursion,symbol,entries,financingCost\n'

export function tradesCsv(result: Pick<SimulationResult, 'trades'>): string {
  const rows = result.trades.map((trade, i) => [
    i + 1,
    trade.side,
    trade.units,
    trade.entryBar,
    new Date(trade.entryTimeMs).toISOString(),
    trade.entryPrice,
    trade.exitBar,
    new Date(trade.exitTimeMs).toISOString(),
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
  ])
  return HEADER + rows.map((row) => `${row.join(',')}\n`).join('')
}
