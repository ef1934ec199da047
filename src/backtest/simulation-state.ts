// What a simulation knows between two bars: necessary and sufficient to continue to the same bytes. One
// plain object for the codec of core/snapshot: no NaN, no Infinity, no undefined. Another layout is another
// `stateVersion` of the job.

import type { Column } from '../core/snapshot.ts'
import { column, fields, listOf, number, oneOf, orNull } from '../core/state-fields.ts'
import type { Signal } from './decide.ts'

export const SIDES = ['LONG', 'SHORT'] as const
export type Side = (typeof SIDES)[number]

export const EXIT_REASONS = ['signal', 'end of data'] as const
export type ExitReason = (typeof EXIT_REASONS)[number]

export const REJECTIONS = ['zeroSize', 'noEquity', 'alreadyInPosition'] as const
/**
 * `zeroSize`: rounds to zero units; `noEquity`: nothing left to size it by; `alreadyInPosition`: would add
 * to the position (only without position awareness).
 */
export type Rejection = (typeof REJECTIONS)[number]

/** A market order that waits for the next open. */
export type Order = {
  readonly signal: Exclude<Signal, 'HOLD'>
  readonly confidence: number
}

export type Position = {
  readonly side: Side
  readonly units: number
  readonly entryBar: number
  readonly entryPrice: number
  readonly entryCommission: number
  readonly entrySlippageCost: number
  /** Of the signal that opened it, in [0, 1]. */
  readonly confidence: number
  /** Best and worst P&L so far at any close, before commissions; 0 at the entry. */
  maxFavorableExcursion: number
  maxAdverseExcursion: number
}

/** One round trip. Prices are fill prices; P&L, costs and excursions are money. */
export type Trade = {
  readonly side: Side
  readonly units: number
  readonly entryBar: number
  readonly entryTimeMs: number
  readonly entryPrice: number
  readonly exitBar: number
  readonly exitTimeMs: number
  readonly exitPrice: number
  readonly exitReason: ExitReason
  /** Of the signal that opened it, in [0, 1]. */
  readonly confidence: number
  /** At the fill prices, hence after slippage, before commissions. */
  readonly grossPnl: number
  /** Of both sides. */
  readonly commission: number
  /** Of both sides; already inside `grossPnl`. */
  readonly slippageCost: number
  /** After all costs: the trades' sum is final equity − capital. */
  readonly netPnl: number
  /** `netPnl` as a share of the notional at the entry. */
  readonly returnRatio: number
  readonly holdingBars: number
  readonly holdingMs: number
  /** Best and worst P&L at the closes of the bars held, before commissions; the best is ≥ 0 ≥ the worst. */
  readonly maxFavorableExcursion: number
  readonly maxAdverseExcursion: number
}

export type SimulationState = {
  /** Absolute index of the next bar to process. */
  nextBar: number
  /** Short sales credit it, so that equity = cash ± units · price. */
  cash: number
  position: Position | null
  order: Order | null
  /** Bar of the last entry or exit. */
  lastFillBar: number | null
  readonly trades: Trade[]
  /** Equity at the close of each bar since the first. */
  readonly equity: Column
  readonly rejectedOrders: Record<Rejection, number>
  /** Bars without a forecast, and bars whose forecast was not a finite number: both hold. */
  missingForecasts: number
  invalidForecasts: number
}

const order = fields<Order>({ signal: oneOf(['BUY', 'SELL']), confidence: number })

const position = fields<Position>({
  side: oneOf(SIDES),
  units: number,
  entryBar: number,
  entryPrice: number,
  entryCommission: number,
  entrySlippageCost: number,
  confidence: number,
  maxFavorableExcursion: number,
  maxAdverseExcursion: number,
})

const trade = fields<Trade>({
  side: oneOf(SIDES),
  units: number,
  entryBar: number,
  entryTimeMs: number,
  entryPrice: number,
  exitBar: number,
  exitTimeMs: number,
  exitPrice: number,
  exitReason: oneOf(EXIT_REASONS),
  confidence: number,
  grossPnl: number,
  commission: number,
  slippageCost: number,
  netPnl: number,
  returnRatio: number,
  holdingBars: number,
  holdingMs: number,
  maxFavorableExcursion: number,
  maxAdverseExcursion: number,
})

const state = fields<SimulationState>({
  nextBar: number,
  cash: number,
  position: orNull(position),
  order: orNull(order),
  lastFillBar: orNull(number),
  trades: listOf(trade),
  equity: column,
  rejectedOrders: fields<Record<Rejection, number>>({
    zeroSize: number,
    noEquity: number,
    alreadyInPosition: number,
  }),
  missingForecasts: number,
  invalidForecasts: number,
})

/** @throws CHECKPOINT_CORRUPT naming the field that is missing, unknown or of another kind */
export function decodeSimulationState(encoded: object): SimulationState {
  return state(encoded, '')
}
