// Relative vigor index (Ehlers 2002): rvi = SMA_period(body) / SMA_period(range), where C − O and H − L are first smoothed
// over four bars, (x_{t−3} + 2·x_{t−2} + 2·x_{t−1} + x_t) / 6; signal = SMA_signal_period(rvi).
// Formula and defaults: upstream ktrdr, which gives NaN where the window has no range; here that is 0.

import type { Indicator, Parameters } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingMean, rollingSum } from './rolling.ts'

export const rvi: Indicator = {
  type: 'rvi',
  aliases: [],
  parameters: { period: integer(10, 4, 100), signal_period: integer(4, 1, 50) },
  outputs: ['rvi', 'signal'],
  warmup,
  compute: (bars, parameters) => {
    const period = numberOf(parameters, 'period')
    const vigor = rollingSum(smoothedDifference(bars.close, bars.open), period)
    const range = rollingSum(smoothedDifference(bars.high, bars.low), period)
    const [ofRvi] = warmup(parameters)
    for (let t = ofRvi; t < bars.length; t++) vigor[t] = range[t] === 0 ? 0 : vigor[t]! / range[t]!
    return [vigor, rollingMean(vigor, numberOf(parameters, 'signal_period'))]
  },
}

function warmup(parameters: Parameters): [rvi: number, signal: number] {
  const bars = 3 + numberOf(parameters, 'period') - 1
  return [bars, bars + numberOf(parameters, 'signal_period') - 1]
}

/** NaN on the first three bars. */
function smoothedDifference(from: Float64Array, subtracted: Float64Array): Float64Array {
  const smoothed = new Float64Array(from.length).fill(NaN)
  let [third, second, first] = [NaN, NaN, NaN] // three, two and one bars ago
  for (let t = 0; t < from.length; t++) {
    const difference = from[t]! - subtracted[t]!
    smoothed[t] = (third + 2 * second + 2 * first + difference) / 6
    third = second
    second = first
    first = difference
  }
  return smoothed
}
