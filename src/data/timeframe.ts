// How far bars are apart, measured from their stamps: never taken from a file's name.

import { invariant } from '../core/errors.ts'
import { TIMEFRAME_MS, TIMEFRAMES, type Bars, type Timeframe } from './bars.ts'

/** Stamps may sit a little off the grid (clock drift, changed hours) and still be of a timeframe. */
export const TOLERANCE = 0.05

/**
 * Median of the steps from bar to bar, in milliseconds; the lower of the middle two, so that a weekend among
 * few bars does not count. Nights, weekends and holes are few among many steps and change nothing.
 * @param bars at least two, ascending
 */
export function typicalSpacingMs(bars: Pick<Bars, 'length' | 'timestampMs'>): number {
  invariant(bars.length >= 2, 'Spacing needs at least two bars.')
  const { timestampMs, length } = bars
  const rank = (length - 2) >> 1
  const guess = medianOfSome(timestampMs, length)
  let below = 0
  let equal = 0
  for (let i = 1; i < length; i++) {
    const step = timestampMs[i]! - timestampMs[i - 1]!
    if (step < guess) below++
    else if (step === guess) equal++
  }
  if (below <= rank && rank < below + equal) return guess
  const steps = new Float64Array(length - 1)
  for (let i = 0; i < steps.length; i++) steps[i] = timestampMs[i + 1]! - timestampMs[i]!
  return steps.toSorted()[rank]!
}

const SOME = 101

/** Of steps all over the bars: most are alike, and then it is that of all. */
function medianOfSome(timestampMs: Float64Array, length: number): number {
  const stride = Math.max(1, Math.floor((length - 1) / SOME))
  const some: number[] = []
  for (let i = 1; i < length; i += stride) some.push(timestampMs[i]! - timestampMs[i - 1]!)
  return some.toSorted((a, b) => a - b)[(some.length - 1) >> 1]!
}

/** −1 when bars `spacingMs` apart are finer than the timeframe, 1 when they are coarser, 0 when they are it. */
export function compareSpacing(spacingMs: number, timeframe: Timeframe): -1 | 0 | 1 {
  const ratio = spacingMs / TIMEFRAME_MS[timeframe]
  return ratio < 1 - TOLERANCE ? -1 : ratio > 1 + TOLERANCE ? 1 : 0
}

/** The timeframe of bars that are `spacingMs` apart, if it is one. */
export function timeframeOf(spacingMs: number): Timeframe | undefined {
  return TIMEFRAMES.find((timeframe) => compareSpacing(spacingMs, timeframe) === 0)
}
