// Chaikin money flow: cmf = Σ money flow / Σ volume over the last `period` bars (money-flow.ts), 0 without volume;
// momentum = cmf_t − cmf_{t−5}; signal = unadjusted EMA_9(cmf) from the first cmf on; histogram = cmf − signal;
// above_zero and below_zero are 1 or 0. Formula and defaults: upstream ktrdr, where the signal has no warm-up (here 8 more
// bars) and the last two are booleans, False during warm-up (W31).

import type { Indicator, Parameters } from './indicator.ts'
import { moneyFlow } from './money-flow.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingSum } from './rolling.ts'
import { alphaOfSpan, blankWarmup, exponentialMean } from './smoothing.ts'

const MOMENTUM_BARS = 5
const SIGNAL_PERIOD = 9

export const cmf: Indicator = {
  type: 'cmf',
  aliases: [],
  parameters: { period: integer(21, 2, 500) },
  outputs: [
    'cmf',
    'mf_multiplier',
    'mf_volume',
    'momentum',
    'signal',
    'histogram',
    'above_zero',
    'below_zero',
  ],
  warmup: (parameters) => {
    const first = firstBar(parameters)
    const signal = first + SIGNAL_PERIOD - 1
    return [first, 0, 0, first + MOMENTUM_BARS, signal, signal, first, first]
  },
  compute: (bars, parameters) => {
    const period = numberOf(parameters, 'period')
    const first = firstBar(parameters)
    const flow = moneyFlow(bars)
    const ratio = rollingSum(flow.volume, period)
    const volume = rollingSum(bars.volume, period)
    const column = (): Float64Array => new Float64Array(bars.length).fill(NaN)
    const [momentum, histogram, above, below] = [column(), column(), column(), column()]
    for (let t = first; t < bars.length; t++) {
      ratio[t] = volume[t] === 0 ? 0 : ratio[t]! / volume[t]!
      if (t >= first + MOMENTUM_BARS) momentum[t] = ratio[t]! - ratio[t - MOMENTUM_BARS]!
      above[t] = ratio[t]! > 0 ? 1 : 0
      below[t] = ratio[t]! < 0 ? 1 : 0
    }
    const signal = exponentialMean(ratio, alphaOfSpan(SIGNAL_PERIOD), first)
    blankWarmup(signal, first + SIGNAL_PERIOD - 1)
    for (let t = first; t < bars.length; t++) histogram[t] = ratio[t]! - signal[t]!
    return [ratio, flow.multiplier, flow.volume, momentum, signal, histogram, above, below]
  },
}

function firstBar(parameters: Parameters): number {
  return numberOf(parameters, 'period') - 1
}
