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
  const errors = barErrors(bars)
  const isAscending =
    bars.length >= 2 && bars.timestampMs.every((_, bar) => !orderProblem(bars, bar))
  return isAscending ? [...errors, ...gapWarnings(bars)] : errors
}

/** What makes the bars unusable. */
export function barErrors(bars: Bars): Problem[] {
  if (bars.length < 2) {
    const found = bars.length === 1 ? 'is 1 bar' : 'are no bars'
    return [error(undefined, `there ${found}, expected at least 2`)]
  }
  if (isDescending(bars))
    return [error(undefined, 'the bars run from newest to oldest; reverse the rows, oldest first')]
  const problems: Problem[] = []
  for (let bar = nextDoubtful(bars, 0); bar < bars.length; bar = nextDoubtful(bars, bar + 1)) {
    if (problems.length >= MOST_PROBLEMS) break
    const order = orderProblem(bars, bar)
    const candle = candleProblem(bars, bar)
    if (order) problems.push(error(bar, order))
    if (candle)
      problems.push(error(bar, `${candle} at ${stamp(bars, bar)}; correct or remove the bar`))
  }
  return problems
}

/** The first bar from `from` on that is not plainly sound; the length when all are. */
function nextDoubtful(bars: Bars, from: number): number {
  if (from === 0) return 0 // it has no bar before it
  const { timestampMs, open, high, low, close, volume, length } = bars
  for (let bar = from; bar < length; bar++) {
    const isSound =
      timestampMs[bar - 1]! < timestampMs[bar]! &&
      timestampMs[bar]! < Infinity &&
      low[bar]! > 0 &&
      low[bar]! <= open[bar]! &&
      low[bar]! <= close[bar]! &&
      open[bar]! <= high[bar]! &&
      close[bar]! <= high[bar]! &&
      high[bar]! < Infinity &&
      volume[bar]! >= 0 &&
      volume[bar]! < Infinity
    if (!isSound) return bar
  }
  return length
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

/** @param bars at least two, strictly ascending */
export function gapWarnings(bars: Bars): Problem[] {
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
