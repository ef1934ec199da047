// The symmetric CUSUM filter (López de Prado 2018, ch. 2.5): the bars at which log returns have summed up to something,
// as upstream counts it: the threshold is taken off each return and is what the sum must pass, too.
//   S⁺ = max(0, S⁺ + r − h), S⁻ = min(0, S⁻ + r + h); S⁺ > h is an event and resets S⁺, else S⁻ < −h one that resets S⁻.
// A bar is an event by the bars up to it alone.

/** 1 at each event. Bars whose return or threshold is NaN pass unseen. */
export function cusumEvents(returns: Float64Array, thresholds: Float64Array): Uint8Array {
  const events = new Uint8Array(returns.length)
  let up = 0
  let down = 0
  for (let t = 0; t < returns.length; t++) {
    const change = returns[t]!
    const threshold = thresholds[t]!
    if (Number.isNaN(change + threshold)) continue
    up = Math.max(0, up + change - threshold)
    down = Math.min(0, down + change + threshold)
    if (up > threshold) {
      up = 0
      events[t] = 1
    } else if (down < -threshold) {
      down = 0
      events[t] = 1
    }
  }
  return events
}

/**
 * The automatic threshold of each bar: `multiplier` times the mean of the volatility so far. Upstream takes the mean of
 * the whole series, which no bar can know (W19). NaN until there is a volatility.
 */
export function cusumThresholds(volatility: Float64Array, multiplier: number): Float64Array {
  const thresholds = new Float64Array(volatility.length).fill(NaN)
  let sum = 0
  let count = 0
  for (let t = 0; t < volatility.length; t++) {
    if (!Number.isNaN(volatility[t]!)) {
      sum += volatility[t]!
      count++
    }
    if (count > 0) thresholds[t] = multiplier * (sum / count)
  }
  return thresholds
}
