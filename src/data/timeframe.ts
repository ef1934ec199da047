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
  const steps = new Float64Array(bars.length - 1)
  for (let i = 0; i < steps.length; i++) steps[i] = bars.timestampMs[i + 1]! - bars.timestampMs[i]!
  return steps.toSorted()[(steps.length - 1) >> 1]!
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
