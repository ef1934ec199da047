// ZigZag classes: the direction of the swing that a bar is part of, swings being moves of the close by at least
// `threshold`. Between two extremes every bar is BUY on the way up and SELL on the way down; an extreme is HOLD.
//
// How far a label looked (`endBar`): to the next bar that moves the running extreme or turns the swing. Until then the
// bar itself may become an extreme, or the swing may turn behind it; after it nothing that comes changes the label, nor
// this end. The last extreme may still move, so it and everything after it have no label (upstream says HOLD, W14).

import { findSwings } from '../indicators/swings.ts'
import { BUY, HOLD, SELL, SIGNALS, type Labels } from './label.ts'

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
