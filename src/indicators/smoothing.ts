// Recursive averages: every value depends on the whole past with fading weight, so they hold values from the first
// bar on, though not yet converged ones. `blankWarmup` hides those (C2); the recursion itself starts at bar 0 as
// upstream's does. They contract, so rounding errors fade instead of adding up.

/** From index `first` on: e_first = x_first, e_t = (1 − α)·e_{t−1} + α·x_t (pandas `ewm(adjust=False)`). NaN before. */
export function exponentialMean(values: Float64Array, alpha: number, first = 0): Float64Array {
  const means = new Float64Array(values.length).fill(NaN, 0, first)
  let mean = values[first] ?? NaN
  for (let t = first; t < values.length; t++) {
    if (t > first) mean = (1 - alpha) * mean + alpha * values[t]!
    means[t] = mean
  }
  return means
}

/** Σ (1−α)^k·x_{t−k} ÷ Σ (1−α)^k over the bars seen so far (pandas `ewm(adjust=True)`). */
export function adjustedExponentialMean(values: Float64Array, alpha: number): Float64Array {
  const means = new Float64Array(values.length)
  let sum = 0
  let weight = 0
  for (let t = 0; t < values.length; t++) {
    sum = (1 - alpha) * sum + values[t]!
    weight = (1 - alpha) * weight + 1
    means[t] = sum / weight
  }
  return means
}

/**
 * Wilder's average of `values` from index `first` on: the plain mean of the first `period` values, then
 * (average·(period − 1) + x) / period. NaN before index first + period − 1.
 */
export function wilderMean(values: Float64Array, period: number, first = 0): Float64Array {
  const means = new Float64Array(values.length).fill(NaN)
  const seededAt = first + period - 1
  let sum = 0
  let mean = NaN
  for (let t = first; t < values.length; t++) {
    if (t <= seededAt) sum += values[t]!
    if (t === seededAt) mean = sum / period
    if (t > seededAt) mean = (mean * (period - 1) + values[t]!) / period
    means[t] = mean
  }
  return means
}

/** α of an exponential average named by its span: 2 / (span + 1). */
export function alphaOfSpan(span: number): number {
  return 2 / (span + 1)
}

/** Overwrites the first `warmup` values with NaN and returns the column. */
export function blankWarmup(column: Float64Array, warmup: number): Float64Array {
  return column.fill(NaN, 0, warmup)
}
