// Bars of one instrument on which nothing is filled: no order waits, and no exit is met. Most bars of most backtests are
// such, and these loops are what makes them fast. They do to a bar what a step does.

import { appendTo, reserve } from '../core/snapshot.ts'
import type { Bars } from '../data/bars.ts'
import type { SimulationSettings } from '../trading/simulation-settings.ts'
import { marginPrice, signedUnits } from './account.ts'
import { isTrailedByShare, stopLevel, trail } from './bracket.ts'
import { carryCost, payCarry, paysCarry } from './carry.ts'
import { spreadShare } from './costs.ts'
import type { Intents } from './intents.ts'
import { ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT, INVALID, MISSING } from './intents.ts'
import { decide, isFilledAtClose } from './orders.ts'
import type { SimulationInputs } from './simulation-inputs.ts'
import type { Position, SimulationState } from './simulation-state.ts'

/**
 * Processes bars of the only instrument from `bar` on, before `until`, at most up to one at whose close something is
 * wanted. @returns the next bar: `bar` itself when it needs a step
 */
export function holdThrough(
  state: SimulationState,
  inputs: SimulationInputs,
  intents: Intents,
  bar: number,
  until: number,
): number {
  const { position, order } = state.books[0]!
  const { settings, instruments } = inputs
  const instrument = instruments[0]!
  if (order !== null) return bar
  reserve(state.equity, until - bar)
  if (position === null) {
    const end = waitThrough(state, intents, bar, until)
    if (end === until || isFilledAtClose(settings)) return end
    appendTo(state.equity, state.cash)
    decide(state, inputs, 0, end, intents)
    return end + 1
  }
  const { maxBars } = settings.exits ?? {}
  const timed = maxBars === undefined ? until : Math.min(until, position.entryBar + maxBars)
  if (position.trailingDistance !== null || paysCarry(position, instrument, settings))
    return followPosition(state, inputs, position, intents, bar, timed)
  const range = rangeOf(state.cash, position, settings)
  const end = holdPosition(state, inputs, position, range, intents, bar, timed)
  if (end >= timed || isFilledAtClose(settings) || isLeft(range, instrument.bars, end)) return end
  markBar(state, position, instrument.bars, end, settings)
  decide(state, inputs, 0, end, intents)
  return end + 1
}

/** Flat. @returns the first bar on which something is wanted */
function waitThrough(
  { equity, cash }: SimulationState,
  { from, bits }: Intents,
  bar: number,
  until: number,
): number {
  const wanted = ENTER_LONG | ENTER_SHORT | MISSING | INVALID
  let end = bar
  while (end < until && (bits[end - from]! & wanted) === 0) end++
  equity.column.fill(cash, equity.length, equity.length + end - bar)
  equity.length += end - bar
  return end
}

/** @returns the first bar on which something is wanted, or the range is left */
function holdPosition(
  state: SimulationState,
  inputs: SimulationInputs,
  position: Position,
  { floor, floorFactor, ceiling, ceilingFactor }: Range,
  { from, bits }: Intents,
  bar: number,
  until: number,
): number {
  const { high, low, close } = inputs.instruments[0]!.bars
  const wanted = wantedOf(position, inputs.settings)
  const isBound = floor !== 0 || ceiling !== Infinity
  const { cash, equity } = state
  const { column } = equity
  const units = signedUnits(position)
  let at = equity.length
  let highest = position.entryPrice
  let lowest = position.entryPrice
  let i = bar
  for (; i < until; i++) {
    if ((bits[i - from]! & wanted) !== 0) break
    if (isBound && (low[i]! * floorFactor <= floor || high[i]! * ceilingFactor >= ceiling)) break
    const price = close[i]!
    column[at++] = cash + units * price
    if (price > highest) highest = price
    if (price < lowest) lowest = price
  }
  equity.length = at
  noteExcursion(position, highest)
  noteExcursion(position, lowest)
  return i
}

/** As `holdThrough`, a bar at a time, with carry to pay or an exit that follows the price. */
function followPosition(
  state: SimulationState,
  inputs: SimulationInputs,
  position: Position,
  intents: Intents,
  bar: number,
  until: number,
): number {
  const { settings, instruments } = inputs
  const instrument = instruments[0]!
  const wanted = wantedOf(position, settings)
  const pays = paysCarry(position, instrument, settings)
  for (let i = bar; i < until; i++) {
    const isWanted = (intents.bits[i - intents.from]! & wanted) !== 0
    if (isWanted && isFilledAtClose(settings)) return i
    const cost = pays ? carryCost(position, instrument, i, settings) : 0
    if (isLeft(rangeOf(state.cash - cost, position, settings), instrument.bars, i)) return i
    payCarry(state, position, cost)
    markBar(state, position, instrument.bars, i, settings)
    if (!isWanted) continue
    decide(state, inputs, 0, i, intents)
    return i + 1
  }
  return until
}

/** The close of a bar on which the position was held throughout. */
function markBar(
  state: SimulationState,
  position: Position,
  { high, low, close }: Bars,
  bar: number,
  settings: SimulationSettings,
): void {
  const price = close[bar]!
  appendTo(state.equity, state.cash + signedUnits(position) * price)
  noteExcursion(position, price)
  if (position.trailingDistance === null) return
  trail(position, position.side === 'LONG' ? high[bar]! : low[bar]!, isTrailedByShare(settings))
}

/** Bits that mean something to who holds a position. */
function wantedOf({ side, entries }: Position, settings: SimulationSettings): number {
  const { decisions, maxEntries = 1 } = settings
  const mayAdd = entries < maxEntries || !decisions.positionAwareness
  const leaves = side === 'LONG' ? EXIT_LONG : EXIT_SHORT
  return leaves | MISSING | INVALID | (mayAdd ? ENTER_LONG | ENTER_SHORT : 0)
}

/**
 * Lows times their factor stay above the floor, and highs below the ceiling, as long as no exit is met: 0 and Infinity
 * never are. A gap at the open over one of them lies inside the bar too.
 */
type Range = {
  readonly floor: number
  readonly floorFactor: number
  readonly ceiling: number
  readonly ceilingFactor: number
}

function rangeOf(cash: number, position: Position, settings: SimulationSettings): Range {
  const margin = marginPrice(position, cash, ALONE, settings.maintenanceMargin)
  const stop = stopLevel(position, margin)?.price
  const target = position.takeProfit
  return position.side === 'LONG'
    ? {
        floor: stop ?? 0,
        floorFactor: 1,
        ceiling: target ?? Infinity,
        ceilingFactor: 1 - spreadShare(false, settings),
      }
    : {
        floor: target ?? 0,
        floorFactor: 1 + spreadShare(true, settings),
        ceiling: stop ?? Infinity,
        ceilingFactor: 1,
      }
}

const ALONE = { long: 0, short: 0 }

function isLeft(
  { floor, floorFactor, ceiling, ceilingFactor }: Range,
  { high, low }: Bars,
  bar: number,
): boolean {
  if (floor === 0 && ceiling === Infinity) return false
  return low[bar]! * floorFactor <= floor || high[bar]! * ceilingFactor >= ceiling
}

/** Best and worst P&L at the closes. */
export function noteExcursion(position: Position, close: number): void {
  const { side, units, entryPrice } = position
  const pnl = (side === 'LONG' ? close - entryPrice : entryPrice - close) * units
  if (pnl > position.maxFavorableExcursion) position.maxFavorableExcursion = pnl
  if (pnl < position.maxAdverseExcursion) position.maxAdverseExcursion = pnl
}
