// Longer bars from shorter ones, on the UTC grid: a day begins at midnight, a week on Monday. A bar is stamped with its
// open and known at its end, so nothing may be in it that ends later, and a bar that is not complete is left out.

import { invariant } from '../core/errors.ts'
import { sliceBars, TIMEFRAME_MS, TIMEFRAMES, type Bars, type Timeframe } from './bars.ts'
import { TOLERANCE } from './timeframe.ts'

const MONDAY_MS = Date.UTC(1970, 0, 5)

/**
 * Open of the first, highest high, lowest low, close of the last, sum of the volumes. Where there are no bars there is
 * none. A bar belongs to the longer one in which it ends (an hour from 11:30 to the 4 hours from 12:00), give or take
 * what stamps may be off. The last one is there only when the bars reach its end or go on behind it: resampling the
 * first n bars gives the beginning of what resampling all of them gives. NaN in a bar is NaN in the longer one.
 * @param bars ascending, of timeframe `from`
 * @param to `from` or longer
 */
export function resampleBars(bars: Bars, from: Timeframe, to: Timeframe): Bars {
  const [fromMs, toMs] = [TIMEFRAME_MS[from], TIMEFRAME_MS[to]]
  invariant(toMs % fromMs === 0, `${to} bars cannot be made of ${from} bars.`)
  if (from === to || bars.length === 0) return bars

  const gridMs = to === '1w' ? MONDAY_MS : 0
  const most = bars.length
  const longer = emptyBars(most)
  let count = 0
  let opensMs = -Infinity
  let isComplete = true
  for (let i = 0; i < most; i++) {
    const stampMs = bars.timestampMs[i]!
    const withinMs = stampMs + fromMs * (1 - TOLERANCE)
    const ownMs = gridMs + Math.floor((withinMs - gridMs) / toMs) * toMs
    // Once complete it is known, so that a bar too close behind is part of the next one.
    const nextMs = isComplete ? Math.max(ownMs, opensMs + toMs) : Math.max(ownMs, opensMs)
    if (nextMs > opensMs) {
      opensMs = nextMs
      startBar(longer, count++, opensMs, bars, i)
    } else addToBar(longer, count - 1, bars, i)
    isComplete = stampMs + fromMs >= opensMs + toMs
  }
  return copyOf(sliceBars(longer, 0, isComplete ? count : count - 1))
}

function startBar(longer: Bars, at: number, opensMs: number, bars: Bars, i: number): void {
  longer.timestampMs[at] = opensMs
  longer.open[at] = bars.open[i]!
  longer.high[at] = bars.high[i]!
  longer.low[at] = bars.low[i]!
  longer.close[at] = bars.close[i]!
  longer.volume[at] = bars.volume[i]!
}

function addToBar(longer: Bars, at: number, bars: Bars, i: number): void {
  longer.high[at] = Math.max(longer.high[at]!, bars.high[i]!)
  longer.low[at] = Math.min(longer.low[at]!, bars.low[i]!)
  longer.close[at] = bars.close[i]!
  longer.volume[at]! += bars.volume[i]!
}

function emptyBars(length: number): Bars {
  const column = (): Float64Array => new Float64Array(length)
  return {
    length,
    timestampMs: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  }
}

/** In memory of its own size. */
function copyOf(bars: Bars): Bars {
  return {
    length: bars.length,
    timestampMs: bars.timestampMs.slice(),
    open: bars.open.slice(),
    high: bars.high.slice(),
    low: bars.low.slice(),
    close: bars.close.slice(),
    volume: bars.volume.slice(),
  }
}

/** What `wanted` bars are made of: bars of that timeframe, else the longest of the shorter ones, else nothing. */
export function sourceTimeframe(
  wanted: Timeframe,
  available: readonly Timeframe[],
): Timeframe | undefined {
  const upTo = TIMEFRAMES.slice(0, TIMEFRAMES.indexOf(wanted) + 1)
  return upTo.findLast((timeframe) => available.includes(timeframe))
}
