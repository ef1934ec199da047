// Returns of calendar months and years as a table has them: a row for each year, its months side by side.

import { calendarReturns } from '../performance/calendar-returns.ts'

export type YearOfReturns = {
  readonly year: number
  /** January to December; null = no bar, or the equity had been lost. */
  readonly months: readonly (number | null)[]
  readonly whole: number | null
}

export function yearsOfReturns(
  timeMs: Float64Array,
  equity: Float64Array,
  capital: number,
): YearOfReturns[] {
  const { monthlyReturns, yearlyReturns } = calendarReturns(equity, timeMs, capital)
  const months = new Map(monthlyReturns.map(({ month, returnRatio }) => [month, returnRatio]))
  return yearlyReturns.map(({ year, returnRatio }) => ({
    year,
    months: Array.from(
      { length: 12 },
      (_, i) => months.get(`${year}-${String(i + 1).padStart(2, '0')}`) ?? null,
    ),
    whole: returnRatio,
  }))
}
