// Price bars: columns of equal length, ascending in time. A bar is stamped with its open time (C18).

export const TIMEFRAMES = ['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w'] as const
export type Timeframe = (typeof TIMEFRAMES)[number]

const MINUTE_MS = 60_000
export const TIMEFRAME_MS: Readonly<Record<Timeframe, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': 1440 * MINUTE_MS,
  '1w': 10080 * MINUTE_MS,
}

export const PRICE_COLUMNS = ['open', 'high', 'low', 'close'] as const
export const BAR_COLUMNS = [...PRICE_COLUMNS, 'volume'] as const
export type BarColumn = (typeof BAR_COLUMNS)[number]

export type Bars = {
  readonly length: number
  /** UTC epoch milliseconds of the bar's open, strictly ascending. */
  readonly timestampMs: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** When bars open. */
export type Stamps = Pick<Bars, 'length' | 'timestampMs'>

/** Bars `from` … `to`−1, sharing memory with `bars`. */
export function sliceBars(bars: Bars, from: number, to: number): Bars {
  return {
    length: to - from,
    timestampMs: bars.timestampMs.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  }
}

/** Index of the first bar stamped at or after `timestampMs`; `bars.length` when there is none. */
export function firstBarAtOrAfter(bars: Stamps, timestampMs: number): number {
  let low = 0
  let high = bars.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (bars.timestampMs[middle]! < timestampMs) low = middle + 1
    else high = middle
  }
  return low
}
