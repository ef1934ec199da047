// The Sharpe ratio of the last `window` returns of each bar: mean / standard deviation (ddof 1) · √barsPerYear, as the
// metrics define it; NaN before there are as many, and while nothing moves. Running sums of returns and their squares;
// they are of the same order as what is summed, so nothing is lost that a chart could show.

export function rollingSharpe(
  equity: Float64Array,
  window: number,
  barsPerYear: number,
): Float64Array {
  const series = new Float64Array(equity.length).fill(NaN)
  const returns = equity.map((value, i) => (i === 0 ? 0 : value / equity[i - 1]! - 1))
  let sum = 0
  let squares = 0
  let moving = 0 // returns in the window that are not 0
  for (let i = 1; i < equity.length; i++) {
    const value = returns[i]!
    sum += value
    squares += value * value
    if (value !== 0) moving++
    if (i > window) {
      const gone = returns[i - window]!
      sum -= gone
      squares -= gone * gone
      if (gone !== 0) moving--
    }
    if (i < window || moving === 0) continue
    const mean = sum / window
    const variance = (squares - sum * mean) / (window - 1)
    if (variance > 1e-24) series[i] = (mean / Math.sqrt(variance)) * Math.sqrt(barsPerYear)
  }
  return series
}

/** Half a year of bars, less when there is not a year of them; null = too few to say anything. */
export function sharpeWindow(bars: number, barsPerYear: number): number | null {
  const half = Math.round(barsPerYear / 2)
  const window = bars > 2 * half ? half : Math.floor(bars / 4)
  return window >= 20 ? window : null
}
