// How many units an entry is for.

import type { Bars } from '../data/bars.ts'
import { YEAR_MS } from '../performance/bars-per-year.ts'
import type { SimulationSettings } from '../trading/simulation-settings.ts'
import { unitsFor, type Liquidity } from './costs.ts'
import { distanceOf, type RangesByPeriod } from './instrument.ts'

export type Entry = {
  /** Before slippage. */
  readonly price: number
  readonly liquidity: Liquidity
  /** At the last closes. */
  readonly equity: number
  /** The bar at whose close it was decided. */
  readonly decided: number
}

/** As the settings want it, before what can be afforded; NaN before there are enough bars to tell. */
export function wantedUnits(
  { price, liquidity, equity, decided }: Entry,
  bars: Bars,
  ranges: RangesByPeriod,
  settings: SimulationSettings,
): number {
  const { sizing, positionSize, exits } = settings
  switch (sizing?.kind) {
    case undefined:
      return unitsFor(equity, positionSize, price, liquidity, settings)
    case 'cash':
      return unitsFor(sizing.amount, 1, price, liquidity, settings)
    case 'units':
      return sizing.units
    case 'volatility':
      return (equity * sizing.target) / volatilityAt(bars, decided, sizing.bars) / price
    case 'risk':
      return exits?.stopLoss === undefined
        ? NaN
        : (sizing.ratio * equity) / distanceOf(exits.stopLoss, price, ranges, decided)
  }
}

/**
 * Standard deviation a year of the last `count` moves up to the close of `bar`: the root of the sum of their squares over
 * the time they took (realised volatility). NaN when there are not so many, or nothing moved.
 */
function volatilityAt({ close, timestampMs }: Bars, bar: number, count: number): number {
  const first = bar - count
  if (first < 0) return NaN
  let squares = 0
  for (let i = first + 1; i <= bar; i++) {
    const move = close[i]! / close[i - 1]! - 1
    squares += move * move
  }
  const years = (timestampMs[bar]! - timestampMs[first]!) / YEAR_MS
  return squares > 0 ? Math.sqrt(squares / years) : NaN
}

/** The least that can be traded more or less; null: any number of units. */
export function lotOf({ wholeUnits, lotStep }: SimulationSettings): number | null {
  return wholeUnits ? 1 : (lotStep ?? null)
}

/** Rounding must not take a lot away: 0.3 is three lots of 0.1. */
const ROUNDED_UP = 1 + 1e-14

/** Rounded down to lots; whole units as strictly as they have been since `simulate-v1`. */
export function inLots(units: number, lot: number, { wholeUnits }: SimulationSettings): number {
  return wholeUnits ? Math.floor(units) : Math.floor((units / lot) * ROUNDED_UP) * lot
}
