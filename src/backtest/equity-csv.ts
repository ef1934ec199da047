// equity.csv: one row a bar, at its close, in the same spelling as trades.csv. `position` is what was held
// into the close; on the last bar the equity already includes the cost of closing it.

import type { Bars } from '../data/bars.ts'
import type { SimulationResult } from './simulate.ts'

export function equityCsv(
  result: Pick<SimulationResult, 'firstBar' | 'equity' | 'trades'>,
  bars: Bars,
): string {
  const { firstBar, equity, trades } = result
  let csv = 'bar,time,close,equity,position\n'
  let next = 0
  for (let i = 0; i < equity.length; i++) {
    const bar = firstBar + i
    const time = new Date(bars.timestampMs[bar]!).toISOString()
    while (next < trades.length && isOver(trades[next]!, bar)) next++
    const trade = trades[next]
    const position = trade && trade.entryBar <= bar ? trade.side : 'FLAT'
    csv += `${bar},${time},${bars.close[bar]!},${equity[i]!},${position}\n`
  }
  return csv
}

/** A signal closes at the open, so the trade is over at that close; the end of data closes at the close. */
function isOver(trade: SimulationResult['trades'][number], bar: number): boolean {
  return trade.exitReason === 'signal' && trade.exitBar <= bar
}
