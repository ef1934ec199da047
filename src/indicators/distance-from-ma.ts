// Distance from a moving average in percent: (x − MA) / MA · 100, 0 when |MA| ≤ 1e-10; MA simple, or exponential and
// adjusted. Formula and defaults: upstream ktrdr, where `SMA` with period 1 fails (here 0) and `EMA` has no warm-up.

import type { Indicator } from './indicator.ts'
import { integer, numberOf, SOURCE, sourceColumn } from './parameters.ts'
import { rollingMean } from './rolling.ts'
import { adjustedExponentialMean, alphaOfSpan, blankWarmup } from './smoothing.ts'

export const distanceFromMa: Indicator = {
  type: 'distancefromma',
  aliases: [],
  parameters: {
    period: integer(20, 1, 200),
    ma_type: { kind: 'choice', default: 'SMA', choices: ['SMA', 'EMA'] },
    source: SOURCE,
  },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period') - 1],
  compute: (bars, parameters) => {
    const source = sourceColumn(bars, parameters)
    const period = numberOf(parameters, 'period')
    const average =
      parameters['ma_type'] === 'EMA'
        ? adjustedExponentialMean(source, alphaOfSpan(period))
        : rollingMean(source, period)
    const distance = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) {
      const base = average[t]!
      distance[t] = Math.abs(base) <= 1e-10 ? 0 : ((source[t]! - base) / base) * 100
    }
    return [blankWarmup(distance, period - 1)]
  },
}
