// What the features of one symbol are made from: bars on one or more timeframes, and series beside them.
//
// A bar is stamped with its open, and nobody knows it before it has closed (C18): at the close of a bar of the base
// timeframe, the last bar that is known on another timeframe is the last one that has closed too (W3, W16).

import { TIMEFRAME_MS, type Bars, type Timeframe } from '../data/bars.ts'

/** `value[i]` is known from `knownMs[i]` on, until the next one is. */
export type KnownSeries = {
  /** Ascending. */
  readonly knownMs: Float64Array
  readonly value: Float64Array
}

export type Market = {
  readonly baseTimeframe: Timeframe
  /** The bars of each timeframe that a feature looks at, and those of the base timeframe. */
  readonly frames: ReadonlyMap<Timeframe, Bars>
  /** By the id that `data_source` names. */
  readonly context: ReadonlyMap<string, KnownSeries>
}

/** A market of one timeframe, with nothing beside it. */
export function marketOf(bars: Bars, timeframe: Timeframe): Market {
  return { baseTimeframe: timeframe, frames: new Map([[timeframe, bars]]), context: new Map() }
}

/** The bars of the base timeframe: features have one row for each. */
export function baseBars({ frames, baseTimeframe }: Market): Bars {
  return frames.get(baseTimeframe)!
}

/** When each bar closes. */
export function closesMs({ timestampMs }: Bars, timeframe: Timeframe): Float64Array {
  return timestampMs.map((openMs) => openMs + TIMEFRAME_MS[timeframe])
}

/** For each moment the index of what was known last; −1 before the first. Both are ascending. */
export function lastKnown(knownMs: Float64Array, momentsMs: Float64Array): Int32Array {
  const last = new Int32Array(momentsMs.length)
  let next = 0
  for (let i = 0; i < momentsMs.length; i++) {
    while (next < knownMs.length && knownMs[next]! <= momentsMs[i]!) next++
    last[i] = next - 1
  }
  return last
}

/** The value at each row; NaN for row −1. */
export function valuesAt(values: Float64Array, rows: Int32Array): Float64Array {
  const column = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) column[i] = rows[i]! < 0 ? NaN : values[rows[i]!]!
  return column
}

/** Minuend − subtrahend, at every moment at which one of them changes and both are known. */
export function differenceOf(minuend: KnownSeries, subtrahend: KnownSeries): KnownSeries {
  const moments = [...new Set([...minuend.knownMs, ...subtrahend.knownMs])].toSorted(
    (a, b) => a - b,
  )
  const all = Float64Array.from(moments)
  const from = (series: KnownSeries): Float64Array =>
    valuesAt(series.value, lastKnown(series.knownMs, all))
  const less = from(subtrahend)
  const value = from(minuend).map((x, i) => x - less[i]!)
  const first = value.findIndex((x) => !Number.isNaN(x))
  const start = first === -1 ? value.length : first
  return { knownMs: all.subarray(start), value: value.subarray(start) }
}
