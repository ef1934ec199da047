// Accumulation/distribution line (Chaikin): the running sum of the money flow (money-flow.ts) since the first bar.
// roc_10 = (line_t / line_{t−10} − 1) · 100; momentum_21 = line_t − line_{t−21}; relative_strength =
// (line / SMA_50(line) − 1) · 100; smoothed = SMA_smoothing_period(line) with `use_sma_smoothing`, else the line.
// Formula and defaults: upstream ktrdr, where `use_sma_smoothing` fails, its column being undeclared (W31), and where
// the 50 bars of relative_strength may be 20. A quotient with divisor 0 is 0 here, NaN or infinite there.

import type { Indicator, Parameters } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { moneyFlow } from './money-flow.ts'
import { rollingMean } from './rolling.ts'
import { runningSum } from './running-sum.ts'

const RATE_BARS = 10
const MOMENTUM_BARS = 21
const STRENGTH_BARS = 50

export const adline: Indicator = {
  type: 'adline',
  aliases: [],
  parameters: {
    use_sma_smoothing: { kind: 'boolean', default: false },
    smoothing_period: integer(21, 2, 200),
  },
  outputs: [
    'line',
    'mf_multiplier',
    'mf_volume',
    'roc_10',
    'momentum_21',
    'relative_strength',
    'smoothed',
  ],
  warmup: (parameters) => {
    return [0, 0, 0, RATE_BARS, MOMENTUM_BARS, STRENGTH_BARS - 1, smoothingPeriod(parameters) - 1]
  },
  compute: (bars, parameters) => {
    const flow = moneyFlow(bars)
    const line = runningSum(flow.volume)
    const rate = new Float64Array(bars.length).fill(NaN)
    const momentum = new Float64Array(bars.length).fill(NaN)
    for (let t = RATE_BARS; t < bars.length; t++) {
      rate[t] = percentAbove(line[t - RATE_BARS]!, line[t]!)
      if (t >= MOMENTUM_BARS) momentum[t] = line[t]! - line[t - MOMENTUM_BARS]!
    }
    const strength = rollingMean(line, STRENGTH_BARS)
    for (let t = STRENGTH_BARS - 1; t < bars.length; t++)
      strength[t] = percentAbove(strength[t]!, line[t]!)
    const smoothed = rollingMean(line, smoothingPeriod(parameters))
    return [line, flow.multiplier, flow.volume, rate, momentum, strength, smoothed]
  },
}

/** 1, which smooths nothing, unless asked for. */
function smoothingPeriod(parameters: Parameters): number {
  return parameters['use_sma_smoothing'] === true ? numberOf(parameters, 'smoothing_period') : 1
}

function percentAbove(base: number, value: number): number {
  return base === 0 ? 0 : (value / base - 1) * 100
}
