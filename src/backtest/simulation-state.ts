// What a simulation knows between two steps: necessary and sufficient to continue to the same bytes. One plain object for
// the codec of core/snapshot: no NaN, no Infinity, no undefined. Another layout is another `stateVersion` of the job.

import { emptyColumn, type Column } from '../core/snapshot.ts'
import {
  boolean,
  column,
  fields,
  listOf,
  number,
  oneOf,
  orNull,
  text,
} from '../core/state-fields.ts'
import { SIDES, type Side } from '../performance/trade.ts'

export const REJECTIONS = [
  'zeroSize',
  'noEquity',
  'alreadyInPosition',
  'noMargin',
  'noVolume',
  'unknownRange',
  'expired',
  'replaced',
] as const
/**
 * `zeroSize`: rounds to zero units; `noEquity`: nothing left to size it by; `alreadyInPosition`: would add to a position
 * that takes no more entries; `noMargin`: the positions take up all that may be held; `noVolume`: nothing was traded on
 * the bar; `unknownRange`: sized or placed by figures that need more bars; `expired`: its price was not met in time;
 * `replaced`: another intent, or the end of its position, took its place.
 */
export type Rejection = (typeof REJECTIONS)[number]

export type RejectedOrder = {
  readonly symbol: string
  readonly bar: number
  readonly timeMs: number
  readonly side: Side
  readonly reason: Rejection
}

/** So many are listed; all are counted. */
export const LISTED_REJECTIONS = 1000

/** Waits for the next bar of its instrument, or, with a price, until it is met. */
export type Order = {
  /** Closes the position at the next open. */
  closes: boolean
  /** Then enters; null: it only closes. */
  readonly side: Side | null
  readonly confidence: number
  /** At whose close it was decided. */
  readonly bar: number
  /** Prices that it waits for; both are null for a market order. A stop that was met leaves its limit, or nothing. */
  stopPrice: number | null
  readonly limitPrice: number | null
}

export type Position = {
  readonly side: Side
  units: number
  readonly entryBar: number
  /** Of several entries their mean, by units. */
  entryPrice: number
  entries: number
  entryCommission: number
  entrySlippageCost: number
  /** Funding and borrow fees paid since the entry; below 0 when more was received. */
  financingCost: number
  /** Of the signal that opened it, in [0, 1]. */
  readonly confidence: number
  /** Best and worst P&L so far at any close, before commissions; 0 at the entry. */
  maxFavorableExcursion: number
  maxAdverseExcursion: number
  stopLoss: number | null
  takeProfit: number | null
  trailingStop: number | null
  /** How far the trailing stop stays behind: a share of the price, or money. */
  trailingDistance: number | null
  /** Highest high of a long, lowest low of a short, since the entry. */
  bestPrice: number
}

/** What is held and ordered of one instrument. */
export type Book = {
  position: Position | null
  order: Order | null
  /** Bar of the last entry or exit. */
  lastFillBar: number | null
}

export type SimulationState = {
  /** Of the timeline: the next to process. */
  nextStep: number
  /** Short sales credit it, so that equity = cash ± units · price. */
  cash: number
  /** One for each instrument, in their order. */
  readonly books: readonly Book[]
  /** trade-log.ts */
  readonly trades: Column
  /** addition-log.ts */
  readonly additions: Column
  /** Equity at the close of each step. */
  readonly equity: Column
  readonly rejectedOrders: Record<Rejection, number>
  readonly rejections: RejectedOrder[]
  /** Bars without a forecast, and bars whose forecast was not a finite number: both hold. */
  missingForecasts: number
  invalidForecasts: number
}

export function emptyState(capital: number, instruments: number, steps: number): SimulationState {
  return {
    nextStep: 0,
    cash: capital,
    books: Array.from({ length: instruments }, () => ({
      position: null,
      order: null,
      lastFillBar: null,
    })),
    trades: emptyColumn(),
    additions: emptyColumn(),
    equity: emptyColumn(steps),
    rejectedOrders: noRejections(),
    rejections: [],
    missingForecasts: 0,
    invalidForecasts: 0,
  }
}

export function noRejections(): Record<Rejection, number> {
  return Object.fromEntries(REJECTIONS.map((reason) => [reason, 0])) as Record<Rejection, number>
}

const order = fields<Order>({
  closes: boolean,
  side: orNull(oneOf(SIDES)),
  confidence: number,
  bar: number,
  stopPrice: orNull(number),
  limitPrice: orNull(number),
})

const position = fields<Position>({
  side: oneOf(SIDES),
  units: number,
  entryBar: number,
  entryPrice: number,
  entries: number,
  entryCommission: number,
  entrySlippageCost: number,
  financingCost: number,
  confidence: number,
  maxFavorableExcursion: number,
  maxAdverseExcursion: number,
  stopLoss: orNull(number),
  takeProfit: orNull(number),
  trailingStop: orNull(number),
  trailingDistance: orNull(number),
  bestPrice: number,
})

const state = fields<SimulationState>({
  nextStep: number,
  cash: number,
  books: listOf(
    fields<Book>({
      position: orNull(position),
      order: orNull(order),
      lastFillBar: orNull(number),
    }),
  ),
  trades: column,
  additions: column,
  equity: column,
  rejectedOrders: fields<Record<Rejection, number>>({
    zeroSize: number,
    noEquity: number,
    alreadyInPosition: number,
    noMargin: number,
    noVolume: number,
    unknownRange: number,
    expired: number,
    replaced: number,
  }),
  rejections: listOf(
    fields<RejectedOrder>({
      symbol: text,
      bar: number,
      timeMs: number,
      side: oneOf(SIDES),
      reason: oneOf(REJECTIONS),
    }),
  ),
  missingForecasts: number,
  invalidForecasts: number,
})

/** @throws CHECKPOINT_CORRUPT naming the field that is missing, unknown or of another kind */
export function decodeSimulationState(encoded: object): SimulationState {
  return state(encoded, '')
}
