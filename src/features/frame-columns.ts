// Columns of indicators on one timeframe of a market, each computed once.

import type { Bars, Timeframe } from '../data/bars.ts'
import { computeIndicator } from '../indicators/compute.ts'
import type { IndicatorUse } from '../indicators/indicator.ts'
import { closesMs, lastKnown, valuesAt, type KnownSeries, type Market } from './market.ts'

/** The outputs of an indicator on the bars of a timeframe. */
export type ColumnsOf = (timeframe: Timeframe, use: IndicatorUse) => readonly Float64Array[]

export function frameColumns(market: Market): ColumnsOf {
  const known = new Map<string, readonly Float64Array[]>()
  return (timeframe, use) => {
    const key = `${timeframe} ${use.id}`
    const columns = known.get(key) ?? columnsOn(market, timeframe, use)
    known.set(key, columns)
    return columns
  }
}

function columnsOn(market: Market, timeframe: Timeframe, use: IndicatorUse): Float64Array[] {
  const bars = market.frames.get(timeframe)!
  if (use.dataSource === undefined) return computeIndicator(bars, use)
  return onSeries(bars, timeframe, market.context.get(use.dataSource)!, use)
}

/**
 * The indicator on what was known of the series at the close of each bar. It begins with the first value that was
 * known: a recursive one would else be NaN for ever.
 */
function onSeries(
  bars: Bars,
  timeframe: Timeframe,
  series: KnownSeries,
  use: IndicatorUse,
): Float64Array[] {
  const rows = lastKnown(series.knownMs, closesMs(bars, timeframe))
  const begin = rows.findIndex((row) => row >= 0)
  const from = begin === -1 ? bars.length : begin
  const values = valuesAt(series.value, rows.subarray(from))
  const flat: Bars = {
    length: values.length,
    timestampMs: bars.timestampMs.subarray(from),
    open: values,
    high: values,
    low: values,
    close: values,
    volume: new Float64Array(values.length),
  }
  return computeIndicator(flat, use).map((column) => {
    const whole = new Float64Array(bars.length).fill(NaN)
    whole.set(column, from)
    return whole
  })
}
