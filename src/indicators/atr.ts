// Average true range. Default as upstream ktrdr: the *simple* mean of the last `period` true ranges.
// `smoothing: wilder` is the average of Wilder 1978, seeded with that mean.

import type { Indicator } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingMean } from './rolling.ts'
import { wilderMean } from './smoothing.ts'
import { trueRange } from './true-range.ts'

export const atr: Indicator = {
  type: 'atr',
  aliases: [],
  parameters: {
    period: integer(14, 1, 100),
    smoothing: { kind: 'choice', default: 'sma', choices: ['sma', 'wilder'] },
  },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period') - 1],
  compute: (bars, parameters) => {
    const average = parameters['smoothing'] === 'wilder' ? wilderMean : rollingMean
    return [average(trueRange(bars), numberOf(parameters, 'period'))]
  },
}
