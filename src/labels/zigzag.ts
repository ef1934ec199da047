// ZigZag classes: the direction of the swing that a bar is part of, swings being moves of the close by at least
// `threshold`. Between two extremes every bar is BUY on the way up and SELL on the way down; an extreme is HOLD.
//
// How far a label looked (`endBar`): to the next bar that moves the running extreme or turns the swing. Until then the
// bar itself may become an extreme, or the swing may turn behind it; after it nothing that comes changes the label, nor
// this end. The last extreme may still move, so it and everything after it have no label (upstream says HOLD, W14).

import { BUY, HOLD, SELL, SIGNALS, type Labels } from './label.ts'

export type Swings = {
  /** Bars of the alternating lows and highs; the first bar always counts as one, the last one may still move. */
  readonly extremes: readonly number[]
  /** Bars that moved the running extreme or turned the swing, ascending. */
  readonly events: readonly number[]
}

/** @param threshold relative move that turns a swing, between 0 and 1 */
export function findSwings(close: Float64Array, threshold: number): Swings {
  const extremes: number[] = []
  const events: number[] = []
  let direction = 0 // +1 up, −1 down, 0 before the first move of `threshold`
  let running = 0 // the extreme that may still move
  for (let t = 1; t < close.length; t++) {
    const change = (close[t]! - close[running]!) / close[running]!
    const isFurther = direction * change > 0
    if (!isFurther && Math.abs(change) < threshold) continue
    if (!isFurther) {
      extremes.push(running)
      direction = Math.sign(change)
    }
    running = t
    events.push(t)
  }
  if (close.length > 0) extremes.push(running)
  return { extremes, events }
}

export function zigzagLabels(close: Float64Array, threshold: number): Labels {
  const values = new Float64Array(close.length).fill(NaN)
  const endBar = new Int32Array(close.length).fill(-1)
  const { extremes, events } = findSwings(close, threshold)
  for (const [i, from] of extremes.slice(0, -1).entries()) {
    const to = extremes[i + 1]!
    values[from] = HOLD
    values.fill(close[to]! > close[from]! ? BUY : SELL, from + 1, to)
  }
  for (const [i, event] of events.entries()) endBar.fill(event, events[i - 1] ?? 0, event)
  return { classes: SIGNALS, values, endBar, weights: null }
}
