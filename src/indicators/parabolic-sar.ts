// Parabolic stop and reverse (Wilder 1978). From bar 1 on there is a trend, at first the direction of its close, with an
// extreme so far and an acceleration. sar_t = sar_{t−1} + acceleration · (extreme − sar_{t−1}). When the bar reaches it, the
// trend turns: the sar is the extreme, the extreme this bar's low or high, the acceleration the initial one. Otherwise the
// sar stays outside the two bars before, and a new extreme makes the acceleration one step larger, up to the largest.
// Formula and defaults: upstream ktrdr; as there, whether the bar reaches the sar is asked before that correction.

import type { Indicator } from './indicator.ts'
import { numberOf } from './parameters.ts'

export const parabolicSar: Indicator = {
  type: 'parabolicsar',
  aliases: [],
  parameters: {
    initial_af: { kind: 'number', default: 0.02, min: 0.001, max: 0.1 },
    step_af: { kind: 'number', default: 0.02, min: 0.001, max: 0.1 },
    max_af: { kind: 'number', default: 0.2, min: 0.01, max: 1 },
  },
  outputs: [],
  warmup: () => [1],
  compute: ({ high, low, close, length }, parameters) => {
    const initial = numberOf(parameters, 'initial_af')
    const step = numberOf(parameters, 'step_af')
    const largest = numberOf(parameters, 'max_af')
    const stops = new Float64Array(length).fill(NaN)
    if (length < 2) return [stops]

    let isUp = close[1]! > close[0]!
    let sar = isUp ? low[0]! : high[0]!
    let extreme = isUp ? high[1]! : low[1]!
    let acceleration = initial
    stops[1] = sar
    for (let t = 2; t < length; t++) {
      sar += acceleration * (extreme - sar)
      if (isUp ? low[t]! <= sar : high[t]! >= sar) {
        isUp = !isUp
        sar = extreme
        extreme = isUp ? high[t]! : low[t]!
        acceleration = initial
      } else {
        sar = isUp
          ? Math.min(sar, low[t - 1]!, low[t - 2]!)
          : Math.max(sar, high[t - 1]!, high[t - 2]!)
        if (isUp ? high[t]! > extreme : low[t]! < extreme) {
          extreme = isUp ? high[t]! : low[t]!
          acceleration = Math.min(acceleration + step, largest)
        }
      }
      stops[t] = sar
    }
    return [stops]
  },
}
