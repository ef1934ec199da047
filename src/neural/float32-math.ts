// exp, log, tanh and sigmoid of `f32-muladd-v1`: float32 polynomials made only of operations whose bits IEEE 754
// fixes, so a reader in any language and the SIMD kernel give the same result on every processor. Each multiply
// and each add rounds to float32; the order is the one written here. Errors (test/unit/neural/float32-math):
// exp ≤ 1 ulp, log ≤ 2, sigmoid ≤ 3, tanh ≤ 7, against float64.

const f = Math.fround

const floatView = new Float32Array(1)
const bitsView = new Int32Array(floatView.buffer)

function bitsOf(x: number): number {
  floatView[0] = x
  return bitsView[0]!
}

function floatOf(bits: number): number {
  bitsView[0] = bits
  return floatView[0]!
}

/** The smallest float32 that keeps all its bits. */
export const SMALLEST_NORMAL = f(1.1754944e-38)

export const LOG2_E = f(Math.LOG2E)
export const LN2_HIGH = f(0.693359375) // 9 bits: n · LN2_HIGH is exact
export const LN2_LOW = f(-2.1219444e-4)
export const ROUND_TO_INTEGER = f(12582912) // 1.5 · 2²³: adding it leaves the nearest integer in the low bits
export const EXP_0 = f(1.98756915e-4)
export const EXP_1 = f(1.3981999507e-3)
export const EXP_2 = f(8.3334519073e-3)
export const EXP_3 = f(4.1665795894e-2)
export const EXP_4 = f(1.6666665459e-1)
export const EXP_5 = f(5.0000001201e-1)

/** eˣ on [−87, 88], saturating outside (Cephes expf: x = n·ln2 + r, a polynomial in r, times 2ⁿ). */
export function exp32(x: number): number {
  const clamped = Math.min(Math.max(x, -87), 88)
  const shifted = f(f(clamped * LOG2_E) + ROUND_TO_INTEGER)
  const n = f(shifted - ROUND_TO_INTEGER)
  const r = f(f(clamped - f(n * LN2_HIGH)) - f(n * LN2_LOW))
  let p = EXP_0
  p = f(f(p * r) + EXP_1)
  p = f(f(p * r) + EXP_2)
  p = f(f(p * r) + EXP_3)
  p = f(f(p * r) + EXP_4)
  p = f(f(p * r) + EXP_5)
  const y = f(f(f(p * f(r * r)) + r) + 1)
  const powerOfTwo = floatOf((bitsOf(shifted) << 23) + 0x3f800000)
  return f(y * powerOfTwo)
}

export const SQRT_HALF_BITS = 0x3f3504f3
export const ATANH_9 = f(2 / 9)
export const ATANH_7 = f(2 / 7)
export const ATANH_5 = f(2 / 5)
export const ATANH_3 = f(2 / 3)

/**
 * ln x for normal x > 0: x = 2ᵉ·m with m in [√½, √2), and ln m = 2·atanh((m−1)/(m+1)) as a series.
 * Zero, subnormals and negative x have no meaning here.
 */
export function log32(x: number): number {
  const bits = bitsOf(x)
  const e = (bits - SQRT_HALF_BITS) >> 23
  const m = floatOf(bits - (e << 23))
  const s = f(f(m - 1) / f(m + 1))
  const s2 = f(s * s)
  let p = ATANH_9
  p = f(f(p * s2) + ATANH_7)
  p = f(f(p * s2) + ATANH_5)
  p = f(f(p * s2) + ATANH_3)
  const tail = f(f(f(p * s2) * s) + f(e * LN2_LOW))
  return f(f(e * LN2_HIGH) + f(f(s + s) + tail))
}

export const TANH_LIMIT = f(7.99881172180175781)
export const TANH_SMALL = f(4e-4)
export const ALPHA = [
  4.89352455891786e-3, 6.37261928875436e-4, 1.48572235717979e-5, 5.12229709037114e-8,
  -8.60467152213735e-11, 2.00018790482477e-13, -2.76076847742355e-16,
].map(f) as [number, number, number, number, number, number, number]
export const BETA = [
  4.89352518554385e-3, 2.268434632439e-3, 1.18534705686654e-4, 1.19825839466702e-6,
].map(f) as [number, number, number, number]
const [A0, A1, A2, A3, A4, A5, A6] = ALPHA
const [B0, B1, B2, B3] = BETA

/** tanh x: a rational minimax approximation, odd 13th over even 6th degree, saturating at ±7.9988. */
export function tanh32(x: number): number {
  const c = Math.min(Math.max(x, -TANH_LIMIT), TANH_LIMIT)
  const x2 = f(c * c)
  let p = A6
  p = f(f(p * x2) + A5)
  p = f(f(p * x2) + A4)
  p = f(f(p * x2) + A3)
  p = f(f(p * x2) + A2)
  p = f(f(p * x2) + A1)
  p = f(f(p * x2) + A0)
  let q = B3
  q = f(f(q * x2) + B2)
  q = f(f(q * x2) + B1)
  q = f(f(q * x2) + B0)
  const y = f(f(p * c) / q)
  return Math.abs(c) < TANH_SMALL ? c : y
}

/** 1 / (1 + e⁻ˣ). */
export function sigmoid32(x: number): number {
  return f(1 / f(1 + exp32(-x)))
}
