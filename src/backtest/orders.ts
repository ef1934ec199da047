// From what a strategy wants at a close to an order, if the rules of the strategy let it (ktrdr §7.3 with W27 fixed).

import type { Side } from '../performance/trade.ts'
import type { DecisionSettings } from '../trading/decision-settings.ts'
import type { SimulationSettings } from '../trading/simulation-settings.ts'
import { reject } from './broker.ts'
import {
  ENTER_LONG,
  ENTER_SHORT,
  EXIT_LONG,
  EXIT_SHORT,
  INVALID,
  MISSING,
  type Intents,
} from './intents.ts'
import { restingPrices } from './resting-order.ts'
import type { SimulationInputs } from './simulation-inputs.ts'
import type { Book, SimulationState } from './simulation-state.ts'

/** Bits that may become an order. */
const WANTS = ENTER_LONG | EXIT_LONG | ENTER_SHORT | EXIT_SHORT

/** Whether orders are filled at the closes that they are decided on. */
export function isFilledAtClose({ order }: SimulationSettings): boolean {
  return order?.type === 'market' && order.at === 'close'
}

/** Turns what is wanted at the close of `bar` into the instrument's waiting order. */
export function decide(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  bar: number,
  intents: Intents,
): void {
  const bits = intents.bits[bar - intents.from]!
  const confidence = intents.confidence === null ? 1 : intents.confidence[bar - intents.from]!
  if (bits & MISSING) state.missingForecasts++
  if (bits & INVALID) state.invalidForecasts++
  if ((bits & WANTS) === 0) return
  const book = state.books[index]!
  const { position } = book
  const closes = position !== null && (bits & exitBit(position.side)) !== 0
  const side = entryWanted(bits, closes ? opposite(position.side) : null, inputs)
  const enters =
    side !== null &&
    (!closes || inputs.settings.reverse === true) &&
    mayEnter(side, closes ? null : book, sinceFill(book, inputs, index, bar), inputs.settings)
  if (closes || enters) place(state, inputs, index, bar, closes, enters ? side : null, confidence)
  else if (book.order !== null && bits & exitBit(book.order.side!))
    withdraw(state, inputs, index, bar)
}

/** @param only the side that an exit could turn to */
function entryWanted(bits: number, only: Side | null, { settings }: SimulationInputs): Side | null {
  const { sides } = settings
  const long = (bits & ENTER_LONG) !== 0 && sides !== 'short' && only !== 'SHORT'
  const short = (bits & ENTER_SHORT) !== 0 && sides !== 'long' && only !== 'LONG'
  if (long === short) return null
  return long ? 'LONG' : 'SHORT'
}

function exitBit(side: Side): number {
  return side === 'LONG' ? EXIT_LONG : EXIT_SHORT
}

function opposite(side: Side): Side {
  return side === 'LONG' ? 'SHORT' : 'LONG'
}

/** Time since the last entry or exit; `null` before the first, or when nothing has to be kept apart. */
export type SinceFill = { readonly bars: number; readonly hours: number } | null

/**
 * Whether a strategy may enter `side`, flat (`book` null or without a position) or adding to what it holds. Exits are
 * never held back (C6).
 */
export function mayEnter(
  side: Side,
  book: Pick<Book, 'position'> | null,
  since: SinceFill,
  {
    decisions,
    maxEntries = 1,
  }: {
    readonly decisions: DecisionSettings
    readonly maxEntries?: number
  },
): boolean {
  if (since !== null) {
    if (since.hours < decisions.minSignalSeparationHours) return false
    if (since.bars < decisions.minSignalSeparationBars) return false
  }
  if (!decisions.positionAwareness) return true
  const position = book?.position ?? null
  if (position !== null) return position.side === side && position.entries < maxEntries
  return (
    side === 'LONG' || decisions.outputFormat !== 'classification' || decisions.allowShortFromFlat
  )
}

const HOUR_MS = 3_600_000

function sinceFill(
  { lastFillBar: fill }: Book,
  { instruments, settings }: SimulationInputs,
  index: number,
  bar: number,
): SinceFill {
  const { minSignalSeparationBars, minSignalSeparationHours } = settings.decisions
  if (fill === null || minSignalSeparationBars + minSignalSeparationHours === 0) return null
  const { timestampMs } = instruments[index]!.bars
  return { bars: bar - fill, hours: (timestampMs[bar]! - timestampMs[fill]!) / HOUR_MS }
}

/** Puts an order in the place of the one that waits. */
function place(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  bar: number,
  closes: boolean,
  side: Side | null,
  confidence: number,
): void {
  if (state.books[index]!.order !== null) withdraw(state, inputs, index, bar)
  const { bars } = inputs.instruments[index]!
  const { order } = inputs.settings
  const prices =
    side === null
      ? { stopPrice: null, limitPrice: null }
      : restingPrices(order, side, bars, inputs.ranges[index]!, bar)
  if (prices === null) {
    reject(state, inputs, index, side!, bar, 'unknownRange')
    if (!closes) return
  }
  state.books[index]!.order = {
    closes,
    side: prices === null ? null : side,
    confidence,
    bar,
    stopPrice: prices?.stopPrice ?? null,
    limitPrice: prices?.limitPrice ?? null,
  }
}

function withdraw(
  state: SimulationState,
  inputs: SimulationInputs,
  index: number,
  bar: number,
): void {
  const book = state.books[index]!
  if (book.order?.side) reject(state, inputs, index, book.order.side, bar, 'replaced')
  book.order = null
}
