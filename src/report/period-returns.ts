// Returns of calendar months and years, in UTC: the last equity of a period over the last one before it, the capital
// before the first.

export type YearOfReturns = {
  readonly year: number
  /** January to December; null = no bar. */
  readonly months: readonly (number | null)[]
  readonly whole: number
}

export function monthlyReturns(
  timeMs: Float64Array,
  equity: Float64Array,
  capital: number,
): YearOfReturns[] {
  const years: { year: number; months: (number | null)[]; whole: number }[] = []
  let beforeMonth = capital
  let beforeYear = capital
  for (let i = 0; i < timeMs.length; i++) {
    const date = new Date(timeMs[i]!)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    const previous = years.at(-1)
    if (previous?.year !== year) {
      if (i > 0) beforeYear = beforeMonth = equity[i - 1]!
      years.push({ year, months: Array<null>(12).fill(null), whole: 0 })
    } else if (previous.months[month] === null) beforeMonth = equity[i - 1]!
    const current = years.at(-1)!
    current.months[month] = equity[i]! / beforeMonth - 1
    current.whole = equity[i]! / beforeYear - 1
  }
  return years
}
