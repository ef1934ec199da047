// Swings: moves of a price by at least `threshold` from one extreme to the next. A swing is known only when the next one
// has begun: the last extreme may still move.

export type Swings = {
  /** Bars of the alternating lows and highs; the first bar always counts as one, the last one may still move. */
  readonly extremes: readonly number[]
  /** Bars that moved the running extreme or turned the swing, ascending. */
  readonly events: readonly number[]
}

/**
 * @param threshold relative move that turns a swing, between 0 and 1; one for all bars, or for each (NaN: none turns it)
 */
export function findSwings(prices: Float64Array, threshold: Float64Array | number): Swings {
  const extremes: number[] = []
  const events: number[] = []
  let direction = 0 // +1 up, −1 down, 0 before the first move of `threshold`
  let running = 0 // the extreme that may still move
  for (let t = 1; t < prices.length; t++) {
    const change = (prices[t]! - prices[running]!) / prices[running]!
    const isFurther = direction * change > 0
    const needed = typeof threshold === 'number' ? threshold : threshold[t]!
    const isTurn = change !== 0 && Math.abs(change) >= needed // false from 0 to 0, which only a volume can be
    if (!isFurther && !isTurn) continue
    if (!isFurther) {
      extremes.push(running)
      direction = Math.sign(change)
    }
    running = t
    events.push(t)
  }
  if (prices.length > 0) extremes.push(running)
  return { extremes, events }
}
