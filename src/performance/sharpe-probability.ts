// How much a Sharpe ratio proves. Its estimate errs with the length of the sample and the shape of the returns
// (Bailey & López de Prado, The Sharpe Ratio Efficient Frontier, 2012), and the best of many trials is high by
// luck (the same, The Deflated Sharpe Ratio, 2014).

import { normalCdf, normalUpperQuantile } from './normal-distribution.ts'

export type SharpeSample = {
  /** Number of returns. */
  readonly count: number
  readonly sharpePerBar: number
  readonly skewness: number
  readonly excessKurtosis: number
}

/**
 * Probability that the true Sharpe ratio per bar is above `benchmark`; `null` where the estimate of its error
 * is no number above 0, which happens in tiny samples.
 */
export function probabilisticSharpe(sample: SharpeSample, benchmark = 0): number | null {
  const { count, sharpePerBar, skewness, excessKurtosis } = sample
  const kurtosis = excessKurtosis + 3
  const squaredError =
    (1 - skewness * sharpePerBar + ((kurtosis - 1) / 4) * sharpePerBar * sharpePerBar) / (count - 1)
  if (!(squaredError > 0)) return null
  return normalCdf((sharpePerBar - benchmark) / Math.sqrt(squaredError))
}

const EULER_GAMMA = 0.5772156649015329

/**
 * The same above the highest Sharpe ratio to expect of `trials` strategies whose true one is 0.
 * @param spread standard deviation of the Sharpe ratios per bar of the trials; without, what the sample size makes it
 */
export function deflatedSharpe(
  sample: SharpeSample,
  trials: number,
  spread?: number,
): number | null {
  const highest =
    spread === undefined
      ? highestOf(trials) / Math.sqrt(sample.count - 1)
      : expectedHighestSharpe(trials, spread)
  return probabilisticSharpe(sample, highest)
}

/** The highest Sharpe ratio per bar to expect of `trials` that spread so far around 0. */
export function expectedHighestSharpe(trials: number, spread: number): number {
  return spread * highestOf(trials)
}

/** About the expected highest of that many standard normal variables: the false strategy theorem. */
function highestOf(trials: number): number {
  if (trials <= 1) return 0
  return (
    (1 - EULER_GAMMA) * normalUpperQuantile(1 / trials) +
    EULER_GAMMA * normalUpperQuantile(1 / (trials * Math.E))
  )
}
