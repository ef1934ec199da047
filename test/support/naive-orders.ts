// Decisions and waiting orders as docs/backtest-assumptions.md tells them, for the naive simulation.

import type { Instrument } from '../../src/backtest/instrument.ts'
import type { SimulationSettings } from '../../src/trading/simulation-settings.ts'
import { distanceAt, offered, type Direction } from './naive-money.ts'

export type Held = {
  direction: Direction
  units: number
  entries: number
  entryBar: number
  /** Mean of its entries. */
  price: number
  fees: number
  carry: number
  stop: number | null
  target: number | null
  trailing: number | null
  /** How far the trailing stop stays behind the best price. */
  behind: (best: number) => number
  best: number
}

export type Waiting = {
  closes: boolean
  enters: Direction | null
  decided: number
  stop: number | null
  limit: number | null
}

export type Traded = Instrument & {
  held: Held | null
  waiting: Waiting | null
  lastFill: number | null
  /** Its bar of this step, if it has one; its last known price. */
  bar: number | null
  mark: number
}

export type Fill = { readonly price: number; readonly isMaker: boolean }
export type Moment = { readonly price: number; readonly isOpen: boolean }

export const NOWHERE = { stop: null, limit: null }

/** What is to become of the position and of the order that waits. */
export function wantedAt(
  one: Traded,
  settings: SimulationSettings,
): { closes: boolean; enters: Direction | null; givesUp: boolean } {
  const { decisions, maxEntries = 1 } = settings
  const bar = one.bar!
  const { held, waiting, bars } = one
  const intents = one.intentsAt(bar)
  const said = intents.bits[bar - intents.from]!
  const wants = { long: (said & 1) > 0, short: (said & 4) > 0 }
  const leaves = (direction: Direction) => (said & (direction > 0 ? 2 : 8)) > 0
  const closes = held !== null && leaves(held.direction)
  const allowed: Direction[] = []
  if (wants.long && settings.sides !== 'short') allowed.push(1)
  if (wants.short && settings.sides !== 'long') allowed.push(-1)
  const sides = allowed.filter((direction) => !closes || direction !== held.direction)
  let enters = sides.length === 1 ? sides[0]! : null
  if (closes && !settings.reverse) enters = null
  if (enters !== null && one.lastFill !== null) {
    const hours = (bars.timestampMs[bar]! - bars.timestampMs[one.lastFill]!) / 3_600_000
    if (hours < decisions.minSignalSeparationHours) enters = null
    if (bar - one.lastFill < decisions.minSignalSeparationBars) enters = null
  }
  if (enters !== null && decisions.positionAwareness) {
    if (held !== null && !closes) {
      if (held.direction !== enters || held.entries >= maxEntries) enters = null
    } else if (enters < 0 && decisions.outputFormat === 'classification')
      if (!decisions.allowShortFromFlat) enters = null
  }
  const givesUp = closes || enters !== null || (waiting !== null && leaves(waiting.enters!))
  return { closes, enters, givesUp }
}

/** Null when a distance is not known yet. */
export function waitingPrices(
  one: Traded,
  direction: Direction,
  { order }: SimulationSettings,
): Pick<Waiting, 'stop' | 'limit'> | null {
  if (order === undefined || order.type === 'market') return NOWHERE
  const close = one.bars.close[one.bar!]!
  const offset = distanceAt(order.offset, close, one.bars, one.bar!)
  if (Number.isNaN(offset)) return null
  if (order.type === 'limit') return { stop: null, limit: close - direction * offset }
  const stop = close + direction * offset
  if (order.type === 'stop') return { stop, limit: null }
  const beyond = distanceAt(order.limit, close, one.bars, one.bar!)
  return Number.isNaN(beyond) ? null : { stop, limit: stop + direction * beyond }
}

/** The fill of an order that waits for a price, with the price of the bars at that moment. */
export function met(
  one: Traded,
  waiting: Waiting,
  settings: SimulationSettings,
): (Fill & { moment: Moment }) | null {
  const { bars } = one
  const bar = one.bar!
  const direction = waiting.enters!
  const open = { price: bars.open[bar]!, isOpen: true }
  const [cheapest, dearest] =
    direction > 0 ? [bars.low[bar]!, bars.high[bar]!] : [bars.high[bar]!, bars.low[bar]!]
  const reaches = (price: number, level: number) => direction * (price - level) >= 0
  let moment: Moment | null = open
  if (waiting.stop !== null) {
    const { stop } = waiting
    if (!reaches(dearest, stop)) return null
    if (!reaches(open.price, stop)) moment = { price: stop, isOpen: false }
    if (waiting.limit === null) return { price: moment.price, isMaker: false, moment }
    waiting.stop = null
  }
  const limit = waiting.limit!
  const now = offered(direction, moment.price, settings)
  if (reaches(limit, now)) return { price: now, isMaker: true, moment }
  if (!moment.isOpen || !reaches(limit, offered(direction, cheapest, settings))) return null
  moment = { price: limit / offered(direction, 1, settings), isOpen: false }
  return { price: limit, isMaker: true, moment }
}

/** A price of 0 or less is never met. */
export function possible(price: number): number | null {
  return price > 0 ? price : null
}

/** A trailing stop never moves away from the price. */
export function tighten(held: Held, stop: number): void {
  if (stop > 0 && (held.trailing === null || held.direction * (stop - held.trailing) > 0))
    held.trailing = stop
}
