// How far bars are apart, measured from their stamps: never taken from a file's name.

import { invariant } from '../core/errors.ts'
import { firstBarAtOrAfter, TIMEFRAME_MS, TIMEFRAMES, type Bars, type Timeframe } from './bars.ts'
import { DAY_MS } from './timestamp.ts'

/** Stamps may sit a little off the grid (clock drift, changed hours) and still be of a timeframe. */
const TOLERANCE = 0.05
/** A mean year of the Gregorian calendar. */
const YEAR_MS = 365.2425 * DAY_MS

/**
 * Median of the steps from bar to bar, in milliseconds; the lower of the middle two, so that a weekend among
 * few bars does not count. Nights, weekends and holes are few among many steps and change nothing.
 * @param bars at least two, ascending
 */
export function typicalSpacingMs(bars: Bars): number {
  invariant(bars.length >= 2, 'Spacing needs at least two bars.')
  const steps = new Float64Array(bars.length - 1)
  for (let i = 0; i < steps.length; i++) steps[i] = bars.timestampMs[i + 1]! - bars.timestampMs[i]!
  return steps.toSorted()[(steps.length - 1) >> 1]!
}

/** The timeframe within 5 % of the typical spacing; undefined when it is none of ours, or for a single bar. */
export function inferTimeframe(bars: Bars): Timeframe | undefined {
  if (bars.length < 2) return undefined
  const spacingMs = typicalSpacingMs(bars)
  return TIMEFRAMES.find((timeframe) => compareSpacing(spacingMs, timeframe) === 0)
}

/** −1 when bars `spacingMs` apart are finer than the timeframe, 1 when they are coarser, 0 when they are it. */
export function compareSpacing(spacingMs: number, timeframe: Timeframe): -1 | 0 | 1 {
  const ratio = spacingMs / TIMEFRAME_MS[timeframe]
  return ratio < 1 - TOLERANCE ? -1 : ratio > 1 + TOLERANCE ? 1 : 0
}

/**
 * Bars in a year, for annualisation: the median over the full calendar years (UTC), which are those between
 * the year of the first bar and the year of the last; the mean of the middle two when they are even in number.
 * Full years without any bar do not count. Where there is no full year, the steps from bar to bar are
 * extrapolated: (bars − 1) ÷ (last − first stamp), times 365.2425 days.
 * @param bars at least two, ascending
 */
export function barsPerYear(bars: Bars): number {
  invariant(bars.length >= 2, 'Bars per year needs at least two bars.')
  const firstMs = bars.timestampMs[0]!
  const lastMs = bars.timestampMs[bars.length - 1]!
  const lastYear = new Date(lastMs).getUTCFullYear()
  const counts: number[] = []
  for (let year = new Date(firstMs).getUTCFullYear() + 1; year < lastYear; year++) {
    const count =
      firstBarAtOrAfter(bars, Date.UTC(year + 1, 0)) - firstBarAtOrAfter(bars, Date.UTC(year, 0))
    if (count > 0) counts.push(count)
  }
  if (counts.length === 0) return ((bars.length - 1) * YEAR_MS) / (lastMs - firstMs)
  counts.sort((a, b) => a - b)
  const middle = counts.length >> 1
  return counts.length % 2 === 1 ? counts[middle]! : (counts[middle - 1]! + counts[middle]!) / 2
}
