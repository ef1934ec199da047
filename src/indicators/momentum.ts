// Momentum: x_t − x_{t−period}. Formula and defaults: upstream ktrdr.

import type { Indicator } from './indicator.ts'
import { integer, numberOf, SOURCE, sourceColumn } from './parameters.ts'

export const momentum: Indicator = {
  type: 'momentum',
  aliases: [],
  parameters: { period: integer(10, 1, 100), source: SOURCE },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period')],
  compute: (bars, parameters) => {
    const source = sourceColumn(bars, parameters)
    const period = numberOf(parameters, 'period')
    return [source.map((value, t) => (t < period ? NaN : value - source[t - period]!))]
  },
}
