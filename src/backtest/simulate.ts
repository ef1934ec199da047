// The loop of a backtest. A step is one moment of the timeline: every bar that opens then, in the order of the symbols.
//
// 1. What is held over pays its carry.
// 2. Open: orders to close, time limits, and exits that the open has passed are filled; then orders to enter.
// 3. Inside the bar: what stops a position, then what is its target; then the entries that wait for a price.
// 4. Close: trailing stops move, the strategy decides, orders at the close are filled, what is held of a symbol that has
//    no further bar is closed, the account is valued.
//
// A decision therefore never sees what it trades on (but at the close, if the settings say so), and no position is entered
// on the last bar only to be closed there. `simulate` changes nothing but `state` and returns exactly at `until`, so that every step is a safe
// point. Prices are finite and positive (data/check-bars).

import { appendTo } from '../core/snapshot.ts'
import { equityAt, marginPrice, worthAt } from './account.ts'
import {
  exitAtOpen,
  exitInside,
  isTrailedByShare,
  stopLevel,
  trail,
  type Level,
  type Sight,
} from './bracket.ts'
import { enter, exit, reject } from './broker.ts'
import { carryCost, payCarry, paysCarry } from './carry.ts'
import { holdThrough, noteExcursion } from './hold.ts'
import type { Intents } from './intents.ts'
import { decide, isFilledAtClose } from './orders.ts'
import { isResting, meet } from './resting-order.ts'
import type { SimulationInputs } from './simulation-inputs.ts'
import { emptyState, type Position, type SimulationState } from './simulation-state.ts'
import { barAt } from './timeline.ts'

/** Part of the fingerprint: it changes whenever a figure of a simulation would. */
export const ARITHMETIC = 'simulate-v1'

export function beginSimulation({
  instruments,
  timeline,
  settings,
}: SimulationInputs): SimulationState {
  return emptyState(settings.capital, instruments.length, timeline.length)
}

/** Processes the steps from `state.nextStep` up to, not including, `until` (at most all). */
export function simulate(state: SimulationState, inputs: SimulationInputs, until: number): void {
  const end = Math.min(until, inputs.timeline.length)
  if (inputs.instruments.length === 1) simulateOne(state, inputs, end)
  else simulateSeveral(state, inputs, end)
}

function simulateOne(state: SimulationState, inputs: SimulationInputs, end: number): void {
  const { firstBar, intentsAt } = inputs.instruments[0]!
  const bars = [0]
  const known: (Intents | null)[] = [null]
  while (state.nextStep < end) {
    const bar = firstBar + state.nextStep
    // First: if it throws, the state is still at the bar before.
    if (known[0] === null || bar >= known[0]!.to) known[0] = intentsAt(bar)
    const intents = known[0]!
    const until = Math.min(firstBar + end, intents.to)
    const next = holdThrough(state, inputs, intents, bar, until)
    state.nextStep = next - firstBar
    if (next > bar) continue
    bars[0] = bar
    takeStep(state, inputs, state.nextStep, bars, known)
  }
}

function simulateSeveral(state: SimulationState, inputs: SimulationInputs, end: number): void {
  const { instruments, timeline } = inputs
  const bars: number[] = instruments.map(() => -1)
  const intents: (Intents | null)[] = instruments.map(() => null)
  while (state.nextStep < end) {
    for (const [index, { intentsAt }] of instruments.entries()) {
      const bar = barAt(timeline, instruments, index, state.nextStep)
      bars[index] = bar
      const known = intents[index]!
      if (bar >= 0 && (known === null || bar >= known.to)) intents[index] = intentsAt(bar)
    }
    takeStep(state, inputs, state.nextStep, bars, intents)
  }
}

/** @param bars of each instrument; −1 where it has none at this step */
function takeStep(
  state: SimulationState,
  inputs: SimulationInputs,
  step: number,
  bars: readonly number[],
  intents: readonly (Intents | null)[],
): void {
  for (let i = 0; i < bars.length; i++)
    if (bars[i]! >= 0) leaveAtOpen(state, inputs, i, bars[i]!, step)
  for (let i = 0; i < bars.length; i++)
    if (bars[i]! >= 0) enterAtOpen(state, inputs, i, bars[i]!, step)
  for (let i = 0; i < bars.length; i++)
    if (bars[i]! >= 0) passThrough(state, inputs, i, bars[i]!, step)
  for (let i = 0; i < bars.length; i++)
    if (bars[i]! >= 0) decide(state, inputs, i, bars[i]!, intents[i]!)
  if (isFilledAtClose(inputs.settings)) fillAtClose(state, inputs, bars, step)
  for (let i = 0; i < bars.length; i++) {
    const { position } = state.books[i]!
    if (position !== null && bars[i]! >= 0)
      noteExcursion(position, inputs.instruments[i]!.bars.close[bars[i]!]!)
  }
  if (step < inputs.timeline.length - 1) closeWhatEnds(state, inputs, bars)
  appendTo(state.equity, equityAt(state, inputs, step))
  state.nextStep = step + 1
}

