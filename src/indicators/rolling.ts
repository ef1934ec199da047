// Columns over a sliding window: bar t sees the last `window` values, NaN until there are that many.
//
// All of them cut the column into blocks of `window` values, so that every window is the tail of one block joined
// to the head of the next. Nothing is ever subtracted, hence: O(n) whatever the window, no drift however long the
// column (the error is that of one window), and a NaN or a huge value leaves no trace once it has left the window.

type Column = Float64Array

// Largest, smallest and sum are three loops rather than one with a function to combine by: that call would not be
// inlined, and takes three times as long.

/** Largest of the last `window` values (van Herk 1992, Gil & Werman 1993). */
export function rollingMax(values: Column, window: number): Float64Array {
  const largest = new Float64Array(values.length)
  const tail = new Float64Array(window + 1).fill(-Infinity) // tail[j]: values j … window−1 of the block before
  for (let start = 0; start < values.length; start += window) {
    const end = Math.min(start + window, values.length)
    let head = -Infinity
    for (let t = start; t < end; t++) {
      head = Math.max(head, values[t]!)
      largest[t] = Math.max(tail[t + 1 - start]!, head)
    }
    for (let t = end - 1; t >= start; t--)
      tail[t - start] = Math.max(values[t]!, tail[t + 1 - start]!)
  }
  return largest.fill(NaN, 0, window - 1)
}

/** Smallest of the last `window` values, as `rollingMax`. */
export function rollingMin(values: Column, window: number): Float64Array {
  const smallest = new Float64Array(values.length)
  const tail = new Float64Array(window + 1).fill(Infinity)
  for (let start = 0; start < values.length; start += window) {
    const end = Math.min(start + window, values.length)
    let head = Infinity
    for (let t = start; t < end; t++) {
      head = Math.min(head, values[t]!)
      smallest[t] = Math.min(tail[t + 1 - start]!, head)
    }
    for (let t = end - 1; t >= start; t--)
      tail[t - start] = Math.min(values[t]!, tail[t + 1 - start]!)
  }
  return smallest.fill(NaN, 0, window - 1)
}

export function rollingSum(values: Column, window: number): Float64Array {
  const sums = new Float64Array(values.length)
  const tail = new Float64Array(window + 1)
  for (let start = 0; start < values.length; start += window) {
    const end = Math.min(start + window, values.length)
    let head = 0
    for (let t = start; t < end; t++) {
      head = head + values[t]!
      sums[t] = tail[t + 1 - start]! + head
    }
    for (let t = end - 1; t >= start; t--) tail[t - start] = values[t]! + tail[t + 1 - start]!
  }
  return sums.fill(NaN, 0, window - 1)
}

export function rollingMean(values: Column, window: number): Float64Array {
  const means = rollingSum(values, window)
  for (let t = 0; t < means.length; t++) means[t] = means[t]! / window
  return means
}

/** Mean weighted 1 … window, the newest value most. */
export function rollingWeightedMean(values: Column, window: number): Float64Array {
  const means = new Float64Array(values.length).fill(NaN)
  const totalWeight = (window * (window + 1)) / 2
  const tailSum = new Float64Array(window + 1)
  const tailWeighted = new Float64Array(window + 1) // weighted 1, 2, … from value j on
  let headSum = 0
  let headWeighted = 0
  for (let t = 0; t < values.length; t++) {
    const j = t % window
    if (j === 0) headSum = headWeighted = 0
    headSum += values[t]!
    headWeighted += (j + 1) * values[t]!
    if (t >= window - 1) {
      const weightBefore = window - 1 - j // the head's weights continue those of the tail
      means[t] = (tailWeighted[j + 1]! + weightBefore * headSum + headWeighted) / totalWeight
    }
    if (j === window - 1) {
      for (let k = j; k >= 0; k--) {
        tailSum[k] = values[t - j + k]! + tailSum[k + 1]!
        tailWeighted[k] = tailWeighted[k + 1]! + tailSum[k]!
      }
    }
  }
  return means
}

/**
 * Mean and sample standard deviation (ddof 1); `window` ≥ 2. Exactly 0 on a flat window.
 * Squares about the mean grow by Welford 1962 and are joined by Chan, Golub & LeVeque 1979.
 */
export function rollingDeviation(
  values: Column,
  window: number,
): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(values.length).fill(NaN)
  const deviation = new Float64Array(values.length).fill(NaN)
  const tailMean = new Float64Array(window + 1)
  const tailSquares = new Float64Array(window + 1)
  let headMean = 0
  let headSquares = 0
  for (let t = 0; t < values.length; t++) {
    const j = t % window
    if (j === 0) headMean = headSquares = 0
    const fromHead = values[t]! - headMean
    headMean += fromHead / (j + 1)
    headSquares += fromHead * (values[t]! - headMean)
    if (t >= window - 1) {
      const headShare = (j + 1) / window
      const gap = headMean - tailMean[j + 1]!
      const between = gap * gap * headShare * (window - 1 - j)
      mean[t] = tailMean[j + 1]! + gap * headShare
      deviation[t] = Math.sqrt((tailSquares[j + 1]! + headSquares + between) / (window - 1))
    }
    if (j === window - 1) {
      for (let k = j; k >= 0; k--) {
        const value = values[t - j + k]!
        const fromTail = value - tailMean[k + 1]!
        tailMean[k] = tailMean[k + 1]! + fromTail / (window - k)
        tailSquares[k] = tailSquares[k + 1]! + fromTail * (value - tailMean[k]!)
      }
    }
  }
  return { mean, deviation }
}
