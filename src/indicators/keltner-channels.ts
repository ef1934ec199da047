// Keltner channels (Raschke's form): middle = unadjusted EMA_period of the close, bands = middle ± multiplier · simple mean
// of the last atr_period true ranges. Formula and defaults: upstream ktrdr, where the middle has no warm-up; here it takes
// period − 1 bars, and the bands as long as both of their parts.

import type { Bars } from '../data/bars.ts'
import type { Indicator } from './indicator.ts'
import { integer, numberOf, positive } from './parameters.ts'
import { rollingMean } from './rolling.ts'
import { alphaOfSpan, blankWarmup, exponentialMean } from './smoothing.ts'
import { trueRange } from './true-range.ts'

export const keltnerChannels: Indicator = {
  type: 'keltnerchannels',
  aliases: [],
  parameters: {
    period: integer(20, 2, 500),
    atr_period: integer(10, 2, 200),
    multiplier: positive(2, 10),
  },
  outputs: ['upper', 'middle', 'lower'],
  warmup: (parameters) => {
    const middle = numberOf(parameters, 'period') - 1
    const bands = Math.max(middle, numberOf(parameters, 'atr_period') - 1)
    return [bands, middle, bands]
  },
  compute: (bars, parameters) => {
    const multiplier = numberOf(parameters, 'multiplier')
    const { middle, range } = keltner(
      bars,
      numberOf(parameters, 'period'),
      numberOf(parameters, 'atr_period'),
    )
    const upper = new Float64Array(bars.length)
    const lower = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) {
      upper[t] = middle[t]! + multiplier * range[t]!
      lower[t] = middle[t]! - multiplier * range[t]!
    }
    return [upper, middle, lower]
  },
}

/** The middle, NaN for period − 1 bars, and the mean true range, NaN for atrPeriod − 1. */
export function keltner(
  bars: Bars,
  period: number,
  atrPeriod: number,
): { readonly middle: Float64Array; readonly range: Float64Array } {
  const middle = blankWarmup(exponentialMean(bars.close, alphaOfSpan(period)), period - 1)
  return { middle, range: rollingMean(trueRange(bars), atrPeriod) }
}
