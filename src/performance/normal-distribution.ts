// The standard normal distribution, from exact-math so that its bits are the same everywhere.

import { exp, log } from '../core/exact-math.ts'

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

/**
 * The z below which a standard normal variable lies with probability `share`: M. J. Wichura, algorithm AS 241
 * (PPND16, 1988), to about 1e-15 of z.
 */
export function normalQuantile(share: number): number {
  if (share <= 0) return -Infinity
  if (share >= 1) return Infinity
  const q = share - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * polynomial(CENTRE, r)) / polynomial(CENTRE_DIVISOR, r)
  }
  const r = Math.sqrt(-log(q < 0 ? share : 1 - share))
  const z =
    r <= 5
      ? polynomial(FLANK, r - 1.6) / polynomial(FLANK_DIVISOR, r - 1.6)
      : polynomial(END, r - 5) / polynomial(END_DIVISOR, r - 5)
  return q < 0 ? -z : z
}

// Highest power first.
const CENTRE = [
  2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
  4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
  1.3314166789178437745e2, 3.387132872796366608,
]
const CENTRE_DIVISOR = [
  5.226495278852854561e3, 2.8729085735721942674e4, 3.930789580009271061e4, 2.1213794301586595867e4,
  5.3941960214247511077e3, 6.871870074920579083e2, 4.2313330701600911252e1, 1,
]
const FLANK = [
  7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.4178072517745061177e-1,
  1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
  1.42343711074968357734,
]
const FLANK_DIVISOR = [
  1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2,
  1.4810397642748007459e-1, 6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187,
  1,
]
const END = [
  2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3,
  2.6532189526576123093e-2, 2.9656057182850489123e-1, 1.7848265399172913358, 5.4637849111641143699,
  6.6579046435011037772,
]
const END_DIVISOR = [
  2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
  7.868691311456132591e-4, 1.48753612908506148525e-2, 1.3692988092273580531e-1,
  5.9983220655588793769e-1, 1,
]
