// Fills orders and settles trades (ktrdr §7.4). A taker's fill is at a reference price plus slippage, always against us; a
// fill pays its commission at once, shorts too (W39).

import type { ExitReason, Side } from '../performance/trade.ts'
import { equityAt, freeNotional, signedUnits, worthAt } from './account.ts'
import { logAddition } from './addition-log.ts'
import { setBracket } from './bracket.ts'
import { commissionOf, slippageShare, slipped, unitsFor, type Liquidity } from './costs.ts'
import { inLots, lotOf, wantedUnits } from './position-size.ts'
import type { SimulationInputs } from './simulation-inputs.ts'
import {
  LISTED_REJECTIONS,
  type Order,
  type Position,
  type Rejection,
  type SimulationState,
} from './simulation-state.ts'
import { logTrade, type Exit } from './trade-log.ts'

/** More than the rounding of one sizing and one fill: an all-in purchase never overdraws the cash. */
const ROUNDING_ROOM = 1 - 4 * Number.EPSILON

/** A smaller share of the equity is what rounding left of an all-in purchase, nothing to enter with. */
const DUST = 1e-12

export type Fill = {
  readonly bar: number
  /** Before slippage; all there is to pay for a maker. */
  readonly price: number
  readonly liquidity: Liquidity
}

/** What the market gives for a number of units, or why it gives none. */
type Purchase =
  | {
      readonly units: number
      readonly price: number
      readonly commission: number
      readonly slippageCost: number
    }
  | Rejection

/**
 * Enters the side of `order`, or adds to its position; counts why it could not.
 * @param valued the step at whose closes the account is valued
 */
export function enter(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  order: Order,
  fill: Fill,
  valued: number,
): void {
  const { settings } = inputs
  const book = state.books[index]!
  const side = order.side!
  const held = book.position
  if (held !== null && (held.side !== side || held.entries >= (settings.maxEntries ?? 1))) {
    reject(state, inputs, index, side, fill.bar, 'alreadyInPosition')
    return
  }
  const bought = purchase(state, inputs, index, order, fill, valued)
  if (typeof bought === 'string') {
    reject(state, inputs, index, side, fill.bar, bought)
    return
  }
  const position = held === null ? opened(order, bought, fill.bar) : added(held, bought)
  if (!setBracket(position, inputs.ranges[index]!, order.bar, settings)) {
    reject(state, inputs, index, side, fill.bar, 'unknownRange')
    return
  }
  const signed = side === 'LONG' ? bought.units : -bought.units
  state.cash -= signed * bought.price + bought.commission
  if (held !== null) logAddition(state.additions, index, held, fill.bar)
  book.position = position
  book.lastFillBar = fill.bar
}

function purchase(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  order: Order,
  { bar, price, liquidity }: Fill,
  valued: number,
): Purchase {
  const { settings } = inputs
  const { leverage = 1, costs } = settings
  const { bars } = inputs.instruments[index]!
  const buys = order.side === 'LONG'
  const equity = equityAt(state, inputs, valued)
  if (equity <= 0) return 'noEquity'
  const free = freeNotional(state.cash, worthAt(state, inputs, valued), leverage)
  if (free <= DUST * equity) return 'noMargin'
  const entry = { price, liquidity, equity, decided: order.bar }
  const wanted = wantedUnits(entry, bars, inputs.ranges[index]!, settings)
  if (Number.isNaN(wanted)) return 'unknownRange'
  const ofVolume = costs?.slippageOfVolume
  const available = ofVolume === undefined ? Infinity : ofVolume.maxShare * bars.volume[bar]!
  if (available === 0) return 'noVolume'
  const priceFor = (units: number): number =>
    liquidity === 'maker'
      ? price
      : slipped(buys, price, slippageShare(buys, units, bars, bar, settings))
  const affordable = (at: number): number =>
    unitsFor(free, ROUNDING_ROOM, at, liquidity, settings, leverage)
  let exact = Math.min(wanted, affordable(priceFor(0)))
  if (available < exact) exact = available
  if (ofVolume !== undefined) exact = Math.min(exact, affordable(priceFor(exact)))
  const bought = (units: number): Bought => {
    const fillPrice = priceFor(units)
    return {
      units,
      price: fillPrice,
      commission: commissionOf(units, fillPrice, liquidity, settings),
      slippageCost: Math.abs(fillPrice - price) * units,
    }
  }
  const lot = lotOf(settings)
  let all = bought(lot === null ? exact : inLots(exact, lot, settings))
  if (lot !== null && all.units * all.price + leverage * all.commission > free)
    all = bought(inLots(all.units - lot, lot, settings))
  return all.units > 0 && all.price > 0 ? all : 'zeroSize'
}

type Bought = Exclude<Purchase, Rejection>

function opened({ side, confidence }: Order, bought: Bought, bar: number): Position {
  return {
    side: side!,
    units: bought.units,
    entryBar: bar,
    entryPrice: bought.price,
    entries: 1,
    entryCommission: bought.commission,
    entrySlippageCost: bought.slippageCost,
    financingCost: 0,
    confidence,
    maxFavorableExcursion: 0,
    maxAdverseExcursion: 0,
    stopLoss: null,
    takeProfit: null,
    trailingStop: null,
    trailingDistance: null,
    bestPrice: bought.price,
  }
}

function added(position: Position, bought: Bought): Position {
  const units = position.units + bought.units
  return {
    ...position,
    units,
    entryPrice: (position.entryPrice * position.units + bought.price * bought.units) / units,
    entries: position.entries + 1,
    entryCommission: position.entryCommission + bought.commission,
    entrySlippageCost: position.entrySlippageCost + bought.slippageCost,
  }
}

/** Closes the position of an instrument; an order that would have added to it is gone with it. */
export function exit(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  fill: Fill,
  reason: ExitReason,
): void {
  const book = state.books[index]!
  const position = book.position!
  const exited = exitOf(position, inputs, index, fill, reason)
  logTrade(state.trades, index, position, exited)
  state.cash += proceedsOf(position, exited)
  book.position = null
  book.lastFillBar = fill.bar
  if (book.order === null || book.order.closes) return
  reject(state, inputs, index, book.order.side!, fill.bar, 'replaced')
  book.order = null
}

export function exitOf(
  position: Position,
  { instruments, settings }: SimulationInputs,
  index: number,
  { bar, price, liquidity }: Fill,
  reason: ExitReason,
): Exit {
  const { bars } = instruments[index]!
  const { side, units } = position
  const buys = side === 'SHORT'
  const exitPrice =
    liquidity === 'maker'
      ? price
      : slipped(buys, price, slippageShare(buys, units, bars, bar, settings))
  return {
    bar,
    price: exitPrice,
    commission: commissionOf(units, exitPrice, liquidity, settings),
    slippageCost: Math.abs(exitPrice - price) * units,
    reason,
  }
}

/** What the cash gains by it. */
export function proceedsOf(position: Position, { price, commission }: Exit): number {
  return signedUnits(position) * price - commission
}

export function reject(
  state: SimulationState,
  { instruments }: SimulationInputs,
  index: number,
  side: Side,
  bar: number,
  reason: Rejection,
): void {
  state.rejectedOrders[reason]++
  if (state.rejections.length >= LISTED_REJECTIONS) return
  const { symbol, bars } = instruments[index]!
  state.rejections.push({ symbol, bar, timeMs: bars.timestampMs[bar]!, side, reason })
}
