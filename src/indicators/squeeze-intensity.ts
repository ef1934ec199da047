// Squeeze (Carter's idea): how far the Bollinger bands lie inside the Keltner channels, as a share of the channels' height:
// min(KC upper − BB upper, BB lower − KC lower) / (KC upper − KC lower), at least 0; 0 for channels of height ≤ 1e-10.
// Never above ½. The channels use the close and 10 true ranges, whatever `source` and `kc_period`.
// Formula and defaults: upstream ktrdr, which mixes 0 and NaN during warm-up.

import type { Indicator, Parameters } from './indicator.ts'
import { keltner } from './keltner-channels.ts'
import { integer, numberOf, positive, SOURCE, sourceColumn } from './parameters.ts'
import { rollingDeviation } from './rolling.ts'

const ATR_PERIOD = 10

export const squeezeIntensity: Indicator = {
  type: 'squeezeintensity',
  aliases: [],
  parameters: {
    bb_period: integer(20, 2, 100),
    bb_multiplier: positive(2, 5),
    kc_period: integer(20, 2, 100),
    kc_multiplier: positive(2, 5),
    source: SOURCE,
  },
  outputs: [],
  warmup: (parameters) => [firstBar(parameters)],
  compute: (bars, parameters) => {
    const bollinger = rollingDeviation(
      sourceColumn(bars, parameters),
      numberOf(parameters, 'bb_period'),
    )
    const { middle, range } = keltner(bars, numberOf(parameters, 'kc_period'), ATR_PERIOD)
    const bandWidths = numberOf(parameters, 'bb_multiplier')
    const channelWidths = numberOf(parameters, 'kc_multiplier')
    const intensity = new Float64Array(bars.length).fill(NaN)
    for (let t = firstBar(parameters); t < bars.length; t++) {
      const channel = channelWidths * range[t]!
      const band = bandWidths * bollinger.deviation[t]!
      const offset = Math.abs(bollinger.mean[t]! - middle[t]!)
      const height = 2 * channel
      intensity[t] = height <= 1e-10 ? 0 : Math.max(0, (channel - band - offset) / height)
    }
    return [intensity]
  },
}

function firstBar(parameters: Parameters): number {
  const periods = [numberOf(parameters, 'bb_period'), numberOf(parameters, 'kc_period'), ATR_PERIOD]
  return Math.max(...periods) - 1
}
