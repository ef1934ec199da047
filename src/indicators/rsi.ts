// Relative strength index (Wilder 1978): 100 − 100/(1 + G/L), G and L being Wilder's averages of the gains and the
// losses, seeded with the plain mean of bars 1 … period. 100 without losses, 50 without any change at all.
// Formula and defaults: upstream ktrdr.

import type { Indicator } from './indicator.ts'
import { integer, numberOf, SOURCE, sourceColumn } from './parameters.ts'
import { wilderMean } from './smoothing.ts'

export const rsi: Indicator = {
  type: 'rsi',
  aliases: [],
  parameters: { period: integer(14, 2, 100), source: SOURCE },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period')],
  compute: (bars, parameters) => {
    const source = sourceColumn(bars, parameters)
    const period = numberOf(parameters, 'period')
    const gains = new Float64Array(bars.length)
    const losses = new Float64Array(bars.length)
    for (let t = 1; t < bars.length; t++) {
      const change = source[t]! - source[t - 1]!
      gains[t] = Math.max(change, 0)
      losses[t] = Math.max(-change, 0)
    }
    const gain = wilderMean(gains, period, 1)
    const loss = wilderMean(losses, period, 1)
    const index = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) index[t] = relativeStrengthIndex(gain[t]!, loss[t]!)
    return [index]
  },
}

function relativeStrengthIndex(gain: number, loss: number): number {
  if (loss === 0) return gain === 0 ? 50 : 100
  return 100 - 100 / (1 + gain / loss)
}
