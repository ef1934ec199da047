// What a simulation trades: the bars of each symbol, what the strategy wants of each bar, and what sizes and exits look at.

import { invariant } from '../core/errors.ts'
import type { Bars, Stamps } from '../data/bars.ts'
import { rollingMean } from '../indicators/rolling.ts'
import { trueRange } from '../indicators/true-range.ts'
import type { Distance, SimulationSettings } from '../trading/simulation-settings.ts'
import type { IntentSource } from './intents.ts'

/** Payments between longs and shorts: at `timestampMs[i]` a long pays `rate[i]` of its value, a short receives it. */
export type FundingRates = Stamps & {
  readonly rate: Float64Array
}

export type Instrument = {
  readonly symbol: string
  /** Whole, warm-up included. */
  readonly bars: Bars
  readonly firstBar: number
  /** Exclusive. */
  readonly endBar: number
  readonly intentsAt: IntentSource
  readonly funding?: FundingRates | undefined
}

/** Its average true range by period, one value a bar. */
export type RangesByPeriod = ReadonlyMap<number, Float64Array>

/** Those that the settings look at. */
export function averageRanges(bars: Bars, settings: SimulationSettings): RangesByPeriod {
  const { order, exits } = settings
  const offsets = order === undefined || order.type === 'market' ? [] : [order.offset]
  const beyond = order?.type === 'stop-limit' ? [order.limit] : []
  const ofExits = [exits?.stopLoss, exits?.takeProfit, exits?.trailingStop]
  const ranges = new Map<number, Float64Array>()
  for (const distance of [...offsets, ...beyond, ...ofExits]) {
    if (distance?.kind !== 'atr' || ranges.has(distance.period)) continue
    ranges.set(distance.period, rollingMean(trueRange(bars), distance.period))
  }
  return ranges
}

/** A distance in units of the price; NaN before there is an average true range. */
export function distanceOf(
  distance: Distance,
  price: number,
  ranges: RangesByPeriod,
  bar: number,
): number {
  if (distance.kind === 'ratio') return distance.ratio * price
  const range = ranges.get(distance.period)
  invariant(range, `No average true range of ${distance.period} bars was computed.`)
  return distance.multiple * range[bar]!
}
