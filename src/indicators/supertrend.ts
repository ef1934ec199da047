// SuperTrend (Seban): a stop that follows the price. Around the median price (H + L) / 2 lie two bands, multiplier · simple
// mean of the last `period` true ranges away; the upper one only falls and the lower one only rises until the close before
// was beyond it. direction turns from +1 to −1 when the close is at or below the lower band, and back when it is at or
// above the upper; trend is the lower band on the way up, the upper on the way down. Without any range both bands are at
// the close, and direction turns at every bar. Formula and defaults: upstream ktrdr, whose bands start as NaN and stay so
// for ever (W29); here they start at the first full window, direction +1.

import type { Indicator } from './indicator.ts'
import { integer, numberOf, positive } from './parameters.ts'
import { rollingMean } from './rolling.ts'
import { trueRange } from './true-range.ts'

export const supertrend: Indicator = {
  type: 'supertrend',
  aliases: [],
  parameters: { period: integer(10, 2, 200), multiplier: positive(3, 10) },
  outputs: ['trend', 'direction'],
  warmup: (parameters) => {
    const bars = numberOf(parameters, 'period') - 1
    return [bars, bars]
  },
  compute: (bars, parameters) => {
    const { high, low, close, length } = bars
    const period = numberOf(parameters, 'period')
    const multiplier = numberOf(parameters, 'multiplier')
    const range = rollingMean(trueRange(bars), period)
    const trend = new Float64Array(length).fill(NaN)
    const directions = new Float64Array(length).fill(NaN)
    let upper = Infinity
    let lower = -Infinity
    let direction = 1
    for (let t = period - 1; t < length; t++) {
      const median = (high[t]! + low[t]!) / 2
      const width = multiplier * range[t]!
      const before = close[t - 1]!
      if (median + width < upper || before > upper) upper = median + width
      if (median - width > lower || before < lower) lower = median - width
      if (direction === 1 ? close[t]! <= lower : close[t]! >= upper) direction = -direction
      trend[t] = direction === 1 ? lower : upper
      directions[t] = direction
    }
    return [trend, directions]
  },
}
