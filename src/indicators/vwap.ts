// Volume-weighted average price: Σ P·V / Σ V over the last `period` bars, or since the first bar with period 0; P is the
// typical price, or the close. NaN without volume, as no price has a weight then. Formula and defaults: upstream ktrdr,
// which averages what there is where here there is warm-up. Period 0 never starts anew with a session.

import type { Indicator } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingSum } from './rolling.ts'
import { runningSum } from './running-sum.ts'
import { typicalPrice } from './typical-price.ts'

export const vwap: Indicator = {
  type: 'vwap',
  aliases: [],
  parameters: {
    period: integer(20, 0, 200),
    use_typical_price: { kind: 'boolean', default: true },
  },
  outputs: [],
  warmup: (parameters) => [Math.max(numberOf(parameters, 'period') - 1, 0)],
  compute: (bars, parameters) => {
    const period = numberOf(parameters, 'period')
    const price = parameters['use_typical_price'] === true ? typicalPrice(bars) : bars.close
    const paid = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) paid[t] = price[t]! * bars.volume[t]!
    const sums = period === 0 ? runningSum : rollingSum
    const average = sums(paid, period)
    const volume = sums(bars.volume, period)
    for (let t = 0; t < bars.length; t++) average[t] = average[t]! / volume[t]!
    return [average]
  },
}
