// Rate of change in percent: (x_t − x_{t−period}) / x_{t−period} · 100. Formula and defaults: upstream ktrdr.
// NaN where the base is 0, which only `source: volume` can be.

import type { Indicator } from './indicator.ts'
import { integer, numberOf, SOURCE, sourceColumn } from './parameters.ts'

export const roc: Indicator = {
  type: 'roc',
  aliases: [],
  parameters: { period: integer(10, 1, 100), source: SOURCE },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period')],
  compute: (bars, parameters) => {
    const source = sourceColumn(bars, parameters)
    const period = numberOf(parameters, 'period')
    const rate = (value: number, t: number): number => {
      const base = t < period ? NaN : source[t - period]!
      return base === 0 ? NaN : ((value - base) / base) * 100
    }
    return [source.map(rate)]
  },
}
