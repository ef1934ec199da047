// A round trip, and what it is told in.

export const SIDES = ['LONG', 'SHORT'] as const
export type Side = (typeof SIDES)[number]

export const EXIT_REASONS = [
  'signal',
  'stop loss',
  'take profit',
  'trailing stop',
  'time limit',
  'margin call',
  'end of data',
] as const
export type ExitReason = (typeof EXIT_REASONS)[number]

/** One round trip. Prices are fill prices; P&L, costs and excursions are money. */
export type Trade = {
  readonly symbol: string
  readonly side: Side
  readonly units: number
  readonly entries: number
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
  /** Of all fills. */
  readonly commission: number
  /** Of all fills, spread and impact included; already inside `grossPnl`. */
  readonly slippageCost: number
  /** Funding and borrow fees; below 0 when more was received than paid. */
  readonly financingCost: number
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
