// Volume as a multiple of its simple mean over the last `period` bars; 1 when that mean is ≤ 1e-10.
// Formula and defaults: upstream ktrdr, which reads 1 during warm-up.

import type { Indicator } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingMean } from './rolling.ts'

export const volumeRatio: Indicator = {
  type: 'volumeratio',
  aliases: [],
  parameters: { period: integer(20, 2, 100) },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period') - 1],
  compute: ({ volume, length }, parameters) => {
    const ratio = rollingMean(volume, numberOf(parameters, 'period'))
    for (let t = 0; t < length; t++) ratio[t] = ratio[t]! <= 1e-10 ? 1 : volume[t]! / ratio[t]!
    return [ratio]
  },
}
