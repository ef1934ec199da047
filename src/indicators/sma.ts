// Simple moving average: the mean of the last `period` values. Formula and defaults: upstream ktrdr.

import type { Indicator } from './indicator.ts'
import { integer, numberOf, SOURCE, sourceColumn } from './parameters.ts'
import { rollingMean } from './rolling.ts'

export const sma: Indicator = {
  type: 'simplemovingaverage',
  aliases: ['sma'],
  parameters: { period: integer(20, 2, 500), source: SOURCE },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period') - 1],
  compute: (bars, parameters) => [
    rollingMean(sourceColumn(bars, parameters), numberOf(parameters, 'period')),
  ],
}
