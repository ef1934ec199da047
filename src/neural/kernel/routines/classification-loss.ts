// Cross-entropy and focal loss of src/neural/loss.ts with any number of classes, four rows at a time: three passes
// over the columns (greatest; exp and sums; gradient). Order: columns ascending within a row. Only the real
// columns are read and written.

import { SMALLEST_NORMAL } from '../../float32-math.ts'
import type { FunctionBuilder, Local } from '../../../wasm/function.ts'
import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, i32x4, v128, type V128 } from '../../../wasm/values.ts'
import type { Constants } from './constants.ts'
import { emitExp, emitLog } from './float32.ts'
import { loadColumn, LOSS_PARAMETERS, storeColumn, walkColumns, wordsOf } from './loss-block.ts'
import { ROW_BYTES } from './tile.ts'

const { add, sub, mul, div, max } = f32x4

const PARAMETERS = {
  ...LOSS_PARAMETERS,
  yStride: 'i32',
  classes: 'i32',
  /** 16 bytes a class. */
  scratch: 'i32',
} as const

export function defineClassificationLosses(module: ModuleBuilder, constants: Constants): void {
  module.define('cross_entropy', PARAMETERS, (f, p) => {
    rows(f, constants, p, ({ negativeLogP }) => ({ value: negativeLogP }))
  })
  const focal = { ...PARAMETERS, gamma: 'f32', gammaLess1: 'f32' } as const
  module.define('focal', focal, (f, p) => {
    const [q, powered, qGamma, slope] = [f.v128(), f.v128(), f.v128(), f.v128()]
    const [t1, t2] = [f.v128(), f.v128()]
    rows(f, constants, p, ({ negativeLogP, rest, ofTarget }) => {
      f.set(q, max(rest, f32x4.const(SMALLEST_NORMAL)))
      emitLog(f, constants, q, powered, t1, t2)
      f.set(t2, mul(f32x4.splat(p.gammaLess1), powered))
      emitExp(f, constants, t2, powered, t1)
      f.set(qGamma, mul(powered, q))
      const pull = mul(mul(mul(f32x4.splat(p.gamma), powered), ofTarget), negativeLogP)
      f.set(slope, add(qGamma, pull))
      return { value: mul(qGamma, negativeLogP), slope }
    })
  })
}

type Row = {
  readonly negativeLogP: Local<'v128'>
  /** 1 − p of the target, without the cancellation. */
  readonly rest: V128
  /** p of the target. */
  readonly ofTarget: V128
}

function rows(
  f: FunctionBuilder,
  constants: Constants,
  p: { readonly [Name in keyof typeof PARAMETERS]: Local<(typeof PARAMETERS)[Name]> },
  judge: (row: Row) => { value: V128; slope?: V128 },
): void {
  const [row, j, column, e] = [f.i32(), f.i32(), f.i32(), f.i32()]
  const [x, greatest, best, bestClass] = [f.v128(), f.v128(), f.v128(), f.v128()]
  const [target, sum, others, picked, pickedExp] = [
    f.v128(),
    f.v128(),
    f.v128(),
    f.v128(),
    f.v128(),
  ]
  const [value, logSum, inverse, weight, t1, t2] = [
    f.v128(),
    f.v128(),
    f.v128(),
    f.v128(),
    f.v128(),
    f.v128(),
  ]
  const zero = f32x4.const(0)
  const number = f32x4.fromI32x4(i32x4.splat(j))
  const isTarget = f32x4.equal(target, number)

  const eachColumn = (visit: () => void): void => {
    f.set(column, i32.add(p.y, row))
    f.set(e, p.scratch)
    walkColumns(f, j, column, p.yStride, p.classes, () => {
      visit()
      f.increase(e, 16)
    })
  }
  const choose = (into: Local<'v128'>, mask: V128, yes: V128): void =>
    f.set(into, v128.select(mask, yes, into))

  f.forRange(row, p.from, p.until, 4 * ROW_BYTES, () => {
    f.set(target, v128.load(wordsOf(p.targets, row)))
    f.set(greatest, loadColumn(i32.add(p.y, row)))
    f.set(best, greatest)
    f.set(bestClass, zero)
    eachColumn(() => {
      f.set(x, loadColumn(column))
      f.set(greatest, max(greatest, x))
      choose(bestClass, f32x4.greaterThan(x, best), number)
      choose(best, f32x4.greaterThan(x, best), x)
    })

    for (const local of [sum, others, picked, pickedExp]) f.set(local, zero)
    eachColumn(() => {
      f.set(x, sub(loadColumn(column), greatest))
      emitExp(f, constants, x, t1, t2)
      f.store(e, t1)
      f.set(sum, add(sum, t1))
      f.set(others, v128.select(isTarget, others, add(others, t1)))
      choose(picked, isTarget, x)
      choose(pickedExp, isTarget, t1)
    })

    f.set(inverse, div(f32x4.const(1), sum))
    emitLog(f, constants, sum, logSum, t1, t2)
    f.set(value, sub(logSum, picked))
    const judged = judge({
      negativeLogP: value,
      rest: mul(others, inverse),
      ofTarget: mul(pickedExp, inverse),
    })
    f.set(weight, v128.load(wordsOf(p.weights, row)))
    f.store(wordsOf(p.values, row), mul(judged.value, weight))
    f.store(wordsOf(p.hits, row), f32x4.equal(bestClass, target))

    const scale = mul(weight, f32x4.splat(p.share))
    f.set(weight, judged.slope ? mul(scale, judged.slope) : scale)
    eachColumn(() => {
      f.set(x, mul(v128.load(e), inverse))
      choose(x, isTarget, sub(x, f32x4.const(1)))
      f.set(x, mul(x, weight))
      storeColumn(f, column, x)
    })
  })
}
