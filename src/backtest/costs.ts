// What a fill costs: its commission, and by how much its price is worse than the reference.

import type { Bars } from '../data/bars.ts'
import type { SimulationSettings } from '../trading/simulation-settings.ts'

/** A fill takes what is offered (market and stop orders), or was resting where another came to it (limits and targets). */
export type Liquidity = 'taker' | 'maker'

export function commissionOf(
  units: number,
  price: number,
  liquidity: Liquidity,
  settings: SimulationSettings,
): number {
  const { costs } = settings
  const proportional = price * units * commissionRate(liquidity, settings)
  if (costs === undefined) return proportional
  const { commissionPerOrder = 0, commissionPerUnit = 0, minCommission = 0 } = costs
  return Math.max(minCommission, proportional + commissionPerUnit * units + commissionPerOrder)
}

function commissionRate(liquidity: Liquidity, { costs, commission }: SimulationSettings): number {
  return liquidity === 'maker' ? (costs?.makerCommission ?? commission) : commission
}

/**
 * The units for a `portion` of `money` at `price`, commission included.
 * @param weight how much a unit of money paid as commission takes: it lowers the equity, and so what may be held, as many
 *   times as there is leverage
 */
export function unitsFor(
  money: number,
  portion: number,
  price: number,
  liquidity: Liquidity,
  settings: SimulationSettings,
  weight = 1,
): number {
  const share = 1 + weight * commissionRate(liquidity, settings)
  const { commissionPerOrder = 0, commissionPerUnit = 0, minCommission = 0 } = settings.costs ?? {}
  const units =
    (portion * (money / share) - (weight * commissionPerOrder) / share) /
    (price + (weight * commissionPerUnit) / share)
  if (!(minCommission > 0) || commissionOf(units, price, liquidity, settings) > minCommission)
    return units
  return Math.min(units, (portion * money - weight * minCommission) / price)
}

/** What a buy or a sell pays of the spread, as a share of the price of the bars. */
export function spreadShare(buys: boolean, { costs }: SimulationSettings): number {
  const spread = costs?.spread ?? 0
  if (costs?.prices === 'bid') return buys ? spread : 0
  return spread / 2
}

/** By what share of the reference price a taker's fill at `bar` is worse. */
export function slippageShare(
  buys: boolean,
  units: number,
  bars: Bars,
  bar: number,
  settings: SimulationSettings,
): number {
  const { costs, slippage } = settings
  if (costs === undefined) return slippage
  return (
    slippage +
    spreadShare(buys, settings) +
    rangeShare(bars, bar, costs.slippageOfRange ?? 0) +
    impactShare(units, bars, bar, costs.slippageOfVolume?.impact ?? 0)
  )
}

/** Of the bar before, which is known at the open. */
function rangeShare(bars: Bars, bar: number, ofRange: number): number {
  if (ofRange === 0) return 0
  const before = Math.max(0, bar - 1)
  return (ofRange * (bars.high[before]! - bars.low[before]!)) / bars.close[before]!
}

/** Impact · (units / volume)², at most that of the whole volume. */
function impactShare(units: number, bars: Bars, bar: number, impact: number): number {
  if (impact === 0) return 0
  const volume = bars.volume[bar]!
  const share = volume > 0 ? Math.min(1, units / volume) : 1
  return impact * share * share
}

/** `price` made worse by that share; who sells gets 0 at worst. */
export function slipped(buys: boolean, price: number, share: number): number {
  return price * (buys ? 1 + share : Math.max(0, 1 - share))
}
