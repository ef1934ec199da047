// How many bars a year has, measured and not assumed: √252 on hourly bars was upstream's mistake (W40, C7).

import { firstBarAtOrAfter, type Stamps } from '../data/bars.ts'

export const YEAR_MS = 365.25 * 86_400_000

/**
 * Median bar count of the calendar years that lie wholly between the first and the last year of the
 * bars `from` … `to`−1; without such a year, bars over elapsed years. `null` for fewer than two bars.
 */
export function measureBarsPerYear(bars: Stamps, from: number, to: number): number | null {
  const used = { length: to - from, timestampMs: bars.timestampMs.subarray(from, to) }
  if (used.length < 2) return null
  const first = used.timestampMs[0]!
  const last = used.timestampMs[used.length - 1]!
  const counts: number[] = []
  for (let year = yearOf(first) + 1; year < yearOf(last); year++)
    counts.push(januaryBar(used, year + 1) - januaryBar(used, year))
  const whole = counts.filter((count) => count > 0).toSorted((a, b) => a - b)
  if (whole.length === 0) return ((used.length - 1) * YEAR_MS) / (last - first)
  const middle = whole.length >>> 1
  return whole.length % 2 === 1 ? whole[middle]! : (whole[middle - 1]! + whole[middle]!) / 2
}

function yearOf(timestampMs: number): number {
  return new Date(timestampMs).getUTCFullYear()
}

function januaryBar(bars: Stamps, year: number): number {
  return firstBarAtOrAfter(bars, Date.UTC(year, 0, 1))
}
