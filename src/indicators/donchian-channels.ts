// Donchian channels: the highest high and the lowest low of the last `period` bars, this bar included, and the middle
// between them. Formula and defaults: upstream ktrdr, where too `include_middle` has no effect: the output is always
// there.

import type { Indicator } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingMax, rollingMin } from './rolling.ts'

export const donchianChannels: Indicator = {
  type: 'donchianchannels',
  aliases: [],
  parameters: {
    period: integer(20, 2, 500),
    include_middle: { kind: 'boolean', default: true },
  },
  outputs: ['upper', 'middle', 'lower'],
  warmup: (parameters) => {
    const bars = numberOf(parameters, 'period') - 1
    return [bars, bars, bars]
  },
  compute: (bars, parameters) => {
    const upper = rollingMax(bars.high, numberOf(parameters, 'period'))
    const lower = rollingMin(bars.low, numberOf(parameters, 'period'))
    const middle = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) middle[t] = (upper[t]! + lower[t]!) / 2
    return [upper, middle, lower]
  },
}
