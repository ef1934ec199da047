// Commodity channel index (Lambert 1980): (TP − mean) / (0.015 · mean absolute deviation) over the last `period` typical
// prices. Formula and defaults: upstream ktrdr, which gives NaN where the window does not move; here that is 0.
// O(n · period), period ≤ 100: the deviations are from a mean that moves with every bar, so no sum of them carries over.

import type { Indicator } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { typicalPrice } from './typical-price.ts'

const LAMBERT = 0.015

export const cci: Indicator = {
  type: 'cci',
  aliases: [],
  parameters: { period: integer(20, 2, 100) },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period') - 1],
  compute: (bars, parameters) => {
    const period = numberOf(parameters, 'period')
    const price = typicalPrice(bars)
    const index = new Float64Array(bars.length).fill(NaN)
    for (let t = period - 1; t < bars.length; t++) {
      const last = price[t]!
      // Everything relative to the last price, so that a window without a move is exactly 0.
      let sum = 0
      for (let s = t - period + 1; s < t; s++) sum += price[s]! - last
      const mean = sum / period
      let deviation = Math.abs(mean)
      for (let s = t - period + 1; s < t; s++) deviation += Math.abs(price[s]! - last - mean)
      index[t] = deviation === 0 ? 0 : -mean / (LAMBERT * (deviation / period))
    }
    return [index]
  },
}
