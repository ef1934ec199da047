import type { Bars } from './bars.ts'
import type { TableColumn } from './write-table.ts'

/** Bars as the columns of a file that ktrdr reads again. */
export function barsTable(bars: Bars, hasVolume = true): TableColumn[] {
  return [
    { name: 'date', timestampMs: bars.timestampMs },
    { name: 'open', values: bars.open },
    { name: 'high', values: bars.high },
    { name: 'low', values: bars.low },
    { name: 'close', values: bars.close },
    ...(hasVolume ? [{ name: 'volume', values: bars.volume }] : []),
  ]
}
