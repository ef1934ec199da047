// Densities over the values of one parameter, made from values that were tried: a kernel on each of them and one, as wide
// as the range, in the middle of it (Bergstra et al. 2011, "Algorithms for hyper-parameter optimization"). Widths and
// weights are those of Optuna 5 (TPESampler, multivariate=False; Akiba et al. 2019): the larger distance to a neighbour,
// within limits, and older values count less once there are more than 25.

import { exp } from '../core/exact-math.ts'
import type { RandomStream } from '../core/rng.ts'
import { normalCdf, normalQuantile } from '../performance/normal-distribution.ts'
import { nextDouble } from './draw.ts'
import { fromScale, stretchOf, toScale, type Choice, type NumberRange } from './space.ts'

/** Over coordinates; the drawn ones are values of the range. */
export type Density = {
  readonly draw: (stream: RandomStream) => number
  readonly at: (coordinate: number) => number
}

/** @param values coordinates that were tried, oldest first */
export function densityOf(range: NumberRange | Choice, values: readonly number[]): Density {
  const weights = weightsOf(values.length)
  return range.kind === 'choice'
    ? choiceDensity(range, values, weights)
    : numberDensity(range, values, weights)
}

const FULL_WEIGHTS = 25
const PRIOR_WEIGHT = 1

/** Of each value, oldest first, and of the prior; they sum to 1. */
function weightsOf(count: number): number[] {
  const ramp = count - FULL_WEIGHTS
  const weights = Array.from({ length: count }, (_, i) => {
    if (i >= ramp) return 1
    return ramp === 1 ? 1 / count : 1 / count + ((1 - 1 / count) * i) / (ramp - 1)
  })
  const all = [...weights, PRIOR_WEIGHT]
  const sum = all.reduce((total, weight) => total + weight, 0)
  return all.map((weight) => weight / sum)
}

/** Each kernel is certain of its value but for the share of the prior, which it gives to all values alike. */
function choiceDensity(
  { values: { length } }: Choice,
  tried: readonly number[],
  weights: readonly number[],
): Density {
  const prior = PRIOR_WEIGHT / (tried.length + 1)
  const sum = 1 + prior * length
  const masses = new Float64Array(length).fill(weights.at(-1)! / length)
  for (const [kernel, value] of tried.entries())
    for (let i = 0; i < length; i++)
      masses[i]! += (weights[kernel]! * (prior + (i === value ? 1 : 0))) / sum
  return { at: (i) => masses[i]!, draw: (stream) => placeOf(masses, nextDouble(stream)) }
}

/** Where the running sum of the weights passes `share`. */
function placeOf(weights: ArrayLike<number>, share: number): number {
  let sum = 0
  for (let i = 0; i < weights.length - 1; i++) {
    sum += weights[i]!
    if (share < sum) return i
  }
  return weights.length - 1
}

function numberDensity(
  range: NumberRange,
  tried: readonly number[],
  weights: readonly number[],
): Density {
  const [from, to] = stretchOf(range)
  const middles = tried.map((value) => toScale(range, value))
  const widths = widthsOf(middles, from, to)
  const kernels = [
    ...middles.map((middle, i) => truncatedNormal(middle, widths[i]!, from, to)),
    truncatedNormal((from + to) / 2, to - from, from, to),
  ]
  const half = (range.step ?? 0) / 2
  const known = new Map<number, number>()
  const at = (value: number): number => {
    // A stepped value stands for all that is nearer to it than to its neighbours.
    const [left, right] = [toScale(range, value - half), toScale(range, value + half)]
    return kernels.reduce((sum, kernel, i) => sum + weights[i]! * kernel.at(left, right), 0)
  }
  return {
    draw(stream) {
      const kernel = kernels[placeOf(weights, nextDouble(stream))]!
      return fromScale(range, kernel.quantile(nextDouble(stream)))
    },
    at(value) {
      const density = known.get(value) ?? at(value)
      known.set(value, density)
      return density
    },
  }
}

/** The larger distance to a neighbour; the ends of the range are neighbours of a value that has no other. */
function widthsOf(middles: readonly number[], from: number, to: number): number[] {
  const order = middles.map((_, i) => i).toSorted((a, b) => middles[a]! - middles[b]!)
  const sorted = order.map((i) => middles[i]!)
  const narrowest = (to - from) / Math.min(100, 2 + middles.length)
  const widths = middles.map(() => 0)
  for (const [place, i] of order.entries()) {
    const [first, last] = middles.length === 1 ? [from, to] : [sorted[place]!, sorted[place]!]
    const before = sorted[place]! - (sorted[place - 1] ?? first)
    const after = (sorted[place + 1] ?? last) - sorted[place]!
    widths[i] = Math.min(to - from, Math.max(narrowest, before, after))
  }
  return widths
}

type Kernel = {
  /** Mass between two points; the density where they are one. */
  readonly at: (left: number, right: number) => number
  /** Where the share `u` of all lies below. */
  readonly quantile: (u: number) => number
}

const ROOT_TWO_PI = 2.5066282746310002

/** @param middle within [from, to], so that at least a third of a normal distribution is */
function truncatedNormal(middle: number, width: number, from: number, to: number): Kernel {
  const cdf = (x: number): number => normalCdf((x - middle) / width)
  const below = cdf(from)
  const whole = cdf(to) - below
  return {
    at(left, right) {
      if (left < right) return (cdf(right) - cdf(left)) / whole
      const z = (left - middle) / width
      return exp((-z * z) / 2) / (width * ROOT_TWO_PI * whole)
    },
    quantile(u) {
      const x = middle + normalQuantile(below + u * whole) * width
      return Math.min(to, Math.max(from, x))
    },
  }
}
