// What a backtest leaves of each bar: the equity at its close, and of each symbol its close and what was held into it.

import type { Bars } from '../data/bars.ts'
import type { SimulationResult } from './simulate.ts'

export type InstrumentColumns = {
  readonly symbol: string
  /** NaN before the first bar of the symbol. */
  readonly close: Float64Array
  /** Held into the close, a short negative. */
  readonly units: Float64Array
}

/** One value a bar. */
export type EquityColumns = {
  /** Index of the first bar in its file; null for several symbols, whose bars have no index in common. */
  readonly firstBar: number | null
  readonly timeMs: Float64Array
  /** On the last bar it includes the cost of closing what is held. */
  readonly equity: Float64Array
  readonly instruments: readonly InstrumentColumns[]
}

export function equityColumns(
  { firstBar, equity, trades }: Pick<SimulationResult, 'firstBar' | 'equity' | 'trades'>,
  bars: Bars,
  symbol: string,
): EquityColumns {
  const end = firstBar + equity.length
  const units = heldUnits(trades, firstBar, equity.length)
  return {
    firstBar,
    timeMs: bars.timestampMs.subarray(firstBar, end),
    equity,
    instruments: [{ symbol, close: bars.close.subarray(firstBar, end), units }],
  }
}

/** A signal closes at the open, so the trade is over at that close; the end of data closes at the close. */
function heldUnits(
  trades: SimulationResult['trades'],
  firstBar: number,
  bars: number,
): Float64Array {
  const held = new Float64Array(bars)
  for (const { side, units, entryBar, exitBar, exitReason } of trades) {
    const end = exitReason === 'signal' ? exitBar : exitBar + 1
    held.fill(side === 'LONG' ? units : -units, entryBar - firstBar, end - firstBar)
  }
  return held
}
