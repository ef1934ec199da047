// What a fold has made of its own test window: a stretch of the one equity that all folds have traded together, which
// begins with the equity at the close before. Positions that are carried over a border count where they are held.

import { firstBarAtOrAfter, type Stamps } from '../data/bars.ts'
import { passOver } from '../performance/curve-pass.ts'
import { curveFigures } from '../performance/equity-curve.ts'
import type { Trade } from '../performance/trade.ts'
import type { FoldWindow } from './fold-windows.ts'

export type FoldFigures = {
  readonly bars: number
  /** So that one more than each, multiplied, is the growth of the whole. */
  readonly totalReturnRatio: number
  readonly sharpeRatio: number | null
  readonly maxDrawdownRatio: number
  /** That were entered in the window. */
  readonly trades: number
}

export type Traded = {
  readonly timeline: Stamps
  /** At the close of each step. */
  readonly equity: Float64Array
  readonly trades: readonly Trade[]
  readonly capital: number
  readonly barsPerYear: number | null
}

/** @param window that has a step of the timeline */
export function foldFigures(
  { timeline, equity, trades, capital, barsPerYear }: Traded,
  { testFromMs, testToMs }: Pick<FoldWindow, 'testFromMs' | 'testToMs'>,
): FoldFigures {
  const from = firstBarAtOrAfter(timeline, testFromMs)
  const to = firstBarAtOrAfter(timeline, testToMs)
  const begin = Math.max(0, from - 1)
  const curve = equity.subarray(begin, to)
  const before = from === 0 ? capital : equity[from - 1]!
  const { own } = passOver(curve, (a, b) => curve.subarray(a, b), before)
  const account = {
    timestampMs: timeline.timestampMs.subarray(begin, to),
    capital: before,
    barsPerYear,
  }
  const { totalReturnRatio, sharpeRatio, maxDrawdownRatio } = curveFigures(own, account)
  return {
    bars: to - from,
    totalReturnRatio,
    sharpeRatio,
    maxDrawdownRatio,
    trades: trades.filter(({ entryTimeMs }) => testFromMs <= entryTimeMs && entryTimeMs < testToMs)
      .length,
  }
}

/**
 * Walk-forward efficiency (Pardo 2008): the annual return out of sample over that which the folds were chosen by, on
 * average. Undefined where nothing was earned in sample.
 * @param inSample annual return of each fold on the bars that judged it
 */
export function walkForwardEfficiency(
  outOfSample: number | null,
  inSample: readonly (number | null)[],
): number | null {
  const known = inSample.filter((ratio) => ratio !== null)
  if (outOfSample === null || known.length === 0) return null
  const mean = known.reduce((sum, ratio) => sum + ratio, 0) / known.length
  return mean > 0 ? outOfSample / mean : null
}
