// Average directional index (Wilder 1978). ΔH = H_t − H_{t−1}, ΔL = L_{t−1} − L_t;
// +DM = ΔH if ΔH > ΔL and ΔH > 0, −DM = ΔL if ΔL > ΔH and ΔL > 0, else 0; DI = 100 · avg(DM) / avg(TR);
// DX = 100 · |+DI − −DI| / (+DI + −DI); ADX = avg(DX); a quotient with divisor 0 is 0.
// As upstream ktrdr, avg is the unadjusted exponential mean with α = 1/period from bar 0 (Wilder seeds with a plain
// mean). Upstream has no warm-up; here a DI warms up for `period` bars and the ADX for 2·period − 1.

import type { Bars } from '../data/bars.ts'
import type { Indicator, Parameters } from './indicator.ts'
import { integer, numberOf } from './parameters.ts'
import { blankWarmup, exponentialMean } from './smoothing.ts'
import { trueRange } from './true-range.ts'

export const adx: Indicator = {
  type: 'adx',
  aliases: [],
  parameters: { period: integer(14, 2, 200) },
  outputs: ['adx', 'plus_di', 'minus_di'],
  warmup,
  compute: (bars, parameters) => {
    const average = (column: Float64Array): Float64Array =>
      exponentialMean(column, 1 / numberOf(parameters, 'period'))

    const range = average(trueRange(bars))
    const moves = directionalMoves(bars)
    const plus = average(moves.up)
    const minus = average(moves.down)
    const index = new Float64Array(bars.length)
    for (let t = 0; t < bars.length; t++) {
      plus[t] = quotient(100 * plus[t]!, range[t]!)
      minus[t] = quotient(100 * minus[t]!, range[t]!)
      index[t] = quotient(100 * Math.abs(plus[t]! - minus[t]!), plus[t]! + minus[t]!)
    }
    const strength = average(index)

    const [ofAdx, ofPlus, ofMinus] = warmup(parameters)
    return [blankWarmup(strength, ofAdx), blankWarmup(plus, ofPlus), blankWarmup(minus, ofMinus)]
  },
}

function warmup(parameters: Parameters): [adx: number, plus: number, minus: number] {
  const period = numberOf(parameters, 'period')
  return [2 * period - 1, period, period]
}

/** +DM and −DM of every bar; 0 on the first. */
function directionalMoves({ high, low, length }: Bars): { up: Float64Array; down: Float64Array } {
  const up = new Float64Array(length)
  const down = new Float64Array(length)
  for (let t = 1; t < length; t++) {
    const rise = high[t]! - high[t - 1]!
    const fall = low[t - 1]! - low[t]!
    if (rise > fall && rise > 0) up[t] = rise
    if (fall > rise && fall > 0) down[t] = fall
  }
  return { up, down }
}

function quotient(dividend: number, divisor: number): number {
  return divisor === 0 ? 0 : dividend / divisor
}
