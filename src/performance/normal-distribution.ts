// The standard normal distribution, from exact-math so that its bits are the same everywhere.

import { exp } from '../core/exact-math.ts'

/** P(Z ≤ z), to 1e-15: J. F. Hart et al., Computer Approximations (1968), 5666, as given by West (2005). */
export function normalCdf(z: number): number {
  const tail = upperTail(Math.abs(z))
  return z > 0 ? 1 - tail : tail
}

function upperTail(z: number): number {
  if (z > 37) return 0
  const density = exp((-z * z) / 2)
  if (z > 7.07106781186547) {
    const fraction = z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))
    return density / fraction / 2.506628274631
  }
  return (density * polynomial(NUMERATOR, z)) / polynomial(DENOMINATOR, z)
}

/** Highest power first. */
const NUMERATOR = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
]
const DENOMINATOR = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
]

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}

/** The z that a standard normal variable exceeds with probability `tail`, in (0, 0.5]. */
export function normalUpperQuantile(tail: number): number {
  let low = 0
  let high = 38
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    if (upperTail(middle) > tail) low = middle
    else high = middle
  }
  return (low + high) / 2
}
