// ZigZag: the price at the extremes of its swings (swings.ts), NaN between them. Formula and default: upstream ktrdr.
// It repaints: an extreme is one only because of what came after it, and the last one may still move. Upstream takes it
// for a feature (W18).

import type { Indicator } from './indicator.ts'
import { numberOf, SOURCE, sourceColumn } from './parameters.ts'
import { findSwings } from './swings.ts'

export const zigzag: Indicator = {
  type: 'zigzag',
  aliases: [],
  parameters: {
    threshold: {
      kind: 'number',
      default: 0.05,
      min: 0,
      max: 1,
      exclusiveMin: true,
      exclusiveMax: true,
    },
    source: SOURCE,
  },
  outputs: [],
  repaints: true,
  warmup: () => [0],
  compute: (bars, parameters) => {
    const source = sourceColumn(bars, parameters)
    const line = new Float64Array(bars.length).fill(NaN)
    for (const bar of findSwings(source, numberOf(parameters, 'threshold')).extremes)
      line[bar] = source[bar]!
    return [line]
  },
}
