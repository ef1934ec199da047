// Typical price: the mean of high, low and close, what a bar traded at when nothing finer is known.

import type { Bars } from '../data/bars.ts'

export function typicalPrice({ high, low, close, length }: Bars): Float64Array {
  const prices = new Float64Array(length)
  for (let t = 0; t < length; t++) prices[t] = (high[t]! + low[t]! + close[t]!) / 3
  return prices
}
