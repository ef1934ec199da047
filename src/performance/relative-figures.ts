// A strategy measured against buying and holding, by the returns of both in the same bars.

import { areDefined, isRisk } from './bar-returns.ts'
import { finite } from './finite.ts'
import type { JointMoments } from './return-moments.ts'

export type RelativeFigures = {
  /** Covariance of the returns of both / variance of those of holding. */
  readonly beta: number | null
  /** (Mean − beta · mean of holding) · barsPerYear: what the returns have beside beta (Jensen 1968). */
  readonly alphaRatio: number | null
  /** Mean / standard deviation (ddof 1) of the differences of returns · √barsPerYear. */
  readonly informationRatio: number | null
}

const UNDEFINED: RelativeFigures = { beta: null, alphaRatio: null, informationRatio: null }

export function relativeFigures(
  moments: JointMoments | null,
  barsPerYear: number | null,
): RelativeFigures {
  if (moments === null || barsPerYear === null) return UNDEFINED
  const { own, holding, products, differenceSquares } = moments
  if (!areDefined(own) || !areDefined(holding)) return UNDEFINED
  const degrees = own.count - 1
  const isMoving = isRisk(Math.sqrt(holding.squares / degrees), holding.mean)
  const beta = isMoving ? finite(products / holding.squares) : null
  const meanDifference = own.mean - holding.mean
  const spread = Math.sqrt(differenceSquares / degrees)
  return {
    beta,
    alphaRatio: beta === null ? null : finite((own.mean - beta * holding.mean) * barsPerYear),
    informationRatio: isRisk(spread, meanDifference)
      ? finite((meanDifference / spread) * Math.sqrt(barsPerYear))
      : null,
  }
}
