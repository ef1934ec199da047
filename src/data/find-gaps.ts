// Pauses in which bars seem to be missing: longer than three bars, beyond weekends and nightly closing.

import type { Bars } from './bars.ts'
import { typicalSpacingMs } from './timeframe.ts'
import { DAY_MS, HOUR_MS } from './timestamp.ts'

const WEEK_MS = 7 * DAY_MS
const SATURDAY = Date.UTC(1970, 0, 3) // any would do
/** Markets close for the weekend on Friday between 20:00 and 22:00 UTC; nothing is expected before Monday. */
const WEEKEND_START_MS = SATURDAY - 4 * HOUR_MS
const WEEKEND_MS = 52 * HOUR_MS
const LONGEST_USUAL = 3

export type Gap = {
  /** The bar after the pause. */
  readonly bar: number
  /** From the bar before to the bar after, weekends included. */
  readonly ms: number
}

/**
 * Gaps in ascending order. A step from bar to bar counts without its weekend hours. Bars within the day that
 * pause on at least half of the days have closing hours: there a gap is what exceeds these by two days.
 * @param bars at least two, strictly ascending
 */
export function findGaps(bars: Bars): Gap[] {
  const spacingMs = typicalSpacingMs(bars)
  const long = stepsOver(bars, LONGEST_USUAL * spacingMs)
  const spanDays = (bars.timestampMs[bars.length - 1]! - bars.timestampMs[0]!) / DAY_MS
  const tradingDays = (spanDays * 5) / 7
  if (long.length < tradingDays / 2 || tradingDays < 2) return long
  const pauses = long.map(({ bar }) => stepWithoutWeekendMs(bars, bar)).toSorted((a, b) => a - b)
  return stepsOver(bars, pauses[pauses.length >> 1]! + 2 * DAY_MS)
}

function stepsOver(bars: Bars, limitMs: number): Gap[] {
  const found: Gap[] = []
  const { timestampMs } = bars
  for (let bar = 1; bar < bars.length; bar++) {
    const ms = timestampMs[bar]! - timestampMs[bar - 1]!
    if (ms > limitMs && stepWithoutWeekendMs(bars, bar) > limitMs) found.push({ bar, ms })
  }
  return found
}

function stepWithoutWeekendMs(bars: Bars, bar: number): number {
  const from = bars.timestampMs[bar - 1]!
  const to = bars.timestampMs[bar]!
  return to - from - (weekendUntil(to) - weekendUntil(from))
}

/** Weekend time since some fixed moment. */
function weekendUntil(ms: number): number {
  const weeks = Math.floor((ms - WEEKEND_START_MS) / WEEK_MS)
  const intoWeek = ms - WEEKEND_START_MS - weeks * WEEK_MS
  return weeks * WEEKEND_MS + Math.min(intoWeek, WEEKEND_MS)
}
