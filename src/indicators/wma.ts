// Weighted moving average: Σ i·x_i / Σ i over the last `period` values, i = 1 the oldest.
// Formula and defaults: upstream ktrdr.

import type { Indicator } from './indicator.ts'
import { integer, numberOf, SOURCE, sourceColumn } from './parameters.ts'
import { rollingWeightedMean } from './rolling.ts'

export const wma: Indicator = {
  type: 'weightedmovingaverage',
  aliases: ['wma'],
  parameters: { period: integer(20, 2, 500), source: SOURCE },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period') - 1],
  compute: (bars, parameters) => [
    rollingWeightedMean(sourceColumn(bars, parameters), numberOf(parameters, 'period')),
  ],
}
