// Williams %R: (C − HH) / (HH − LL) · 100 over the last `period` bars, −50 when they had no range.
// Formula and defaults: upstream ktrdr, which also reads −50 during warm-up.

import type { Indicator } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingMax, rollingMin } from './rolling.ts'

export const williamsR: Indicator = {
  type: 'williamsr',
  aliases: [],
  parameters: { period: integer(14, 1, 100) },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period') - 1],
  compute: (bars, parameters) => {
    const highest = rollingMax(bars.high, numberOf(parameters, 'period'))
    const lowest = rollingMin(bars.low, numberOf(parameters, 'period'))
    const percent = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) {
      const range = highest[t]! - lowest[t]!
      percent[t] = range === 0 ? -50 : ((bars.close[t]! - highest[t]!) / range) * 100
    }
    return [percent]
  },
}
