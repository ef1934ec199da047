// Returns per bar: r_i = E_i / E_(i−1) − 1 between neighbouring points of a curve.

/** What returns add up to, in bar order. */
export type ReturnSums = {
  readonly count: number
  readonly mean: number
  /** Σ max(r, 0) and Σ max(−r, 0). */
  readonly gains: number
  readonly losses: number
  /** Σ min(r, 0)². */
  readonly downsideSquares: number
  /** Σ E of the points that the returns start from. */
  readonly points: number
  /** The equity has been lost (≤ 0) before the last point: the returns mean nothing. */
  readonly isLost: boolean
}

/**
 * @param points two or more
 * @param returns where those between the points are left
 */
export function readReturns(points: Float64Array, returns: Float64Array): ReturnSums {
  const count = points.length - 1
  let sum = 0
  let gains = 0
  let losses = 0
  let downsideSquares = 0
  let total = 0
  let isLost = false
  let before = points[0]!
  for (let i = 0; i < count; i++) {
    if (before <= 0) isLost = true
    const point = points[i + 1]!
    const value = point / before - 1
    returns[i] = value
    total += before
    before = point
    sum += value
    const loss = (value - Math.abs(value)) / 2 // no branch: the signs of returns cannot be predicted
    losses -= loss
    gains += value - loss
    downsideSquares += loss * loss
  }
  return { count, mean: sum / count, gains, losses, downsideSquares, points: total, isLost }
}

/** Two returns or more, of a curve that was not lost. */
export function areDefined<Sums extends ReturnSums>(sums: Sums | null): sums is Sums {
  return sums !== null && sums.count >= 2 && !sums.isLost
}

/** A spread below this share of the mean is the rounding of equal returns. */
const ROUNDING = 1e-12
/** A return is a ratio near 1 less 1. */
const ROUNDING_OF_A_RETURN = 8 * Number.EPSILON

/** Whether a risk is more than the rounding of equal returns, so that one may divide by it. */
export function isRisk(risk: number, mean: number): boolean {
  return risk > Math.max(ROUNDING * Math.abs(mean), ROUNDING_OF_A_RETURN)
}
