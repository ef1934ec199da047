// How far the equity lies below its highest value so far, and the worst of these falls. The capital is the first peak,
// as in the metrics.

import { drawdownsOf, type Drawdown } from '../performance/drawdown.ts'

/** (equity − peak) / peak of each bar: 0 at a peak, negative below it. */
export function drawdownSeries(equity: Float64Array, capital: number): Float64Array {
  const series = new Float64Array(equity.length)
  let peak = capital
  for (let i = 0; i < equity.length; i++) {
    peak = Math.max(peak, equity[i]!)
    series[i] = (equity[i]! - peak) / peak
  }
  return series
}

export type DeepDrawdown = Drawdown & {
  /** Negative. */
  readonly ratio: number
}

/** The `count` deepest falls, deepest first. */
export function worstDrawdowns(
  equity: Float64Array,
  capital: number,
  count: number,
): DeepDrawdown[] {
  return drawdownsOf(equity, capital)
    .map((fall) => ({ ...fall, ratio: (equity[fall.deepestBar]! - fall.peak) / fall.peak }))
    .toSorted((a, b) => a.ratio - b.ratio || a.peakBar - b.peakBar)
    .slice(0, count)
}
