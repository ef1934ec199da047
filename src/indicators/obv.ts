// On-balance volume (Granville 1963): the sum of the volumes since the first bar, counted up when the close rose and down
// when it fell; 0 at the first bar. Formula: upstream ktrdr.

import type { Indicator } from './indicator.ts'

export const obv: Indicator = {
  type: 'obv',
  aliases: [],
  parameters: {},
  outputs: [],
  warmup: () => [0],
  compute: ({ close, volume, length }) => {
    const balance = new Float64Array(length)
    for (let t = 1; t < length; t++) {
      const side = Math.sign(close[t]! - close[t - 1]!)
      balance[t] = balance[t - 1]! + side * volume[t]!
    }
    return [balance]
  },
}
