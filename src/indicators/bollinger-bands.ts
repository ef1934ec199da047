// Bollinger bands: the moving average ± multiplier · sample standard deviation (ddof 1) of the last `period` values.
// Formula and defaults: upstream ktrdr (Bollinger himself divides by n, not n − 1).

import type { Indicator } from './indicator.ts'
import { integer, numberOf, positive, SOURCE, sourceColumn } from './parameters.ts'
import { rollingDeviation } from './rolling.ts'

export const bollingerBands: Indicator = {
  type: 'bollingerbands',
  aliases: ['bbands'],
  parameters: {
    period: integer(20, 2, 200),
    multiplier: positive(2, 10),
    source: SOURCE,
  },
  outputs: ['upper', 'middle', 'lower'],
  warmup: (parameters) => {
    const bars = numberOf(parameters, 'period') - 1
    return [bars, bars, bars]
  },
  compute: (bars, parameters) => {
    const source = sourceColumn(bars, parameters)
    const multiplier = numberOf(parameters, 'multiplier')
    const { mean, deviation } = rollingDeviation(source, numberOf(parameters, 'period'))
    return [
      mean.map((middle, t) => middle + multiplier * deviation[t]!),
      mean,
      mean.map((middle, t) => middle - multiplier * deviation[t]!),
    ]
  },
}
