// Huber and squared error of src/neural/loss.ts for one output, four rows at a time.

import type { FunctionBuilder, Local } from '../../../wasm/function.ts'
import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, v128, type V128 } from '../../../wasm/values.ts'
import { loadColumn, LOSS_PARAMETERS, storeColumn, wordsOf } from './loss-block.ts'
import { ROW_BYTES } from './tile.ts'

const { add, sub, mul } = f32x4

export function defineRegressionLosses(module: ModuleBuilder): void {
  module.define('mse', LOSS_PARAMETERS, (f, p) =>
    rows(f, p, (error) => ({ value: mul(error, error), slope: add(error, error) })),
  )
  module.define('huber', { ...LOSS_PARAMETERS, delta: 'f32' }, (f, p) => {
    const [delta, size] = [f.v128(), f.v128()]
    f.set(delta, f32x4.splat(p.delta))
    rows(f, p, (error) => {
      f.set(size, f32x4.abs(error))
      const half = f32x4.const(0.5)
      const isSmall = f32x4.atMost(size, delta)
      const square = mul(half, mul(error, error))
      const line = mul(delta, sub(size, mul(half, delta)))
      const isNegative = f32x4.lessThan(error, f32x4.const(0))
      const side = v128.select(isNegative, f32x4.neg(delta), delta)
      return {
        value: v128.select(isSmall, square, line),
        slope: v128.select(isSmall, error, side),
      }
    })
  })
}

function rows(
  f: FunctionBuilder,
  p: { readonly [Name in keyof typeof LOSS_PARAMETERS]: Local<(typeof LOSS_PARAMETERS)[Name]> },
  judge: (error: Local<'v128'>) => { value: V128; slope: V128 },
): void {
  const row = f.i32()
  const [output, target, error, weight] = [f.v128(), f.v128(), f.v128(), f.v128()]
  const zero = f32x4.const(0)
  f.forRange(row, p.from, p.until, 4 * ROW_BYTES, () => {
    f.set(output, loadColumn(i32.add(p.y, row)))
    f.set(target, v128.load(wordsOf(p.targets, row)))
    f.set(weight, v128.load(wordsOf(p.weights, row)))
    f.set(error, sub(output, target))
    const { value, slope } = judge(error)
    f.store(wordsOf(p.values, row), mul(value, weight))
    f.store(wordsOf(p.hits, row), sameSign(output, target, zero))
    f.set(output, mul(mul(weight, f32x4.splat(p.share)), slope))
    storeColumn(f, i32.add(p.y, row), output)
  })
}

/** As Math.sign(a) === Math.sign(b): NaN has no sign, both zeros have the same. */
function sameSign(a: V128, b: V128, zero: V128): V128 {
  const differs = [
    v128.xor(f32x4.greaterThan(a, zero), f32x4.greaterThan(b, zero)),
    v128.xor(f32x4.lessThan(a, zero), f32x4.lessThan(b, zero)),
    f32x4.notEqual(a, a),
    f32x4.notEqual(b, b),
  ]
  return v128.not(differs.reduce((any, one) => v128.or(any, one)))
}
