// Width of the Bollinger bands as a share of their middle: (upper − lower) / middle, 0 when |middle| ≤ 1e-10.
// Formula and defaults: upstream ktrdr, which reads 0 during warm-up.

import type { Indicator } from './indicator.ts'
import { integer, numberOf, positive, SOURCE, sourceColumn } from './parameters.ts'
import { rollingDeviation } from './rolling.ts'

export const bollingerBandwidth: Indicator = {
  type: 'bollingerbandwidth',
  aliases: [],
  parameters: {
    period: integer(20, 2, 200),
    multiplier: positive(2, 10),
    source: SOURCE,
  },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period') - 1],
  compute: (bars, parameters) => {
    const source = sourceColumn(bars, parameters)
    const multiplier = numberOf(parameters, 'multiplier')
    const { mean, deviation } = rollingDeviation(source, numberOf(parameters, 'period'))
    const width = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) {
      const middle = mean[t]!
      width[t] = Math.abs(middle) <= 1e-10 ? 0 : (2 * multiplier * deviation[t]!) / middle
    }
    return [width]
  },
}
