// What a backtest leaves of each bar: the equity at its close, and of each symbol its close and what was held into it.

import { firstBarAtOrAfter } from '../data/bars.ts'
import type { Side, Trade } from '../performance/trade.ts'
import type { SimulationResult } from './finish-simulation.ts'
import type { SimulationInputs } from './simulation-inputs.ts'

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
  { instruments, timeline }: SimulationInputs,
  { equity, trades, openPositions, additions }: SimulationResult,
): EquityColumns {
  const [first, ...others] = instruments
  return {
    firstBar: others.length === 0 ? first!.firstBar : null,
    timeMs: timeline.timestampMs,
    equity,
    instruments: instruments.map((instrument, index) => {
      const { symbol, bars, firstBar, endBar } = instrument
      const units = new Float64Array(bars.length)
      const hold = (side: Side, size: number, entryBar: number, end: number): void =>
        void units.fill(side === 'LONG' ? size : -size, entryBar, end)
      for (const trade of trades)
        if (trade.symbol === symbol)
          hold(trade.side, trade.units, trade.entryBar, endOfHolding(trade))
      for (const held of openPositions)
        if (held.symbol === symbol) hold(held.side, held.units, held.entryBar, endBar)
      // From the last on, for each reaches back to the first entry.
      for (const addition of additions.toReversed())
        if (addition.instrument === index)
          units.fill(addition.unitsBefore, addition.entryBar, addition.bar)
      if (timeline.lastBars === null)
        return {
          symbol,
          close: bars.close.subarray(firstBar, endBar),
          units: units.subarray(firstBar, endBar),
        }
      const rows = timeline.lastBars[index]!
      const held = valuesAt(units, rows, 0)
      if (!openPositions.some((position) => position.symbol === symbol))
        held.fill(0, firstBarAtOrAfter(timeline, bars.timestampMs[endBar - 1]! + 1))
      return { symbol, close: valuesAt(bars.close, rows), units: held }
    }),
  }
}

/** What the end of data closes is held into the last close. */
function endOfHolding({ exitBar, exitReason }: Trade): number {
  return exitReason === 'end of data' ? exitBar + 1 : exitBar
}

function valuesAt(column: Float64Array, rows: Int32Array, before = NaN): Float64Array {
  return Float64Array.from(rows, (row) => (row < 0 ? before : column[row]!))
}
