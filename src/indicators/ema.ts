// Exponential moving average with α = 2/(period + 1), by default adjusted (each value divided by the sum of its
// weights), as upstream ktrdr. Other than upstream: the first period − 1 bars are warm-up, and its special case
// for one test fixture is not ported (W30).

import type { Indicator } from './indicator.ts'
import { integer, numberOf, SOURCE, sourceColumn } from './parameters.ts'
import { adjustedExponentialMean, alphaOfSpan, blankWarmup, exponentialMean } from './smoothing.ts'

export const ema: Indicator = {
  type: 'exponentialmovingaverage',
  aliases: ['ema'],
  parameters: {
    period: integer(20, 1, 500),
    source: SOURCE,
    adjust: { kind: 'boolean', default: true },
  },
  outputs: [],
  warmup: (parameters) => [numberOf(parameters, 'period') - 1],
  compute: (bars, parameters) => {
    const period = numberOf(parameters, 'period')
    const average = parameters['adjust'] === true ? adjustedExponentialMean : exponentialMean
    const column = average(sourceColumn(bars, parameters), alphaOfSpan(period))
    return [blankWarmup(column, period - 1)]
  },
}
