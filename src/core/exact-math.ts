// exp, log and pow in float64 from + − × ÷ and bit views only. ECMAScript leaves the bits of Math.exp and its kin
// to the engine; these give the same bits everywhere, so a result computed on one machine resumes on another.
// Algorithms: K. C. Ng, fdlibm 5.3 (e_exp.c, e_log.c, Sun Microsystems 1995): reduce by a multiple of ln 2, then a
// minimax polynomial. exp and log are within 1 ulp of the true value.

const LN2_HIGH = 6.9314718036912381649e-1 // its low 20 bits are zero, so that k · LN2_HIGH is exact
const LN2_LOW = 1.90821492927058770002e-10
const INVERSE_LN2 = 1 / (LN2_HIGH + LN2_LOW)
const EXP_OVERFLOW = 7.09782712893383973096e2
const EXP_UNDERFLOW = -7.4513321910194110842e2
const TWO_54 = 18014398509481984
const TWO_1023 = 8.98846567431158e307
const SMALLEST_NORMAL = 2.2250738585072014e-308

const bits = new DataView(new ArrayBuffer(8)) // big-endian accessors: word 0 is the high one on every machine

/** 2^k for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20)
  bits.setUint32(4, 0)
  return bits.getFloat64(0)
}

/** y · 2^k, rounded once; |k| may leave the exponent range by as much as exp needs. */
function scale(y: number, k: number): number {
  if (k > 1023) return y * 2 * TWO_1023
  if (k > -1022) return y * powerOfTwo(k)
  return y * powerOfTwo(k + 54) * (1 / TWO_54)
}

/** e^x; 0 below −745.13 and Infinity above 709.78. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x
  if (x > EXP_OVERFLOW) return Infinity
  if (x < EXP_UNDERFLOW) return 0

  const k = Math.trunc(INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5))
  const high = x - k * LN2_HIGH
  const low = k * LN2_LOW
  const r = high - low // |r| ≤ ½ ln 2, and e^x = 2^k · e^r
  const t = r * r
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t *
              (6.61375632143793436117e-5 +
                t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))))
  return scale(1 - (low - (r * c) / (2 - c) - high), k)
}

/** Natural logarithm; −Infinity at ±0, NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN
  if (x === 0) return -Infinity
  if (x === Infinity) return Infinity

  let k = -1023
  if (x < SMALLEST_NORMAL) {
    x *= TWO_54
    k -= 54
  }
  bits.setFloat64(0, x)
  const word = bits.getUint32(0)
  const fraction = word & 0xfffff
  const aboveRoot2 = (fraction + 0x95f64) & 0x100000 // the bit that is set when 1.fraction ≥ √2
  bits.setUint32(0, fraction | (aboveRoot2 ^ 0x3ff00000))
  k += (word >>> 20) + (aboveRoot2 >>> 20)

  const f = bits.getFloat64(0) - 1 // x = 2^k · (1 + f) with √½ ≤ 1 + f < √2
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const even =
    w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1))
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)))
  const half = 0.5 * f * f
  return k * LN2_HIGH - (half - (s * (half + (even + odd)) + k * LN2_LOW) - f)
}

/**
 * x^y for x ≥ 0 as e^(y · log x); NaN for negative x, even where y is an integer.
 * The relative error is below (2 + 2·|y · log x|) · 2⁻⁵²: near 1 some ulp, at the ends of the range some hundred.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  return exp(y * log(x))
}
