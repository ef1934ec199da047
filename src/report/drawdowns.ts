// How far the equity lies below its highest value so far, and the worst of these falls. The capital is the first peak,
// as in the metrics (src/backtest/equity-curve.ts).

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

export type Drawdown = {
  /** The bar of the peak; −1 when it is the capital, before the first bar. */
  readonly peakBar: number
  readonly deepestBar: number
  /** The bar that regains the peak; null = not yet. */
  readonly recoveredBar: number | null
  /** Negative. */
  readonly ratio: number
}

/** The `count` deepest falls, deepest first. Each lasts from a peak until that is regained. */
export function worstDrawdowns(equity: Float64Array, capital: number, count: number): Drawdown[] {
  const falls: Drawdown[] = []
  let peak = capital
  let peakBar = -1
  let deepestBar = -1
  const end = (recoveredBar: number | null): void => {
    if (deepestBar === -1) return
    falls.push({ peakBar, deepestBar, recoveredBar, ratio: (equity[deepestBar]! - peak) / peak })
    deepestBar = -1
  }
  for (let bar = 0; bar < equity.length; bar++) {
    const value = equity[bar]!
    if (value >= peak) {
      end(bar)
      peak = value
      peakBar = bar
    } else if (deepestBar === -1 || value < equity[deepestBar]!) deepestBar = bar
  }
  end(null)
  return falls.toSorted((a, b) => a.ratio - b.ratio || a.peakBar - b.peakBar).slice(0, count)
}
