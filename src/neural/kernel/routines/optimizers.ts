// One optimizer step over a span of weights: the update rules of src/neural/reference/optimizer.ts, operation by
// operation, in place. The numbers of the step stand in memory, in the order of step-numbers.ts. Returns whether some
// g² is 2¹⁰⁰ or more, or not a number: only then can a row's sum of squares overflow. `scale` clips a gradient.

import { SLOT_FLOOR } from '../../optimizer.ts'
import type { FunctionBuilder, Local } from '../../../wasm/function.ts'
import type { ModuleBuilder } from '../../../wasm/module.ts'
import type { Constants } from './constants.ts'
import { f32x4, i32, i32x4, v128, type V128 } from '../../../wasm/values.ts'
import { ROW_BYTES } from './tile.ts'

const { add, sub, mul, div, sqrt } = f32x4

const PARAMETERS = {
  w: 'i32',
  wEnd: 'i32',
  g: 'i32',
  /** m, momentum, squares. */
  first: 'i32',
  /** v of Adam. */
  second: 'i32',
  numbers: 'i32',
} as const

/** The bits of 2¹⁰⁰. Of floats without sign, the bits are in the order of their values, NaN above all. */
const BOUND_BITS = (127 + 100) * 0x800000

export function defineOptimizers(module: ModuleBuilder, constants: Constants): void {
  for (const decay of [false, true]) {
    const suffix = decay ? '_l2' : ''
    define(module, constants, `adam${suffix}`, 9, decay, adam)
    define(module, constants, `sgd${suffix}`, 3, decay, sgd)
    define(module, constants, `rmsprop${suffix}`, 5, decay, rmsprop)
  }
  defineScale(module)
}

type Element = {
  readonly w: Local<'v128'>
  readonly g: Local<'v128'>
  readonly first: Local<'v128'>
  readonly second: Local<'v128'>
  /** g² */
  readonly square: Local<'v128'>
}

type Rule = (constants: Constants, f: FunctionBuilder, element: Element, n: readonly V128[]) => void

/** slot ← 0 where its size is below SLOT_FLOOR */
function keep(
  { float, word }: Constants,
  f: FunctionBuilder,
  slot: Local<'v128'>,
  isSigned: boolean,
): void {
  const size = isSigned ? v128.and(slot, word(0x7fffffff)) : slot
  f.set(slot, v128.andNot(slot, f32x4.lessThan(size, float(SLOT_FLOOR))))
}

const adam: Rule = (constants, f, { w, g, first, second, square }, n) => {
  const [b1, c1, b2, c2, stepSize, vScale, epsilon, keepRatio] = n as Numbers
  f.set(first, add(mul(b1, first), mul(c1, g)))
  keep(constants, f, first, true)
  f.set(second, add(mul(b2, second), mul(square, c2)))
  keep(constants, f, second, false)
  const denominator = add(mul(sqrt(second), vScale), epsilon)
  f.set(w, sub(mul(w, keepRatio), div(mul(first, stepSize), denominator)))
}

const sgd: Rule = (constants, f, { w, g, first }, n) => {
  const [rate, mu] = n as Numbers
  f.set(first, add(mul(mu, first), g))
  keep(constants, f, first, true)
  f.set(w, sub(w, mul(rate, first)))
}

const rmsprop: Rule = (constants, f, { w, g, first, square }, n) => {
  const [rate, alpha, rest, epsilon] = n as Numbers
  f.set(first, add(mul(alpha, first), mul(square, rest)))
  keep(constants, f, first, false)
  f.set(w, sub(w, div(mul(rate, g), add(sqrt(first), epsilon))))
}

type Numbers = readonly [V128, V128, V128, V128, V128, V128, V128, V128]

function define(
  module: ModuleBuilder,
  constants: Constants,
  name: string,
  count: number,
  decay: boolean,
  rule: Rule,
): void {
  module.define(name, PARAMETERS, (f, p) => {
    const numbers = f.v128s(count)
    const halves = [0, 16].map((offset) => ({
      offset,
      w: f.v128(),
      g: f.v128(),
      first: f.v128(),
      second: f.v128(),
      square: f.v128(),
      largest: f.v128(),
    }))
    for (const [i, number] of numbers.entries()) f.set(number, v128.loadSplat(p.numbers, i * 4))
    f.repeatWhile(
      () => i32.lessThan(p.w, p.wEnd),
      () => {
        // Both halves of a place side by side: V8 joins no halves with another access between them.
        for (const { w, offset } of halves) f.set(w, v128.load(p.w, offset))
        for (const { g, offset } of halves) f.set(g, v128.load(p.g, offset))
        for (const { first, offset } of halves) f.set(first, v128.load(p.first, offset))
        if (rule === adam)
          for (const { second, offset } of halves) f.set(second, v128.load(p.second, offset))
        for (const { w, g, square, largest } of halves) {
          f.set(square, mul(g, g))
          f.set(largest, i32x4.max(largest, square))
          if (!decay) continue
          f.set(g, add(g, mul(numbers.at(-1)!, w)))
          f.set(square, mul(g, g))
        }
        for (const half of halves) rule(constants, f, half, numbers)
        for (const { w, offset } of halves) f.store(p.w, w, offset)
        for (const { first, offset } of halves) f.store(p.first, first, offset)
        if (rule === adam)
          for (const { second, offset } of halves) f.store(p.second, second, offset)
        const moved = rule === adam ? [p.w, p.g, p.first, p.second] : [p.w, p.g, p.first]
        for (const pointer of moved) f.increase(pointer, ROW_BYTES)
      },
    )
    const bound = i32x4.splat(BOUND_BITS)
    const [low, high] = halves.map(({ largest }) => v128.anyTrue(i32x4.atLeast(largest, bound)))
    return i32.or(low!, high!)
  })
}

/** g ← g·factor */
function defineScale(module: ModuleBuilder): void {
  module.define('scale', { g: 'i32', gEnd: 'i32', factor: 'f32' }, (f, { g, gEnd, factor }) => {
    const by = f.v128()
    f.set(by, f32x4.splat(factor))
    f.repeatWhile(
      () => i32.lessThan(g, gEnd),
      () => {
        f.store(g, mul(v128.load(g), by))
        f.increase(g, 16)
      },
    )
  })
}
