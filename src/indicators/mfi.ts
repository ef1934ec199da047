// Money flow index (Quong & Soudack 1989): 100 − 100 / (1 + P / N), P and N being the sums of typical price · volume over
// those of the last `period` bars on which the typical price rose, and on which it fell. 100 without N, which includes a
// market without any flow, 0 without P. Formula and defaults: upstream ktrdr.

import type { Indicator } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingSum } from './rolling.ts'
import { typicalPrice } from './typical-price.ts'

export const mfi: Indicator = {
  type: 'mfi',
  aliases: [],
  parameters: { period: integer(14, 1, 100) },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period')],
  compute: (bars, parameters) => {
    const period = numberOf(parameters, 'period')
    const price = typicalPrice(bars)
    const rising = new Float64Array(bars.length)
    const falling = new Float64Array(bars.length)
    for (let t = 1; t < bars.length; t++) {
      const flow = price[t]! * bars.volume[t]!
      if (price[t]! > price[t - 1]!) rising[t] = flow
      if (price[t]! < price[t - 1]!) falling[t] = flow
    }
    const gained = rollingSum(rising, period)
    const lost = rollingSum(falling, period)
    const index = new Float64Array(bars.length).fill(NaN)
    for (let t = period; t < bars.length; t++)
      index[t] = lost[t] === 0 ? 100 : 100 - 100 / (1 + gained[t]! / lost[t]!)
    return [index]
  },
}
