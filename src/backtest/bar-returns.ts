// Returns per bar: r_i = E_i / E_(i−1) − 1 between neighbouring points of a curve.

/** A spread below this share of the mean is the rounding of equal returns. */
const ROUNDING = 1e-12
/** A return is a ratio near 1 less 1. */
const ROUNDING_OF_A_RETURN = 8 * Number.EPSILON

/** `null` for fewer than two of them, and once the equity has been lost (≤ 0) before the end. */
export function barReturns(equity: Float64Array): Float64Array | null {
  const count = equity.length - 1
  if (count < 2) return null
  const returns = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    if (equity[i]! <= 0) return null
    returns[i] = equity[i + 1]! / equity[i]! - 1
  }
  return returns
}

export function meanReturn(returns: Float64Array): number {
  let sum = 0
  for (let i = 0; i < returns.length; i++) sum += returns[i]!
  return sum / returns.length
}

/** Whether a risk is more than the rounding of equal returns, so that one may divide by it. */
export function isRisk(risk: number, mean: number): boolean {
  return risk > Math.max(ROUNDING * Math.abs(mean), ROUNDING_OF_A_RETURN)
}
