// The trades of a simulation while it runs: one row of numbers each in a growing column, which a save appends to and the
// collector of garbage has nothing to do with. Everything else that a trade says follows from its row and the bars.

import { reserve, type Column } from '../core/snapshot.ts'
import { EXIT_REASONS, type ExitReason, type Trade } from '../performance/trade.ts'
import type { Instrument } from './instrument.ts'
import type { Position } from './simulation-state.ts'

/** Numbers of a row, in this order. */
const TRADE_ROW = [
  'instrument',
  /** 1 long, −1 short. */
  'side',
  'units',
  'entries',
  'entryBar',
  'entryPrice',
  'exitBar',
  'exitPrice',
  /** Place in EXIT_REASONS. */
  'exitReason',
  'confidence',
  'commission',
  'slippageCost',
  'financingCost',
  'maxFavorableExcursion',
  'maxAdverseExcursion',
] as const

const WIDTH = TRADE_ROW.length

export type Exit = {
  readonly bar: number
  readonly price: number
  readonly commission: number
  readonly slippageCost: number
  readonly reason: ExitReason
}

export function tradeCount(log: Column): number {
  return log.length / WIDTH
}

export function logTrade(log: Column, instrument: number, position: Position, exit: Exit): void {
  reserve(log, WIDTH)
  const { column } = log
  let at = log.length
  column[at++] = instrument
  column[at++] = position.side === 'LONG' ? 1 : -1
  column[at++] = position.units
  column[at++] = position.entries
  column[at++] = position.entryBar
  column[at++] = position.entryPrice
  column[at++] = exit.bar
  column[at++] = exit.price
  column[at++] = EXIT_REASONS.indexOf(exit.reason)
  column[at++] = position.confidence
  column[at++] = position.entryCommission + exit.commission
  column[at++] = position.entrySlippageCost + exit.slippageCost
  column[at++] = position.financingCost
  column[at++] = position.maxFavorableExcursion
  column[at++] = position.maxAdverseExcursion
  log.length = at
}

/** In the order of their exits. */
export function tradesIn(log: Column, instruments: readonly Instrument[]): Trade[] {
  const trades: Trade[] = []
  for (let at = 0; at < log.length; at += WIDTH) trades.push(tradeAt(log.column, at, instruments))
  return trades
}

function tradeAt(column: Float64Array, at: number, instruments: readonly Instrument[]): Trade {
  const { symbol, bars } = instruments[column[at]!]!
  const isLong = column[at + 1]! > 0
  const units = column[at + 2]!
  const entryBar = column[at + 4]!
  const entryPrice = column[at + 5]!
  const exitBar = column[at + 6]!
  const exitPrice = column[at + 7]!
  const commission = column[at + 10]!
  const financingCost = column[at + 12]!
  const grossPnl = (isLong ? exitPrice - entryPrice : entryPrice - exitPrice) * units
  const netPnl = grossPnl - commission - financingCost
  const entryTimeMs = bars.timestampMs[entryBar]!
  const exitTimeMs = bars.timestampMs[exitBar]!
  return {
    symbol,
    side: isLong ? 'LONG' : 'SHORT',
    units,
    entries: column[at + 3]!,
    entryBar,
    entryTimeMs,
    entryPrice,
    exitBar,
    exitTimeMs,
    exitPrice,
    exitReason: EXIT_REASONS[column[at + 8]!]!,
    confidence: column[at + 9]!,
    grossPnl,
    commission,
    slippageCost: column[at + 11]!,
    financingCost,
    netPnl,
    returnRatio: netPnl / (entryPrice * units),
    holdingBars: exitBar - entryBar,
    holdingMs: exitTimeMs - entryTimeMs,
    maxFavorableExcursion: column[at + 13]!,
    maxAdverseExcursion: column[at + 14]!,
  }
}
