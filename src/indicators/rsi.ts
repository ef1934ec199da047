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
    const changes = source.map((value, t) => (t === 0 ? 0 : value - source[t - 1]!))
    const gains = wilderMean(
      changes.map((change) => Math.max(change, 0)),
      period,
      1,
    )
    const losses = wilderMean(
      changes.map((change) => Math.max(-change, 0)),
      period,
      1,
    )
    return [gains.map((gain, t) => relativeStrengthIndex(gain, losses[t]!))]
  },
}

function relativeStrengthIndex(gain: number, loss: number): number {
  if (loss === 0) return gain === 0 ? 50 : 100
  return 100 - 100 / (1 + gain / loss)
}
