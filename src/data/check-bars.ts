// Whether bars can be what they claim: ascending in time, possible candles, prices above zero, no holes.
// Nothing is repaired. Errors make the bars unusable; warnings are for the user to judge.

import { BAR_COLUMNS, PRICE_COLUMNS, type Bars } from './bars.ts'
import { findGaps } from './find-gaps.ts'
import { formatDuration, formatTimestamp } from './timestamp.ts'

/** Sources round prices one by one, which may put a high a hair below the close. Relative. */
const ROUNDING = 1e-9
const MOST_PROBLEMS = 1000

export type Problem = {
  readonly severity: 'error' | 'warning'
  /** Undefined when it concerns them all. */
  readonly bar?: number
  /** What is wrong and what to do, without a full stop. */
  readonly message: string
}

/** Problems in the order of the bars, at most 1 000; empty when all is well. */
export function checkBars(bars: Bars): Problem[] {
  if (bars.length < 2) {
    const found = bars.length === 1 ? 'is 1 bar' : 'are no bars'
    return [error(undefined, `there ${found}, expected at least 2`)]
  }
  if (isDescending(bars))
    return [error(undefined, 'the bars run from newest to oldest; reverse the rows, oldest first')]
  const problems: Problem[] = []
  let inOrder = true
  for (let bar = 0; bar < bars.length && problems.length < MOST_PROBLEMS; bar++) {
    const order = orderProblem(bars, bar)
    const candle = candleProblem(bars, bar)
    if (order) problems.push(error(bar, order))
    if (candle)
      problems.push(error(bar, `${candle} at ${stamp(bars, bar)}; correct or remove the bar`))
    if (order) inOrder = false
  }
  return inOrder ? [...problems, ...gapWarning(bars)] : problems
}

function isDescending({ timestampMs, length }: Bars): boolean {
  for (let bar = 1; bar < length; bar++)
    if (!(timestampMs[bar]! <= timestampMs[bar - 1]!)) return false
  return timestampMs[length - 1]! < timestampMs[0]!
}

function orderProblem(bars: Bars, bar: number): string | undefined {
  const now = bars.timestampMs[bar]!
  if (!Number.isFinite(now)) return `the timestamp is ${now}`
  const before = bars.timestampMs[bar - 1]
  if (before === undefined || before < now) return undefined
  if (before === now) return `${stamp(bars, bar)} is there twice; remove one of the two bars`
  return `${stamp(bars, bar)} comes after ${stamp(bars, bar - 1)}; sort the rows by time, oldest first`
}

function candleProblem(bars: Bars, bar: number): string | undefined {
  for (const column of BAR_COLUMNS) {
    const value = bars[column][bar]!
    if (!Number.isFinite(value)) return `${column} is ${value}`
  }
  for (const column of PRICE_COLUMNS) {
    const value = bars[column][bar]!
    if (value <= 0) return `${column} is ${value}, expected a price above 0`
  }
  if (bars.volume[bar]! < 0) return `volume is ${bars.volume[bar]!}, expected 0 or more`

  const high = bars.high[bar]!
  const low = bars.low[bar]!
  for (const column of ['low', 'open', 'close'] as const) {
    const value = bars[column][bar]!
    if (high < value * (1 - ROUNDING)) return `high ${high} is below ${column} ${value}`
    if (low > value * (1 + ROUNDING)) return `low ${low} is above ${column} ${value}`
  }
  return undefined
}

function gapWarning(bars: Bars): Problem[] {
  const gaps = findGaps(bars)
  if (gaps.length === 0) return []
  const { bar, ms } = gaps.reduce((largest, gap) => (gap.ms > largest.ms ? gap : largest))
  const count = gaps.length === 1 ? '1 gap' : `${gaps.length} gaps`
  const where = `${formatDuration(ms)} from ${stamp(bars, bar - 1)} to ${stamp(bars, bar)}`
  return [{ severity: 'warning', bar, message: `${count} in the bars, the largest of ${where}` }]
}

function error(bar: number | undefined, message: string): Problem {
  return { severity: 'error', message, ...(bar === undefined ? {} : { bar }) }
}

function stamp(bars: Bars, bar: number): string {
  return formatTimestamp(bars.timestampMs[bar]!)
}
