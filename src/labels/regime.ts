// Market regimes on two scales, as upstream's "multi-scale" labeler finds them. ZigZag on the close, once with a wide and
// once with a narrow threshold: each wide swing is a segment, and it trends when it holds at least 4 narrow extremes
// and a share of at least `progressionTolerance` of its successive lows rise (its highs fall, on the way down); else it
// ranges. A bar is VOLATILE instead when the log returns of the next `atrPeriod` bars deviate more than
// `volCrisisThreshold` times as much as those of the last `volLookback`.
//
// Thresholds: multiplier × median ATR ÷ median close, of all bars up to the one that is asked; upstream takes the
// medians of the whole series (W19). How far a label looked: until the swing has turned, the narrow extremes inside are
// certain, and the next `atrPeriod` bars are there. A turning point belongs to the segment that it begins. The segment
// that has not turned has no label (upstream closes it at its extreme so far).

import type { Bars } from '../data/bars.ts'
import { rollingDeviation, rollingMean } from '../indicators/rolling.ts'
import { findSwings, type Swings } from '../indicators/swings.ts'
import { trueRange } from '../indicators/true-range.ts'
import { expandingMedian } from './expanding-median.ts'
import {
  RANGING,
  REGIMES,
  TRENDING_DOWN,
  TRENDING_UP,
  VOLATILE,
  type Labels,
  type RegimeSettings,
} from './label.ts'
import { logReturns } from './volatility.ts'

export function regimeLabels(bars: Bars, settings: RegimeSettings): Labels {
  const usualRange = usualRanges(bars, settings.atrPeriod)
  const macro = usualRange.map((range) => settings.macroAtrMultiplier * range)
  const micro = usualRange.map((range) => settings.microAtrMultiplier * range)
  return labelRegimes(bars.close, macro, micro, settings)
}

/** Median ATR so far as a share of the median close so far; NaN before the first ATR. */
function usualRanges(bars: Bars, atrPeriod: number): Float64Array {
  const ranges = expandingMedian(rollingMean(trueRange(bars), atrPeriod))
  const prices = expandingMedian(bars.close)
  return ranges.map((range, t) => range / prices[t]!)
}

/**
 * @param macro threshold of the wide swings at each bar, or at all
 * @param micro of the narrow ones
 */
export function labelRegimes(
  close: Float64Array,
  macro: Float64Array | number,
  micro: Float64Array | number,
  settings: RegimeSettings,
): Labels {
  const { atrPeriod, volLookback, progressionTolerance } = settings
  const values = new Float64Array(close.length).fill(NaN)
  const endBar = new Int32Array(close.length).fill(-1)
  const isCrisis = findCrises(close, settings)
  const wide = findSwings(close, macro)
  const narrow = findSwings(close, micro)
  const turnAfter = nextEvent(wide)
  const settledAfter = nextEvent(narrow)
  const share = progression(close, narrow)

  for (const [i, from] of wide.extremes.slice(0, -2).entries()) {
    const to = wide.extremes[i + 1]!
    const decidedAt = Math.max(turnAfter(to), settledAfter(to))
    const isUp = close[to]! > close[from]!
    const isTrend = share(from, to, isUp) >= progressionTolerance
    const regime = !isTrend ? RANGING : isUp ? TRENDING_UP : TRENDING_DOWN
    for (let t = from; t < to; t++) {
      const end = t < volLookback ? decidedAt : Math.max(decidedAt, t + atrPeriod)
      if (end >= close.length) break
      values[t] = isCrisis[t] === 1 ? VOLATILE : regime
      endBar[t] = end
    }
  }
  return { classes: REGIMES, values, endBar, weights: null }
}

/** The first event after a bar, for bars asked in ascending order; Infinity when there is none. */
function nextEvent({ events }: Swings): (bar: number) => number {
  let next = 0
  return (bar) => {
    while (next < events.length && events[next]! <= bar) next++
    return events[next] ?? Infinity
  }
}

const LEAST_EXTREMES = 4

/**
 * Of the successive lows between two bars, both included, the share that rises (of the highs, when going down, the
 * share that falls); NaN with fewer than 4 extremes. For ascending bars.
 */
function progression(
  close: Float64Array,
  { extremes }: Swings,
): (from: number, to: number, isUp: boolean) => number {
  const firstLow = extremes.length > 1 && close[extremes[0]!]! < close[extremes[1]!]! ? 0 : 1
  let first = 0
  return (from, to, isUp) => {
    while (first < extremes.length && extremes[first]! < from) first++
    let last = first
    while (last < extremes.length && extremes[last]! <= to) last++
    if (last - first < LEAST_EXTREMES) return NaN
    const isLow = (first - firstLow) % 2 === 0
    let before = isLow === isUp ? first : first + 1
    let pairs = 0
    let steps = 0
    for (let i = before + 2; i < last; i += 2) {
      const change = close[extremes[i]!]! - close[extremes[before]!]!
      if (isUp ? change > 0 : change < 0) steps++
      pairs++
      before = i
    }
    return steps / pairs
  }
}

/** 1 where the next `atrPeriod` log returns deviate far more than the last `volLookback` did. */
function findCrises(
  close: Float64Array,
  { atrPeriod, volLookback, volCrisisThreshold }: RegimeSettings,
): Uint8Array {
  const returns = logReturns(close)
  const before = rollingDeviation(returns, volLookback).deviation
  const after = rollingDeviation(returns, atrPeriod).deviation
  const isCrisis = new Uint8Array(close.length)
  for (let t = volLookback; t + atrPeriod < close.length; t++) {
    const isKnown = before[t]! > 0
    if (isKnown && after[t + atrPeriod]! / before[t]! > volCrisisThreshold) isCrisis[t] = 1
  }
  return isCrisis
}
