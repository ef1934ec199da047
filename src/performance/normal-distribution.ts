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
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
]
const CENTRE_DIVISOR = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
]
const FLANK = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
  3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835,
]
const FLANK_DIVISOR = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008,
  0.6897673349851, 1.6763848301838038, 2.053191626637759, 1,
]
const END = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
  0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
]
const END_DIVISOR = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
  0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
]
