// Stochastic oscillator (Lane): raw = (C − LL) / (HH − LL) · 100 over the last k_period bars, 50 when they had no
// range; k = mean of the last smooth_k raw values, d = mean of the last d_period k. Formula and defaults: upstream
// ktrdr, which reads 50 and averages less than a full window where here there is warm-up.

import type { Indicator } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingMax, rollingMean, rollingMin } from './rolling.ts'

export const stochastic: Indicator = {
  type: 'stochastic',
  aliases: [],
  parameters: {
    k_period: integer(14, 1, 100),
    d_period: integer(3, 1, 20),
    smooth_k: integer(3, 1, 20),
  },
  outputs: ['k', 'd'],
  warmup: (parameters) => {
    const k = numberOf(parameters, 'k_period') - 1 + numberOf(parameters, 'smooth_k') - 1
    return [k, k + numberOf(parameters, 'd_period') - 1]
  },
  compute: (bars, parameters) => {
    const highest = rollingMax(bars.high, numberOf(parameters, 'k_period'))
    const lowest = rollingMin(bars.low, numberOf(parameters, 'k_period'))
    const raw = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) {
      const range = highest[t]! - lowest[t]!
      raw[t] = range === 0 ? 50 : ((bars.close[t]! - lowest[t]!) / range) * 100
    }
    const k = rollingMean(raw, numberOf(parameters, 'smooth_k'))
    return [k, rollingMean(k, numberOf(parameters, 'd_period'))]
  },
}
