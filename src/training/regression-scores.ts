// How good forecasts are. In float64, row by row in ascending order; null where a figure is not defined.
//
//   information coefficient   Pearson's r of forecast and outcome, and Spearman's: r of their ranks, ties at their mean
//   r2AgainstZero             1 − Σ(outcome − forecast)² / Σ outcome²      Gu, Kelly & Xiu 2020

import type { Judged } from '../neural/loss.ts'

export type RegressionScores = {
  readonly meanAbsoluteError: number
  readonly rootMeanSquareError: number
  /** Share of the most frequent sign: what always forecasting that one would agree with. */
  readonly majorityAccuracy: number
  /** Null when all forecasts are equal, or all outcomes. */
  readonly informationCoefficient: number | null
  readonly rankInformationCoefficient: number | null
  /** Above 0: better than always forecasting 0. Null when all outcomes are 0. */
  readonly r2AgainstZero: number | null
}

export function regressionScores(
  forecasts: Float32Array,
  { targets, count }: Pick<Judged, 'count' | 'targets'>,
): RegressionScores {
  let absolute = 0
  let squared = 0
  let ofZero = 0
  const signs = { '-1': 0, '0': 0, '1': 0 }
  for (let m = 0; m < count; m++) {
    const outcome = targets[m]!
    const error = forecasts[m]! - outcome
    absolute += Math.abs(error)
    squared += error * error
    ofZero += outcome * outcome
    signs[`${Math.sign(outcome) as -1 | 0 | 1}`] += 1
  }
  return {
    meanAbsoluteError: absolute / count,
    rootMeanSquareError: Math.sqrt(squared / count),
    majorityAccuracy: Math.max(...Object.values(signs)) / count,
    informationCoefficient: correlation(forecasts, targets),
    rankInformationCoefficient: correlation(ranks(forecasts), ranks(targets)),
    r2AgainstZero: ofZero > 0 ? 1 - squared / ofZero : null,
  }
}

type Numbers = Float32Array | Float64Array

function correlation(a: Numbers, b: Numbers): number | null {
  const [meanA, meanB] = [mean(a), mean(b)]
  let [squaresA, squaresB, products] = [0, 0, 0]
  for (let m = 0; m < a.length; m++) {
    const [fromA, fromB] = [a[m]! - meanA, b[m]! - meanB]
    squaresA += fromA * fromA
    squaresB += fromB * fromB
    products += fromA * fromB
  }
  if (squaresA === 0 || squaresB === 0) return null
  const r = products / (Math.sqrt(squaresA) * Math.sqrt(squaresB))
  return Math.max(-1, Math.min(1, r))
}

function mean(values: Numbers): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** From 1; equal values share the mean of their ranks. */
function ranks(values: Float32Array): Float64Array {
  const order = Uint32Array.from(values, (_, m) => m).toSorted((a, b) => values[a]! - values[b]!)
  const ranked = new Float64Array(values.length)
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++
    for (let i = from; i < to; i++) ranked[order[i]!] = (from + 1 + to) / 2
  }
  return ranked
}
