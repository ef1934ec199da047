// Money flow (Chaikin): where in its range a bar closed, from −1 at the low to +1 at the high, times its volume.

import type { Bars } from '../data/bars.ts'

export type MoneyFlow = {
  /** ((C − L) − (H − C)) / (H − L); 0 for a bar without a range. */
  readonly multiplier: Float64Array
  /** multiplier · volume */
  readonly volume: Float64Array
}

export function moneyFlow(bars: Bars): MoneyFlow {
  const { high, low, close, length } = bars
  const multiplier = new Float64Array(length)
  const volume = new Float64Array(length)
  for (let t = 0; t < length; t++) {
    const range = high[t]! - low[t]!
    const place = close[t]! - low[t]! - (high[t]! - close[t]!)
    multiplier[t] = range === 0 ? 0 : place / range
    volume[t] = multiplier[t]! * bars.volume[t]!
  }
  return { multiplier, volume }
}
