// Fisher transform (Ehlers 2002): where the median price m = (H + L) / 2 lies between the lowest low and the highest high of
// the last `period` bars, y = 2 · (m − LL) / (HH − LL) − 1, 0 without a range, held within ±0.999;
// f = ½ · ln((1 + y) / (1 − y)); fisher = unadjusted EMA_smoothing(f) from the first f on, signal = the fisher of the bar
// before. Formula and defaults: upstream ktrdr, where the EMA has no warm-up; here it takes smoothing − 1 bars more.

import { log } from '../core/exact-math.ts'
import type { Indicator, Parameters } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingMax, rollingMin } from './rolling.ts'
import { alphaOfSpan, blankWarmup, exponentialMean } from './smoothing.ts'

const LIMIT = 0.999

export const fisherTransform: Indicator = {
  type: 'fishertransform',
  aliases: [],
  parameters: { period: integer(10, 2, 100), smoothing: integer(3, 1, 20) },
  outputs: ['fisher', 'signal'],
  warmup,
  compute: (bars, parameters) => {
    const { high, low, length } = bars
    const period = numberOf(parameters, 'period')
    const highest = rollingMax(high, period)
    const lowest = rollingMin(low, period)
    const transformed = new Float64Array(length)
    for (let t = period - 1; t < length; t++) {
      const range = highest[t]! - lowest[t]!
      const median = (high[t]! + low[t]!) / 2
      const place = range === 0 ? 0 : (2 * (median - lowest[t]!)) / range - 1
      const held = Math.min(Math.max(place, -LIMIT), LIMIT)
      transformed[t] = log((1 + held) / (1 - held)) / 2
    }
    const alpha = alphaOfSpan(numberOf(parameters, 'smoothing'))
    const [ofFisher] = warmup(parameters)
    const fisher = blankWarmup(exponentialMean(transformed, alpha, period - 1), ofFisher)
    return [fisher, fisher.slice().copyWithin(1, 0)]
  },
}

function warmup(parameters: Parameters): [fisher: number, signal: number] {
  const fisher = numberOf(parameters, 'period') - 1 + numberOf(parameters, 'smoothing') - 1
  return [fisher, fisher + 1]
}
