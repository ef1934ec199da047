// Prices, fees and sizes as docs/backtest-assumptions.md tells them, for the naive simulation: slow and plain.

import type { Bars } from '../../src/data/bars.ts'
import type { Instrument } from '../../src/backtest/instrument.ts'
import type { Distance, SimulationSettings } from '../../src/trading/simulation-settings.ts'

export type Direction = 1 | -1

export function feeOf(
  units: number,
  price: number,
  isMaker: boolean,
  { commission, costs = {} }: SimulationSettings,
): number {
  const rate = isMaker ? (costs.makerCommission ?? commission) : commission
  const fee =
    rate * units * price + (costs.commissionPerUnit ?? 0) * units + (costs.commissionPerOrder ?? 0)
  return Math.max(fee, costs.minCommission ?? 0)
}

/** By bisection: as many as cost `money`, each unit of fees counted `weight` times. */
export function unitsThatCost(
  money: number,
  price: number,
  isMaker: boolean,
  settings: SimulationSettings,
  weight = 1,
): number {
  let [enough, tooMany] = [0, Math.max(0, money / price)]
  for (let i = 0; i < 100; i++) {
    const units = (enough + tooMany) / 2
    if (units * price + weight * feeOf(units, price, isMaker, settings) <= money) enough = units
    else tooMany = units
  }
  return enough
}

/** The share of the spread that a buy or a sell pays. */
export function spreadPaid(direction: Direction, { costs = {} }: SimulationSettings): number {
  const { spread = 0, prices } = costs
  return prices === 'bid' ? (direction > 0 ? spread : 0) : spread / 2
}

/** What is asked of who buys, or bid to who sells, when the bars say `price`. */
export function offered(direction: Direction, price: number, settings: SimulationSettings): number {
  return price * (1 + direction * spreadPaid(direction, settings))
}

/** The price of a market or stop order. */
export function taken(
  direction: Direction,
  price: number,
  units: number,
  { open: _, high, low, close, volume }: Bars,
  bar: number,
  settings: SimulationSettings,
): number {
  const { slippageOfRange = 0, slippageOfVolume } = settings.costs ?? {}
  const before = bar > 0 ? bar - 1 : 0
  const range = (high[before]! - low[before]!) / close[before]!
  const share = volume[bar]! > 0 ? Math.min(1, units / volume[bar]!) : 1
  const worse =
    settings.slippage +
    spreadPaid(direction, settings) +
    slippageOfRange * range +
    (slippageOfVolume?.impact ?? 0) * share ** 2
  return price * Math.max(0, 1 + direction * worse)
}

/** NaN before there are enough bars. */
export function distanceAt(distance: Distance, price: number, bars: Bars, bar: number): number {
  if (distance.kind === 'ratio') return distance.ratio * price
  const { high, low, close } = bars
  let sum = 0
  for (let i = bar - distance.period + 1; i <= bar; i++) {
    const last = i === 0 ? close[0]! : close[i - 1]!
    sum += Math.max(high[i]!, last) - Math.min(low[i]!, last)
  }
  return (distance.multiple * sum) / distance.period
}

/** What the sizing asks for, before margin, volume and lots. */
export function sizeWanted(
  equity: number,
  price: number,
  isMaker: boolean,
  bars: Bars,
  decided: number,
  settings: SimulationSettings,
): number {
  const { sizing, positionSize, exits } = settings
  if (sizing === undefined) return unitsThatCost(positionSize * equity, price, isMaker, settings)
  if (sizing.kind === 'cash') return unitsThatCost(sizing.amount, price, isMaker, settings)
  if (sizing.kind === 'units') return sizing.units
  if (sizing.kind === 'risk')
    return (equity * sizing.ratio) / distanceAt(exits!.stopLoss!, price, bars, decided)
  const first = decided - sizing.bars
  if (first < 0) return NaN
  const moves = Array.from({ length: sizing.bars }, (_, i) => {
    const [from, to] = [bars.close[first + i]!, bars.close[first + i + 1]!]
    return to / from - 1
  })
  const years = (bars.timestampMs[decided]! - bars.timestampMs[first]!) / (365.25 * 86_400_000)
  const variance = moves.reduce((sum, move) => sum + move ** 2, 0) / years
  return variance === 0 ? NaN : (equity * sizing.target) / Math.sqrt(variance) / price
}

/** As many lots as there are in `units`, but for rounding, and as can be paid. */
export function inWholeLots(
  units: number,
  { wholeUnits, lotStep }: Pick<SimulationSettings, 'wholeUnits' | 'lotStep'>,
  isPayable: (units: number) => boolean,
): number {
  const lot = wholeUnits ? 1 : lotStep
  if (lot === undefined) return units
  const most = wholeUnits ? units : units * (1 + 1e-14)
  let lots = Math.round(units / lot)
  while (lots > 0 && (lots * lot > most || !isPayable(lots * lot))) lots--
  return lots * lot
}

/** Borrow fee and funding for the time since the open of the bar before. */
export function carryAt(
  { bars, funding }: Instrument,
  { direction, units }: { readonly direction: Direction; readonly units: number },
  bar: number,
  { costs }: SimulationSettings,
): number {
  const [since, now] = [bars.timestampMs[bar - 1]!, bars.timestampMs[bar]!]
  const years = (now - since) / (365.25 * 86_400_000)
  const fee = direction < 0 ? (costs?.borrowFee ?? 0) : 0
  let rate = 0
  for (const [i, due] of funding?.timestampMs.entries() ?? [])
    if (since < due && due <= now) rate += funding!.rate[i]!
  return fee * units * bars.close[bar - 1]! * years + rate * direction * units * bars.open[bar]!
}
