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
  let month = new Date(timestampMs[0]!)
  let monthEndMs = endOfMonth(month)
  for (let bar = 1; bar <= equity.length; bar++) {
    const isOver = bar === equity.length
    if (!isOver && timestampMs[bar]! < monthEndMs) continue
    const value = equity[bar - 1]!
    monthlyReturns.push({
      month: month.toISOString().slice(0, 7),
      returnRatio: growth(beforeMonth, value),
    })
    beforeMonth = value
    const year = month.getUTCFullYear()
    if (!isOver) {
      month = new Date(timestampMs[bar]!)
      monthEndMs = endOfMonth(month)
    }
    if (!isOver && month.getUTCFullYear() === year) continue
    yearlyReturns.push({ year, returnRatio: growth(beforeYear, value) })
    beforeYear = value
  }
  return { monthlyReturns, yearlyReturns }
}

function endOfMonth(date: Date): number {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

function growth(before: number, after: number): number | null {
  return before > 0 ? finite(after / before - 1) : null
}
