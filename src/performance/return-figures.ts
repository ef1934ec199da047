// Figures of the returns per bar, from what they add up to. `null`: undefined.

import { areDefined, isRisk } from './bar-returns.ts'
import { finite, quotient } from './finite.ts'
import type { ReturnMoments } from './return-moments.ts'
import { deflatedSharpe, probabilisticSharpe } from './sharpe-probability.ts'

export type ReturnFigures = {
  /** Standard deviation (ddof 1) of returns · √barsPerYear. */
  readonly volatilityRatio: number | null
  /** Mean / standard deviation (ddof 1) of returns · √barsPerYear; risk-free rate 0. */
  readonly sharpeRatio: number | null
  /** Probability that the true Sharpe ratio is above 0 (Bailey & López de Prado 2012). */
  readonly probabilisticSharpeRatio: number | null
  /** Probability that it is above what the best of `trials` strategies without skill would show (2014). */
  readonly deflatedSharpeRatio: number | null
  /** Mean / √(Σ min(r, 0)² / N) · √barsPerYear, N = all returns (Sortino & Price 1994, target 0). */
  readonly sortinoRatio: number | null
  /** Σ max(r, 0) / Σ max(−r, 0) (Keating & Shadwick 2002, threshold 0). */
  readonly omegaRatio: number | null
  /** Adjusted for the sample size (G₁ and G₂ of Joanes & Gill 1998); a normal distribution has 0 and 0. */
  readonly skewness: number | null
  readonly excessKurtosis: number | null
}

const UNDEFINED: ReturnFigures = {
  volatilityRatio: null,
  sharpeRatio: null,
  probabilisticSharpeRatio: null,
  deflatedSharpeRatio: null,
  sortinoRatio: null,
  omegaRatio: null,
  skewness: null,
  excessKurtosis: null,
}

/** @param trials how many strategies were tried to find this one */
export function returnFigures(
  moments: ReturnMoments | null,
  barsPerYear: number | null,
  trials: number,
): ReturnFigures {
  if (!areDefined(moments) || barsPerYear === null) return UNDEFINED
  const { count, mean, squares, cubes, fourths, gains, losses, downsideSquares } = moments
  const spread = Math.sqrt(squares / (count - 1))
  const downside = Math.sqrt(downsideSquares / count)
  const yearly = Math.sqrt(barsPerYear)
  const isSpread = isRisk(spread, mean)
  const skewness = isSpread ? adjustedSkewness(count, squares, cubes) : null
  const excessKurtosis = isSpread ? adjustedKurtosis(count, squares, fourths) : null
  const shape =
    skewness === null || excessKurtosis === null
      ? null
      : { count, sharpePerBar: mean / spread, skewness, excessKurtosis }
  return {
    volatilityRatio: spread * yearly,
    sharpeRatio: isSpread ? finite((mean / spread) * yearly) : null,
    probabilisticSharpeRatio: shape && probabilisticSharpe(shape),
    deflatedSharpeRatio: shape && deflatedSharpe(shape, trials),
    sortinoRatio: isRisk(downside, mean) ? finite((mean / downside) * yearly) : null,
    omegaRatio: quotient(gains, losses),
    skewness,
    excessKurtosis,
  }
}

/** From the sums of squares and cubes about the mean. */
function adjustedSkewness(n: number, squares: number, cubes: number): number | null {
  if (n < 3) return null
  const variance = squares / n
  const g1 = cubes / n / (variance * Math.sqrt(variance))
  return finite((g1 * Math.sqrt(n * (n - 1))) / (n - 2))
}

function adjustedKurtosis(n: number, squares: number, fourths: number): number | null {
  if (n < 4) return null
  const variance = squares / n
  const g2 = fourths / n / (variance * variance) - 3
  return finite(((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * g2 + 6))
}
