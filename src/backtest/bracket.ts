// The exits that wait beside a position: stop-loss, trailing stop, take-profit, and the price of a margin call.
//
// Nobody knows the way of a price inside a bar, so the worst is assumed: whatever stops a position comes before what is
// its target. Whoever gaps over a price is filled at the open.

import type { Bars } from '../data/bars.ts'
import type { ExitReason } from '../performance/trade.ts'
import type { Distance, SimulationSettings } from '../trading/simulation-settings.ts'
import { spreadShare, type Liquidity } from './costs.ts'
import { distanceOf, type RangesByPeriod } from './instrument.ts'
import type { Position } from './simulation-state.ts'

/** Puts the exits around the entry price. @returns false when a distance is not known yet */
export function setBracket(
  position: Position,
  ranges: RangesByPeriod,
  decided: number,
  { exits }: SimulationSettings,
): boolean {
  if (exits === undefined) return true
  const { side, entryPrice } = position
  const away = side === 'LONG' ? 1 : -1
  const awayBy = (distance: Distance | undefined): number =>
    distance === undefined ? 0 : distanceOf(distance, entryPrice, ranges, decided)
  const stop = awayBy(exits.stopLoss)
  const target = awayBy(exits.takeProfit)
  const trailing = awayBy(exits.trailingStop)
  if (Number.isNaN(stop + target + trailing)) return false
  if (exits.stopLoss) position.stopLoss = positive(entryPrice - away * stop)
  if (exits.takeProfit) position.takeProfit = positive(entryPrice + away * target)
  if (exits.trailingStop) {
    position.trailingStop = tighter(position, entryPrice - away * trailing)
    position.trailingDistance =
      exits.trailingStop.kind === 'ratio' ? exits.trailingStop.ratio : trailing
  }
  return true
}

/** A price of 0 or less is never met. */
function positive(price: number): number | null {
  return price > 0 ? price : null
}

/** Whether the trailing distance is a share of the best price, not money. */
export function isTrailedByShare({ exits }: Pick<SimulationSettings, 'exits'>): boolean {
  return exits?.trailingStop?.kind === 'ratio'
}

/** Moves the trailing stop after a bar that reached `extreme` in favour of the position. */
export function trail(position: Position, extreme: number, isRatio: boolean): void {
  const { side, trailingDistance: distance } = position
  if (distance === null) return
  const best =
    side === 'LONG' ? Math.max(position.bestPrice, extreme) : Math.min(position.bestPrice, extreme)
  const away = isRatio ? distance * best : distance
  const stop = side === 'LONG' ? best - away : best + away
  position.bestPrice = best
  position.trailingStop = tighter(position, stop)
}

/** A trailing stop never moves away from the price. */
function tighter({ side, trailingStop: before }: Position, stop: number): number | null {
  if (before === null || stop <= 0) return before ?? positive(stop)
  return side === 'LONG' ? Math.max(before, stop) : Math.min(before, stop)
}

export type Level = { readonly price: number; readonly reason: ExitReason }

/** What stops the position first, against which the price moves: the highest below a long, the lowest above a short. */
export function stopLevel(position: Position, marginPrice: number | null): Level | null {
  const { side, stopLoss, trailingStop } = position
  let level: Level | null = null
  const consider = (price: number | null, reason: ExitReason): void => {
    if (price === null) return
    if (level === null || (side === 'LONG' ? price > level.price : price < level.price))
      level = { price, reason }
  }
  consider(marginPrice, 'margin call')
  consider(stopLoss, 'stop loss')
  consider(trailingStop, 'trailing stop')
  return level
}

export type ExitFill = Level & { readonly liquidity: Liquidity }

/** Where the open has passed the stop or the target. */
export function exitAtOpen(
  { side, takeProfit }: Position,
  stop: Level | null,
  { open }: Bars,
  bar: number,
  settings: SimulationSettings,
): ExitFill | null {
  if (stop === null && takeProfit === null) return null
  const price = open[bar]!
  const isLong = side === 'LONG'
  if (stop !== null && (isLong ? price <= stop.price : price >= stop.price))
    return { price, reason: stop.reason, liquidity: 'taker' }
  if (takeProfit === null) return null
  const offered =
    price * (isLong ? 1 - spreadShare(false, settings) : 1 + spreadShare(true, settings))
  if (isLong ? offered < takeProfit : offered > takeProfit) return null
  return { price: offered, reason: 'take profit', liquidity: 'maker' }
}

/** From where on a position sees a bar: its open, or the price at which it was entered inside. */
export type Sight = { readonly price: number; readonly isOpen: boolean }

/**
 * Where the bar meets the stop, else, seen from the open on, the target. One that the entry itself has passed (costs move
 * the entry price, an entry the mean of several) is met at once.
 */
export function exitInside(
  { side, takeProfit }: Position,
  stop: Level | null,
  { high, low }: Bars,
  bar: number,
  { price: first, isOpen }: Sight,
  settings: SimulationSettings,
): ExitFill | null {
  const isLong = side === 'LONG'
  const nearest = isLong ? Math.min : Math.max
  const farthest = isLong ? Math.max : Math.min
  if (stop !== null && (isLong ? low[bar]! <= stop.price : high[bar]! >= stop.price))
    return { ...stop, price: nearest(stop.price, first), liquidity: 'taker' }
  if (takeProfit === null || !isOpen) return null
  const share = isLong ? 1 - spreadShare(false, settings) : 1 + spreadShare(true, settings)
  const isMet = isLong ? high[bar]! * share >= takeProfit : low[bar]! * share <= takeProfit
  if (!isMet) return null
  const price = farthest(takeProfit, first * share)
  return { price, reason: 'take profit', liquidity: 'maker' }
}
