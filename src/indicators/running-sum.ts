// Sums since the first bar: what they are worth depends on where the bars begin.

export function runningSum(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length)
  let sum = 0
  for (let t = 0; t < values.length; t++) {
    sum += values[t]!
    sums[t] = sum
  }
  return sums
}
