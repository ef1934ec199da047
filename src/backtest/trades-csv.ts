// trades.csv: one row a round trip. Its bytes are hashed: UTF-8, '\n', no quotes, ISO-8601 UTC times, and the
// shortest decimals that read back to the same float64.

import { isoTimes } from '../core/iso-time.ts'
import type { SimulationResult } from './finish-simulation.ts'
import type { Trade } from './simulation-state.ts'

const HEADER =
  'trade,side,units,entryBar,entryTime,entryPrice,exitBar,exitTime,exitPrice,exitReason,confidence,' +
  'grossPnl,commission,slippageCost,netPnl,returnRatio,holdingBars,holdingMs,' +
  'maxFavorableExcursion,maxAdverseExcursion,symbol,entries,financingCost\n'

export function tradesCsv({ trades }: Pick<SimulationResult, 'trades'>): string {
  const timeText = isoTimes()
  let csv = HEADER
  for (const [i, trade] of trades.entries())
    csv += `${i + 1},${entryOf(trade, timeText)},${exitOf(trade, timeText)},${figuresOf(trade)}\n`
  return csv
}

type TimeText = ReturnType<typeof isoTimes>

function entryOf({ side, units, entryBar, entryTimeMs, entryPrice }: Trade, timeText: TimeText) {
  return `${side},${units},${entryBar},${timeText(entryTimeMs)},${entryPrice}`
}

function exitOf({ exitBar, exitTimeMs, exitPrice, exitReason }: Trade, timeText: TimeText) {
  return `${exitBar},${timeText(exitTimeMs)},${exitPrice},${exitReason}`
}

function figuresOf(trade: Trade): string {
  const { confidence, grossPnl, commission, slippageCost, netPnl, returnRatio } = trade
  const { holdingBars, holdingMs, maxFavorableExcursion, maxAdverseExcursion } = trade
  const { symbol, entries, financingCost } = trade
  return (
    `${confidence},${grossPnl},${commission},${slippageCost},${netPnl},${returnRatio},` +
    `${holdingBars},${holdingMs},${maxFavorableExcursion},${maxAdverseExcursion},` +
    `${symbol},${entries},${financingCost}`
  )
}
