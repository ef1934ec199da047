// True range (Wilder 1978): how far the price moved in a bar, the gap from the last close included.

import type { Bars } from '../data/bars.ts'

/** TR₀ = H₀ − L₀; TR_t = max(H − L, |H − C_{t−1}|, |L − C_{t−1}|). */
export function trueRange({ high, low, close, length }: Bars): Float64Array {
  const ranges = new Float64Array(length)
  for (let t = 0; t < length; t++) {
    const before = t === 0 ? close[t]! : close[t - 1]!
    const gap = Math.max(Math.abs(high[t]! - before), Math.abs(low[t]! - before))
    ranges[t] = Math.max(high[t]! - low[t]!, gap)
  }
  return ranges
}
