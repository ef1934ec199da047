// Returns of the calendar months and years, in UTC, chained: each from the equity at the last bar before it, at
// first from the capital, so that together they make the total return.

import { finite } from './finite.ts'

export type MonthlyReturn = {
  /** "2024-03" */
  readonly month: string
  /** `null` once the equity has been lost. */
  readonly returnRatio: number | null
}

export type YearlyReturn = { readonly year: number; readonly returnRatio: number | null }

export type CalendarReturns = {
  /** Those that have bars, in order. */
  readonly monthlyReturns: readonly MonthlyReturn[]
  readonly yearlyReturns: readonly YearlyReturn[]
}

export function calendarReturns(
  equity: Float64Array,
  timestampMs: Float64Array,
  capital: number,
): CalendarReturns {
  const monthlyReturns: MonthlyReturn[] = []
  const yearlyReturns: YearlyReturn[] = []
  let beforeMonth = capital
  let beforeYear = capital
  for (let bar = 0; bar < equity.length;) {
    const month = new Date(timestampMs[bar]!)
    bar = firstAtOrAfter(timestampMs, endOfMonth(month), bar)
    const value = equity[bar - 1]!
    const returnRatio = growth(beforeMonth, value)
    monthlyReturns.push({ month: month.toISOString().slice(0, 7), returnRatio })
    beforeMonth = value
    const year = month.getUTCFullYear()
    if (bar < equity.length && new Date(timestampMs[bar]!).getUTCFullYear() === year) continue
    yearlyReturns.push({ year, returnRatio: growth(beforeYear, value) })
    beforeYear = value
  }
  return { monthlyReturns, yearlyReturns }
}

/** The first bar at or after `timeMs`, which is after the bar `from`; the number of bars if there is none. */
function firstAtOrAfter(timestampMs: Float64Array, timeMs: number, from: number): number {
  let low = from + 1
  let high = timestampMs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (timestampMs[middle]! < timeMs) low = middle + 1
    else high = middle
  }
  return low
}

function endOfMonth(date: Date): number {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

function growth(before: number, after: number): number | null {
  return before > 0 ? finite(after / before - 1) : null
}