/** Carry, and everything that closes a position at the open. */
function leaveAtOpen(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  bar: number,
  step: number,
): void {
  const book = state.books[index]!
  const { position, order } = book
  if (position === null) return
  const { settings, instruments } = inputs
  const instrument = instruments[index]!
  if (paysCarry(position, instrument, settings))
    payCarry(state, position, carryCost(position, instrument, bar, settings))
  const isTimeUp = bar - position.entryBar >= (settings.exits?.maxBars ?? Infinity)
  if (order?.closes || isTimeUp) {
    const fill = { bar, price: instrument.bars.open[bar]!, liquidity: 'taker' } as const
    exit(state, inputs, index, fill, order?.closes ? 'signal' : 'time limit')
    if (order?.closes) {
      order.closes = false
      book.order = order.side === null ? null : order
    }
    return
  }
  const stop = stopOf(state, inputs, index, position, step)
  const passed = exitAtOpen(position, stop, instrument.bars, bar, settings)
  if (passed !== null) exit(state, inputs, index, { bar, ...passed }, passed.reason)
}

function enterAtOpen(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  bar: number,
  step: number,
): void {
  const book = state.books[index]!
  const { order } = book
  if (order === null || isResting(order)) return
  book.order = null
  const price = inputs.instruments[index]!.bars.open[bar]!
  enter(state, inputs, index, order, { bar, price, liquidity: 'taker' }, step - 1)
}

/** The exits and entries whose prices the bar meets after its open. */
function passThrough(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  bar: number,
  step: number,
): void {
  const { settings } = inputs
  const { bars } = inputs.instruments[index]!
  const book = state.books[index]!
  if (book.position !== null)
    leaveInside(state, inputs, index, bar, step, { price: bars.open[bar]!, isOpen: true })
  const { order } = book
  let enteredInside = false
  if (order !== null) {
    const met = meet(order, bars, bar, settings)
    if (met !== null) {
      const before = book.position
      book.order = null
      enter(state, inputs, index, order, { bar, ...met }, step - 1)
      if (book.position !== before) {
        enteredInside = !met.sight.isOpen
        leaveInside(state, inputs, index, bar, step, met.sight)
      }
    } else if (expires(order.bar, bar, settings.order)) {
      book.order = null
      reject(state, inputs, index, order.side!, bar, 'expired')
    }
  }
  const { position } = book
  if (position === null || position.trailingDistance === null) return
  const inFavour = position.side === 'LONG' ? bars.high : bars.low
  // Nobody knows which prices of the bar came after an entry inside it, but the close did.
  trail(position, enteredInside ? bars.close[bar]! : inFavour[bar]!, isTrailedByShare(settings))
}

function expires(
  decided: number,
  bar: number,
  order: SimulationInputs['settings']['order'],
): boolean {
  if (order === undefined || order.type === 'market' || order.expiryBars === null) return false
  return bar - decided >= order.expiryBars
}

function leaveInside(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  bar: number,
  step: number,
  sight: Sight,
): void {
  const { position } = state.books[index]!
  if (position === null) return
  const stop = stopOf(state, inputs, index, position, step)
  const { bars } = inputs.instruments[index]!
  const met = exitInside(position, stop, bars, bar, sight, inputs.settings)
  if (met !== null) exit(state, inputs, index, { bar, ...met }, met.reason)
}

function stopOf(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  position: Position,
  step: number,
): Level | null {
  const { maintenanceMargin } = inputs.settings
  if (maintenanceMargin === undefined) return stopLevel(position, null)
  const others = worthAt(state, inputs, step - 1, index)
  return stopLevel(position, marginPrice(position, state.cash, others, maintenanceMargin))
}

/** Fills the orders of this step's decisions at the closes that they were decided on. */
function fillAtClose(
  state: SimulationState,
  inputs: SimulationInputs,
  bars: readonly number[],
  step: number,
): void {
  const closeOf = (i: number): number => inputs.instruments[i]!.bars.close[bars[i]!]!
  for (let i = 0; i < bars.length; i++) {
    const { order } = state.books[i]!
    if (bars[i]! < 0 || !order?.closes) continue
    const fill = { bar: bars[i]!, price: closeOf(i), liquidity: 'taker' } as const
    exit(state, inputs, i, fill, 'signal')
    order.closes = false
  }
  for (let i = 0; i < bars.length; i++) {
    const book = state.books[i]!
    const { order } = book
    if (bars[i]! < 0 || order === null) continue
    if (order.side !== null && isClosedAtEnd(inputs, i, bars[i]!)) continue
    book.order = null
    if (order.side === null) continue
    const fill = { bar: bars[i]!, price: closeOf(i), liquidity: 'taker' } as const
    enter(state, inputs, i, order, fill, step)
  }
}

/** Symbols whose bars end before those of others. */
function closeWhatEnds(
  state: SimulationState,
  inputs: SimulationInputs,
  bars: readonly number[],
): void {
  for (let i = 0; i < bars.length; i++) {
    const bar = bars[i]!
    if (state.books[i]!.position === null || !isClosedAtEnd(inputs, i, bar)) continue
    const price = inputs.instruments[i]!.bars.close[bar]!
    exit(state, inputs, i, { bar, price, liquidity: 'taker' }, 'end of data')
  }
}

function isClosedAtEnd(
  { instruments, settings }: SimulationInputs,
  index: number,
  bar: number,
): boolean {
  return bar === instruments[index]!.endBar - 1 && settings.leaveOpen !== true
}
