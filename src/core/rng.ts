// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
// A number is a pure function of (seed, purpose, a, b, index), so there is no generator state to checkpoint:
// the shuffle of epoch 7 is the same whether or not the run was killed in between.

/** One stream per purpose, so that drawing more of one never moves another. The order is part of the format. */
export const PURPOSES = ['init', 'shuffle', 'dropout', 'sampling', 'task', 'search'] as const
export type Purpose = (typeof PURPOSES)[number]

export type RandomStream = {
  /** Uniform 32-bit unsigned integer. */
  readonly nextUint32: () => number
  /** Uniform multiple of 2⁻²⁴ in [0, 1): exact in float32. */
  readonly nextUnit: () => number
  /** Uniform integer in [0, n), without bias (rejection). */
  readonly nextBelow: (n: number) => number
}

const MULTIPLIER_0 = 0xd2511f53
const MULTIPLIER_1 = 0xcd9e8d57
const WEYL_0 = 0x9e3779b9
const WEYL_1 = 0xbb67ae85

/** High 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const carry = (middle & 0xffff) + aLow * bHigh
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + (carry >>> 16)) >>> 0
}

/** Philox4x32-10: four random words from a 128-bit counter and a 64-bit key, written into `out`. */
export function philox(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(MULTIPLIER_0, c0)
    const low0 = Math.imul(MULTIPLIER_0, c0)
    const high1 = mulHigh(MULTIPLIER_1, c2)
    const low1 = Math.imul(MULTIPLIER_1, c2)
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1 >>> 0
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0 >>> 0
    k0 = (k0 + WEYL_0) >>> 0
    k1 = (k1 + WEYL_1) >>> 0
  }
  out[0] = c0
  out[1] = c1
  out[2] = c2
  out[3] = c3
}

/**
 * The stream of `purpose` at coordinates (a, b), for example (epoch, 0) or (layer, tensor).
 * @param seed integer in [0, 2⁵³)
 * @param a unsigned 32-bit
 * @param b unsigned 32-bit
 */
export function randomStream(seed: number, purpose: Purpose, a = 0, b = 0): RandomStream {
  const k0 = seed >>> 0
  const k1 = Math.floor(seed / 0x100000000) >>> 0
  const c3 = PURPOSES.indexOf(purpose)
  const block = new Uint32Array(4)
  let index = 0

  const nextUint32 = (): number => {
    const word = index & 3
    if (word === 0) philox(block, index >>> 2, a, b, c3, k0, k1)
    index++
    return block[word]!
  }
  const nextBelow = (n: number): number => {
    const limit = 0x100000000 - (0x100000000 % n)
    for (;;) {
      const value = nextUint32()
      if (value < limit) return value % n
    }
  }
  return { nextUint32, nextUnit: () => (nextUint32() >>> 8) / 0x1000000, nextBelow }
}

/** A permutation of 0 … n−1 (Fisher–Yates). */
export function permutation(n: number, stream: RandomStream): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = stream.nextBelow(i + 1)
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order
}
