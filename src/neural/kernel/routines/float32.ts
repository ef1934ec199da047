// exp, log, tanh and sigmoid of src/neural/float32-math.ts on four lanes: the same operations in the same order,
// so the same bits. `out`, `values` and the temporaries are locals that the routine owns.

import {
  ALPHA,
  ATANH_3,
  ATANH_5,
  ATANH_7,
  ATANH_9,
  BETA,
  EXP_0,
  EXP_1,
  EXP_2,
  EXP_3,
  EXP_4,
  EXP_5,
  LN2_HIGH,
  LN2_LOW,
  LOG2_E,
  ROUND_TO_INTEGER,
  SQRT_HALF_BITS,
  TANH_LIMIT,
  TANH_SMALL,
} from '../../float32-math.ts'
import type { FunctionBuilder, Local } from '../../../wasm/function.ts'
import { f32x4, i32x4, v128, type V128 } from '../../../wasm/values.ts'
import type { Constants } from './constants.ts'

const { add, sub, mul, div, pickMin, pickMax } = f32x4

type Vector = Local<'v128'>

/** ((c₀·x + c₁)·x + c₂) … */
function polynomial({ float }: Constants, x: V128, [first, ...rest]: readonly number[]): V128 {
  return rest.reduce((sum, c) => add(mul(sum, x), float(c)), float(first!))
}

/** out ← eˣ */
export function emitExp(
  f: FunctionBuilder,
  constants: Constants,
  x: V128,
  out: Vector,
  shifted: Vector,
): void {
  const { float, word } = constants
  f.set(out, pickMin(pickMax(x, float(-87)), float(88)))
  f.set(shifted, add(mul(out, float(LOG2_E)), float(ROUND_TO_INTEGER)))
  const n = sub(shifted, float(ROUND_TO_INTEGER))
  f.set(out, sub(sub(out, mul(n, float(LN2_HIGH))), mul(n, float(LN2_LOW))))
  const p = polynomial(constants, out, [EXP_0, EXP_1, EXP_2, EXP_3, EXP_4, EXP_5])
  const y = add(add(mul(p, mul(out, out)), out), float(1))
  f.set(out, mul(y, i32x4.add(i32x4.shl(shifted, 23), word(0x3f800000))))
}

/** out ← ln x */
export function emitLog(
  f: FunctionBuilder,
  constants: Constants,
  x: V128,
  out: Vector,
  exponent: Vector,
  square: Vector,
): void {
  const { float, word } = constants
  f.set(out, x)
  f.set(exponent, i32x4.shrSigned(i32x4.sub(out, word(SQRT_HALF_BITS)), 23))
  f.set(out, i32x4.sub(out, i32x4.shl(exponent, 23)))
  f.set(exponent, f32x4.fromI32x4(exponent))
  f.set(out, div(sub(out, float(1)), add(out, float(1))))
  f.set(square, mul(out, out))
  const p = polynomial(constants, square, [ATANH_9, ATANH_7, ATANH_5, ATANH_3])
  const tail = add(mul(mul(p, square), out), mul(exponent, float(LN2_LOW)))
  f.set(out, add(mul(exponent, float(LN2_HIGH)), add(add(out, out), tail)))
}

/**
 * Each value ← its tanh, step by step for all of them: while an operation of one waits for the one before, those of the
 * others run.
 */
export function emitTanh(
  f: FunctionBuilder,
  { float }: Constants,
  values: readonly Vector[],
): void {
  const lanes = values.map((x) => ({ x, square: f.v128(), p: f.v128(), q: f.v128() }))
  type Lane = (typeof lanes)[number]
  const k = f.v128()
  /** target ← value in all lanes, in which `k` is `constant`. */
  const each = (target: keyof Lane, value: (lane: Lane) => V128, constant?: number): void => {
    if (constant !== undefined) f.set(k, float(constant))
    for (const lane of lanes) f.set(lane[target], value(lane))
  }
  const evaluate = (target: 'p' | 'q', [first, ...rest]: readonly number[]): void => {
    each(target, () => k, first)
    for (const c of rest) each(target, (lane) => add(mul(lane[target], lane.square), k), c)
  }
  each('x', ({ x }) => pickMax(x, k), -TANH_LIMIT)
  each('x', ({ x }) => pickMin(x, k), TANH_LIMIT)
  each('square', ({ x }) => mul(x, x))
  evaluate('p', ALPHA.toReversed())
  each('p', ({ p, x }) => mul(p, x))
  evaluate('q', BETA.toReversed())
  each('p', ({ p, q }) => div(p, q))
  const isSmall = (x: V128): V128 => f32x4.lessThan(f32x4.abs(x), k)
  each('x', ({ x, p }) => v128.select(isSmall(x), x, p), TANH_SMALL)
}

/** Each value ← 1 / (1 + e⁻ˣ) of itself. */
export function emitSigmoid(
  f: FunctionBuilder,
  constants: Constants,
  values: readonly Vector[],
): void {
  const { float } = constants
  for (const x of values) {
    emitExp(f, constants, f32x4.neg(x), x, f.v128())
    f.set(x, div(float(1), add(float(1), x)))
  }
}

/** `d` times the derivative of the sigmoid, where its value is `a`; `one` is 1 in all lanes. */
export function throughSigmoid(one: V128, d: V128, a: V128): V128 {
  return f32x4.mul(f32x4.mul(d, a), f32x4.sub(one, a))
}

/** `d` times the derivative of tanh, where its value is `a`. */
export function throughTanh(one: V128, d: V128, a: V128): V128 {
  return f32x4.mul(d, f32x4.sub(one, f32x4.mul(a, a)))
}
