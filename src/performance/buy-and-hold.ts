// Buying and holding the same bars at the same costs: one instrument, or several in equal shares.

import type { CurveFigures } from './equity-curve.ts'

export type BuyAndHold = Pick<
  CurveFigures,
  | 'totalReturnRatio'
  | 'annualizedReturnRatio'
  | 'volatilityRatio'
  | 'sharpeRatio'
  | 'sortinoRatio'
  | 'maxDrawdownRatio'
  | 'calmarRatio'
>

export type HoldingAccount = {
  readonly capital: number
  /** Shares, per side. */
  readonly commission: number
  readonly slippage: number
}

/** All the capital in at the first close and out at the last; marked at the closes between. */
export function holdingEquity(closes: Float64Array, account: HoldingAccount): Float64Array {
  return holdingPoints(closes, account)(0, closes.length)
}

/** The same curve, piece by piece: the points of the bars `from` … `to` − 1, which hold until the next call. */
export function holdingPoints(closes: Float64Array, account: HoldingAccount) {
  const { capital, commission, slippage } = account
  const units = capital / (closes[0]! * (1 + slippage) * (1 + commission))
  const last = closes.length - 1
  let room = new Float64Array(0)
  return (from: number, to: number): Float64Array => {
    if (room.length < to - from) room = new Float64Array(to - from)
    const points = room.subarray(0, to - from)
    for (let i = 0; i < points.length; i++) points[i] = units * closes[from + i]!
    if (to > last) points[last - from] = units * closes[last]! * (1 - slippage) * (1 - commission)
    return points
  }
}

export type HeldInstrument = { readonly timestampMs: Float64Array; readonly closes: Float64Array }

/**
 * Equal shares of the capital in several instruments, each in at its own first close and out at its last; until then
 * and from then on a share is cash, and between two closes it is worth what it was at the one before.
 * @param timelineMs ascending; the times of the equity
 */
export function holdingEquityOf(
  instruments: readonly HeldInstrument[],
  timelineMs: Float64Array,
  account: HoldingAccount,
): Float64Array {
  const share = { ...account, capital: account.capital / instruments.length }
  const equity = new Float64Array(timelineMs.length)
  for (const { timestampMs, closes } of instruments) {
    const held = holdingEquity(closes, share)
    let value = share.capital
    let next = 0
    for (let i = 0; i < equity.length; i++) {
      while (next < held.length && timestampMs[next]! <= timelineMs[i]!) value = held[next++]!
      equity[i]! += value
    }
  }
  return equity
}

export function holdingFigures(figures: CurveFigures): BuyAndHold {
  return {
    totalReturnRatio: figures.totalReturnRatio,
    annualizedReturnRatio: figures.annualizedReturnRatio,
    volatilityRatio: figures.volatilityRatio,
    sharpeRatio: figures.sharpeRatio,
    sortinoRatio: figures.sortinoRatio,
    maxDrawdownRatio: figures.maxDrawdownRatio,
    calmarRatio: figures.calmarRatio,
  }
}
