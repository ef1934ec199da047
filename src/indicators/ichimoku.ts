// Ichimoku (Hosoda 1969): tenkan, kijun and senkou_b are the middle between the highest high and the lowest low of their
// periods; senkou_a = (tenkan + kijun) / 2; chikou = the close. As upstream ktrdr, every line stands at the bar it is
// computed from: `displacement`, by which a chart shifts them, has no effect, and nothing looks ahead.

import type { Bars } from '../data/bars.ts'
import type { Indicator } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { rollingMax, rollingMin } from './rolling.ts'

export const ichimoku: Indicator = {
  type: 'ichimoku',
  aliases: [],
  parameters: {
    tenkan_period: integer(9, 1, 50),
    kijun_period: integer(26, 1, 100),
    senkou_b_period: integer(52, 1, 200),
    displacement: integer(26, 1, 100),
  },
  outputs: ['tenkan', 'kijun', 'senkou_a', 'senkou_b', 'chikou'],
  warmup: (parameters) => {
    const tenkan = numberOf(parameters, 'tenkan_period') - 1
    const kijun = numberOf(parameters, 'kijun_period') - 1
    return [tenkan, kijun, Math.max(tenkan, kijun), numberOf(parameters, 'senkou_b_period') - 1, 0]
  },
  compute: (bars, parameters) => {
    const tenkan = middleOfRange(bars, numberOf(parameters, 'tenkan_period'))
    const kijun = middleOfRange(bars, numberOf(parameters, 'kijun_period'))
    const senkouB = middleOfRange(bars, numberOf(parameters, 'senkou_b_period'))
    const senkouA = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) senkouA[t] = (tenkan[t]! + kijun[t]!) / 2
    return [tenkan, kijun, senkouA, senkouB, bars.close.slice()]
  },
}

function middleOfRange(bars: Bars, period: number): Float64Array {
  const middle = rollingMax(bars.high, period)
  const lowest = rollingMin(bars.low, period)
  for (let t = 0; t < bars.length; t++) middle[t] = (middle[t]! + lowest[t]!) / 2
  return middle
}
