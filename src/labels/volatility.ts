// Volatility as the labelers measure it: how large a move has been usual, told at each bar from the bars up to it.

import { log } from '../core/exact-math.ts'
import type { Bars } from '../data/bars.ts'
import { adjustedExponentialMean, alphaOfSpan } from '../indicators/smoothing.ts'

/** Adjusted exponential mean of (H − L) / C; gaps between bars are not in it (upstream's method `atr`). */
export function rangeVolatility({ high, low, close }: Bars, span: number): Float64Array {
  const shares = close.map((price, t) => (high[t]! - low[t]!) / price)
  return adjustedExponentialMean(shares, alphaOfSpan(span))
}

/** ln(C_t / C_{t−1}); NaN at bar 0. */
export function logReturns(close: Float64Array): Float64Array {
  const returns = new Float64Array(close.length).fill(NaN)
  for (let t = 1; t < close.length; t++) returns[t] = log(close[t]! / close[t - 1]!)
  return returns
}

/**
 * Exponentially weighted standard deviation of log returns, corrected for its bias: variance · W² ÷ (W² − Σw²), the
 * weights of the bars seen so far being w and their sum W (pandas `ewm(span).std()`). NaN at bars 0 and 1.
 */
export function returnVolatility(returns: Float64Array, span: number): Float64Array {
  const deviations = new Float64Array(returns.length).fill(NaN)
  const fading = 1 - alphaOfSpan(span)
  let mean = 0
  let variance = 0
  let weight = 0
  let squaredWeights = 0
  for (let t = 1; t < returns.length; t++) {
    const before = fading * weight
    weight = before + 1
    squaredWeights = fading * fading * squaredWeights + 1
    const gap = returns[t]! - mean
    const step = gap / weight
    mean += step
    const fromMean = returns[t]! - mean
    variance = (before * (variance + step * step) + fromMean * fromMean) / weight
    const total = weight * weight
    deviations[t] = Math.sqrt((variance * total) / (total - squaredWeights))
  }
  return deviations
}
