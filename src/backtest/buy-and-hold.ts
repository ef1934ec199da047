// Buying and holding the same bars at the same costs, and the strategy measured against it.

import { isRisk, meanReturn } from './bar-returns.ts'
import { curveFigures, type Curve, type CurveFigures } from './equity-curve.ts'
import { finite } from './finite.ts'

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

type HoldingAccount = {
  readonly capital: number
  /** Shares, per side. */
  readonly commission: number
  readonly slippage: number
}

/** All the capital in at the first close and out at the last; marked at the closes between. */
export function holdingEquity(
  closes: Float64Array,
  { capital, commission, slippage }: HoldingAccount,
): Float64Array {
  const last = closes.length - 1
  const units = capital / (closes[0]! * (1 + slippage) * (1 + commission))
  const equity = new Float64Array(closes.length)
  for (let i = 0; i < last; i++) equity[i] = units * closes[i]!
  equity[last] = units * closes[last]! * (1 - slippage) * (1 - commission)
  return equity
}

export function holdingFigures(holding: Curve): BuyAndHold {
  const figures = curveFigures(holding)
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

export type RelativeFigures = {
  /** Covariance of the returns of both / variance of those of holding. */
  readonly beta: number | null
  /** (Mean − beta · mean of holding) · barsPerYear: what the returns have beside beta (Jensen 1968). */
  readonly alphaRatio: number | null
  /** Mean / standard deviation (ddof 1) of the differences of returns · √barsPerYear. */
  readonly informationRatio: number | null
}

const UNDEFINED: RelativeFigures = { beta: null, alphaRatio: null, informationRatio: null }

/** Of two curves of the same bars. */
export function relativeFigures(curve: Curve, holding: Curve): RelativeFigures {
  const { returns: ours, barsPerYear } = curve
  const { returns: theirs } = holding
  if (ours === null || theirs === null || barsPerYear === null) return UNDEFINED
  const count = ours.length
  const mean = meanReturn(ours)
  const meanOfHolding = meanReturn(theirs)
  const meanDifference = mean - meanOfHolding
  let products = 0
  let squares = 0
  let differenceSquares = 0
  for (let i = 0; i < count; i++) {
    const deviation = theirs[i]! - meanOfHolding
    const difference = ours[i]! - theirs[i]! - meanDifference
    products += (ours[i]! - mean) * deviation
    squares += deviation * deviation
    differenceSquares += difference * difference
  }
  const isMoving = isRisk(Math.sqrt(squares / (count - 1)), meanOfHolding)
  const beta = isMoving ? finite(products / squares) : null
  const spread = Math.sqrt(differenceSquares / (count - 1))
  return {
    beta,
    alphaRatio: beta === null ? null : finite((mean - beta * meanOfHolding) * barsPerYear),
    informationRatio: isRisk(spread, meanDifference)
      ? finite((meanDifference / spread) * Math.sqrt(barsPerYear))
      : null,
  }
}
