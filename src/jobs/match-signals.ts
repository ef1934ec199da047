// Rows of a signal file to the bars that they are of: by their stamps, exactly.

import { KtrdrError } from '../core/errors.ts'
import type { Bars } from '../data/bars.ts'
import { widthOf, type SignalRows } from '../data/read-signals.ts'
import { formatTimestamp } from '../data/timestamp.ts'

export type MatchedSignals = {
  /** That of each row in use, ascending. */
  readonly bars: Int32Array
  /** Rows in the range whose stamp is that of no bar, and the first of them. */
  readonly strangers: number
  readonly firstStrangerMs: number | null
  /** Of the rows in use, one after the other. */
  readonly timestampMs: Float64Array
  readonly values: Float32Array
}

/**
 * @param from first bar that is traded
 * @param path of the signals, for messages
 * @throws DATA_INVALID when no row is of any of these bars
 */
export function matchSignals(
  signals: SignalRows,
  bars: Bars,
  from: number,
  path: string,
): MatchedSignals {
  const width = widthOf(signals.kind)
  const { timestampMs: stamps } = signals
  const [firstMs, lastMs] = [bars.timestampMs[from]!, bars.timestampMs[bars.length - 1]!]
  const used: number[] = []
  const barsOfUsed: number[] = []
  const strangers: number[] = []
  let bar = from
  for (const [row, stampMs] of stamps.entries()) {
    if (stampMs < firstMs || stampMs > lastMs) continue
    while (bars.timestampMs[bar]! < stampMs) bar++
    if (bars.timestampMs[bar] !== stampMs) strangers.push(stampMs)
    else {
      used.push(row)
      barsOfUsed.push(bar)
    }
  }
  if (used.length === 0) throw noneMatch(path, stamps, firstMs, lastMs)
  const valuesOf = (row: number): Float32Array =>
    signals.values.subarray(row * width, (row + 1) * width)
  const values = new Float32Array(used.length * width)
  for (const [i, row] of used.entries()) values.set(valuesOf(row), i * width)
  return {
    bars: Int32Array.from(barsOfUsed),
    strangers: strangers.length,
    firstStrangerMs: strangers[0] ?? null,
    timestampMs: Float64Array.from(used, (row) => stamps[row]!),
    values,
  }
}

function noneMatch(
  path: string,
  stamps: Float64Array,
  firstMs: number,
  lastMs: number,
): KtrdrError {
  const rows = `${formatTimestamp(stamps[0]!)} to ${formatTimestamp(stamps.at(-1)!)}`
  const traded = `${formatTimestamp(firstMs)} to ${formatTimestamp(lastMs)}`
  return new KtrdrError(
    'DATA_INVALID',
    `No row of ${path} has the stamp of a bar: its rows are from ${rows}, the bars from ${traded}.`,
    { suggestions: ['Stamp each row with the open of its bar, in UTC, as the bars are.'] },
  )
}
