// Aroon (Chande 1995): up = (n − bars since the highest high) / n · 100 over the last n bars, down with the lowest low,
// oscillator = up − down. As upstream ktrdr, the window is n bars (Chande: n + 1), so that 0 is never reached, of equal
// extremes the earliest counts, and `include_oscillator` has no effect: the output is always there.

import { barsSinceHighest, barsSinceLowest } from './bars-since.ts'
import type { Indicator } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'

export const aroon: Indicator = {
  type: 'aroon',
  aliases: [],
  parameters: {
    period: integer(14, 1, 200),
    include_oscillator: { kind: 'boolean', default: false },
  },
  outputs: ['up', 'down', 'oscillator'],
  warmup: (parameters) => {
    const bars = numberOf(parameters, 'period') - 1
    return [bars, bars, bars]
  },
  compute: (bars, parameters) => {
    const period = numberOf(parameters, 'period')
    const up = barsSinceHighest(bars.high, period)
    const down = barsSinceLowest(bars.low, period)
    const oscillator = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) {
      up[t] = ((period - up[t]!) / period) * 100
      down[t] = ((period - down[t]!) / period) * 100
      oscillator[t] = up[t]! - down[t]!
    }
    return [up, down, oscillator]
  },
}
