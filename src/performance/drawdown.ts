// How far and how long an equity lies below its highest point so far, at first the capital.

import { beginWalk, walkOn, type DrawdownWalk } from './drawdown-walk.ts'

const DAY_MS = 86_400_000

export type DrawdownFigures = {
  /** Largest fall below the highest equity so far, as a share of it; the capital is the first peak. */
  readonly maxDrawdownRatio: number
  /** The money of that fall (W40). */
  readonly maxDrawdown: number
  /** From the lowest point of that fall to the bar that regains the peak; `null` when none does. */
  readonly maxDrawdownRecoveryBars: number | null
  /** Longest time below a peak: from the peak to the bar that regains it, or to the last bar. */
  readonly maxDrawdownBars: number
  /** The calendar days of that stretch. */
  readonly maxDrawdownDays: number
  readonly drawdowns: number
  /** Mean of the deepest points and of the lengths of all drawdowns. */
  readonly averageDrawdownRatio: number | null
  readonly averageDrawdownBars: number | null
  /** √(mean of the squared drawdowns at all closes) (Martin & McCann 1989). */
  readonly ulcerIndexRatio: number
}

export type Drawdown = {
  readonly peak: number
  /** The bar of the peak; −1 when it is the capital, before the first bar. */
  readonly peakBar: number
  readonly deepestBar: number
  /** The bar that regains the peak; null = not yet. */
  readonly recoveredBar: number | null
}

/** All of them, in order. */
export function drawdownsOf(equity: Float64Array, capital: number): Drawdown[] {
  const drawdowns: Drawdown[] = []
  const note = ({ peak, peakBar, deepestBar }: DrawdownWalk, recoveredBar: number | null) =>
    void drawdowns.push({ peak, peakBar, deepestBar, recoveredBar })
  const walk = beginWalk(capital)
  walkOn(walk, equity, note)
  if (walk.isBelow) note(walk, null)
  return drawdowns
}

/** What drawdowns that follow each other add up to. */
export type DrawdownSums = {
  readonly walk: DrawdownWalk
  maxRatio: number
  max: number
  maxRecoveryBars: number | null
  longestFrom: number
  longestEnd: number
  count: number
  depths: number
  lengths: number
}

export function beginDrawdowns(capital: number): DrawdownSums {
  return {
    walk: beginWalk(capital),
    maxRatio: 0,
    max: 0,
    maxRecoveryBars: null,
    longestFrom: 0,
    longestEnd: 0,
    count: 0,
    depths: 0,
    lengths: 0,
  }
}

/** The next points of the curve. */
export function addPoints(sums: DrawdownSums, points: Float64Array): void {
  walkOn(sums.walk, points, (_, recoveredBar) => addDrawdown(sums, recoveredBar, true))
}

function addDrawdown(sums: DrawdownSums, endBar: number, isRecovered: boolean): void {
  const { peak, peakBar, deepest, deepestBar } = sums.walk
  const fromBar = Math.max(peakBar, 0)
  const ratio = (peak - deepest) / peak
  if (ratio > sums.maxRatio) {
    sums.maxRatio = ratio
    sums.max = peak - deepest
    sums.maxRecoveryBars = isRecovered ? endBar - deepestBar : null
  }
  if (endBar - fromBar > sums.longestEnd - sums.longestFrom) {
    sums.longestFrom = fromBar
    sums.longestEnd = endBar
  }
  sums.count++
  sums.depths += ratio
  sums.lengths += endBar - fromBar
}

/** Of the points so far: a drawdown that goes on ends at the last of them. */
export function drawdownFigures(sums: DrawdownSums, timestampMs: Float64Array): DrawdownFigures {
  const { bar, isBelow, squaredRatios } = sums.walk
  const all = { ...sums }
  if (isBelow) addDrawdown(all, bar - 1, false)
  const { count, longestFrom, longestEnd } = all
  return {
    maxDrawdownRatio: all.maxRatio,
    maxDrawdown: all.max,
    maxDrawdownRecoveryBars: all.maxRecoveryBars,
    maxDrawdownBars: longestEnd - longestFrom,
    maxDrawdownDays: (timestampMs[longestEnd]! - timestampMs[longestFrom]!) / DAY_MS,
    drawdowns: count,
    averageDrawdownRatio: count === 0 ? null : all.depths / count,
    averageDrawdownBars: count === 0 ? null : all.lengths / count,
    ulcerIndexRatio: Math.sqrt(squaredRatios / bar),
  }
}
