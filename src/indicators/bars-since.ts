// How many bars ago the largest or smallest of the last `window` values was; of equal ones the earliest counts.
// Blocks as in rolling.ts, holding bars instead of values: O(n) whatever the window, and exact.

export function barsSinceHighest(values: Float64Array, window: number): Float64Array {
  return barsSinceExtreme(values, window, 1)
}

export function barsSinceLowest(values: Float64Array, window: number): Float64Array {
  return barsSinceExtreme(values, window, -1)
}

/** @param side +1 for the largest, −1 for the smallest value */
function barsSinceExtreme(values: Float64Array, window: number, side: 1 | -1): Float64Array {
  const since = new Float64Array(values.length).fill(NaN)
  const tail = new Int32Array(window) // tail[j]: the extreme of bars j … window−1 of the block before
  let head = 0
  for (let t = 0; t < values.length; t++) {
    const j = t % window
    if (j === 0 || side * values[t]! > side * values[head]!) head = t
    if (j === window - 1) {
      since[t] = t - head // the window is this block
      tail[j] = t
      for (let k = j - 1; k >= 0; k--) {
        const bar = t - j + k
        const later = tail[k + 1]!
        tail[k] = side * values[bar]! >= side * values[later]! ? bar : later
      }
    } else if (t >= window) {
      const before = tail[j + 1]!
      since[t] = t - (side * values[before]! >= side * values[head]! ? before : head)
    }
  }
  return since
}
