// A market as it was at a moment, as it might have gone on, and as it would be known to who began later: what is held
// beside the whole of it to see what a feature looks at.

import { firstBarAtOrAfter, sliceBars, type Bars, type Timeframe } from '../data/bars.ts'
import { closesMs, type KnownSeries, type Market } from '../features/market.ts'

/** What was known at `nowMs`: no bar that had not closed, no value that was not out. */
export function marketKnownAt(market: Market, nowMs: number): Market {
  return mapped(
    market,
    (bars, timeframe) => sliceBars(bars, 0, countKnown(closesMs(bars, timeframe), nowMs)),
    (series) => sliceSeries(series, 0, countKnown(series.knownMs, nowMs)),
  )
}

/**
 * The same up to `nowMs`, and at the same moments something else after it: prices mirrored at the last known close, their
 * moves doubled, so that what rose falls. They stay positive, and candles stay candles.
 */
export function marketWithOtherFuture(market: Market, nowMs: number): Market {
  return mapped(
    market,
    (bars, timeframe) => otherBars(bars, countKnown(closesMs(bars, timeframe), nowMs)),
    ({ knownMs, value }) => {
      const known = countKnown(knownMs, nowMs)
      return { knownMs, value: value.map((x, i) => (i < known ? x : 1 - 2 * x)) }
    },
  )
}

/** Without the bars that opened before `fromMs`; of a series what was known last stays known. */
export function marketFrom(market: Market, fromMs: number): Market {
  return mapped(
    market,
    (bars) => sliceBars(bars, firstBarAtOrAfter(bars, fromMs), bars.length),
    (series) => {
      const last = countKnown(series.knownMs, fromMs) - 1
      return sliceSeries(series, Math.max(0, last), series.knownMs.length)
    },
  )
}

function mapped(
  { baseTimeframe, frames, context }: Market,
  barsOf: (bars: Bars, timeframe: Timeframe) => Bars,
  seriesOf: (series: KnownSeries) => KnownSeries,
): Market {
  return {
    baseTimeframe,
    frames: new Map([...frames].map(([timeframe, bars]) => [timeframe, barsOf(bars, timeframe)])),
    context: new Map([...context].map(([id, series]) => [id, seriesOf(series)])),
  }
}

/** How many of the moments, which ascend, are at or before `nowMs`. */
function countKnown(moments: Float64Array, nowMs: number): number {
  return moments.findLastIndex((ms) => ms <= nowMs) + 1
}

function sliceSeries({ knownMs, value }: KnownSeries, from: number, to: number): KnownSeries {
  return { knownMs: knownMs.subarray(from, to), value: value.subarray(from, to) }
}

function otherBars(bars: Bars, known: number): Bars {
  const { length, timestampMs, open, high, low, close, volume } = bars
  const middle = known > 0 ? close[known - 1]! : (open[0] ?? 1)
  const mirrored = (column: Float64Array, from: Float64Array): Float64Array =>
    column.map((price, i) => {
      const ratio = middle / from[i]!
      return i < known ? price : middle * ratio * ratio
    })
  return {
    length,
    timestampMs,
    open: mirrored(open, open),
    high: mirrored(high, low),
    low: mirrored(low, high),
    close: mirrored(close, close),
    volume: volume.map((units, i) => (i < known ? units : 3 * units + 1)),
  }
}
