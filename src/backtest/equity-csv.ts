// equity.csv: one row a bar, at its close, in the same spelling as trades.csv. `position` is what was held into the
// close; of several symbols, each has its close and its units instead, empty before its first bar.

import { isoTimes } from '../core/iso-time.ts'
import type { EquityColumns, InstrumentColumns } from './equity-columns.ts'

const ROWS_AT_ONCE = 8192

/** The text in pieces of some thousand rows: the whole of a long one would not fit into memory. */
export function* equityCsv(columns: EquityColumns): Generator<string> {
  const { timeMs, instruments } = columns
  const [first, ...others] = instruments
  const isOfOne = first !== undefined && others.length === 0
  yield isOfOne ? 'bar,time,close,equity,position\n' : headerOf(instruments)
  const row = isOfOne ? rowOfOne(columns, first) : rowOfSeveral(columns)
  for (let from = 0; from < timeMs.length; from += ROWS_AT_ONCE) {
    const to = Math.min(from + ROWS_AT_ONCE, timeMs.length)
    let piece = ''
    for (let i = from; i < to; i++) piece += row(i)
    yield piece
  }
}

function rowOfOne(
  { firstBar, timeMs, equity }: EquityColumns,
  { close, units }: InstrumentColumns,
): (i: number) => string {
  const timeText = isoTimes()
  return (i) => {
    const held = units[i]!
    const position = held > 0 ? 'LONG' : held < 0 ? 'SHORT' : 'FLAT'
    return `${(firstBar ?? 0) + i},${timeText(timeMs[i]!)},${close[i]!},${equity[i]!},${position}\n`
  }
}

function headerOf(instruments: readonly InstrumentColumns[]): string {
  const names = instruments.flatMap(({ symbol }) => [`${symbol}_close`, `${symbol}_units`])
  return `${['time', 'equity', ...names].join(',')}\n`
}

function rowOfSeveral({ timeMs, equity, instruments }: EquityColumns): (i: number) => string {
  const timeText = isoTimes()
  return (i) => {
    let row = `${timeText(timeMs[i]!)},${equity[i]!}`
    for (const { close, units } of instruments) {
      const price = close[i]!
      row += `,${Number.isNaN(price) ? '' : price},${units[i]!}`
    }
    return `${row}\n`
  }
}
