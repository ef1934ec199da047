// One optimizer step over a span of weights: the update rules of src/neural/reference/optimizer.ts, operation by
// operation, in place. g is first multiplied by `scale` (1 unless the gradient is clipped). The numbers of the step
// stand in memory, in the order of `stepNumbers`. Returns whether some |g| is 2⁵⁰ or more, or not a number:
// only then can a row's sum of squares overflow.

import type { FunctionBuilder, Local } from '../wasm/function.ts'
import type { ModuleBuilder } from '../wasm/module.ts'
import { f32x4, i32, v128, type V128 } from '../wasm/values.ts'

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
  scale: 'f32',
} as const

const BOUND = 1125899906842624 // 2⁵⁰

export function defineOptimizers(module: ModuleBuilder): void {
  for (const decay of [false, true]) {
    const suffix = decay ? '_l2' : ''
    define(module, `adam${suffix}`, 9, decay, adam)
    define(module, `sgd${suffix}`, 3, decay, sgd)
    define(module, `rmsprop${suffix}`, 5, decay, rmsprop)
  }
}

type Element = {
  readonly w: Local<'v128'>
  readonly g: Local<'v128'>
  readonly first: Local<'v128'>
  readonly second: Local<'v128'>
}

type Rule = (f: FunctionBuilder, element: Element, n: readonly V128[]) => void

const adam: Rule = (f, { w, g, first, second }, n) => {
  const [b1, c1, b2, c2, stepSize, vScale, epsilon, keep] = n as Numbers
  f.set(first, add(mul(b1, first), mul(c1, g)))
  f.set(second, add(mul(b2, second), mul(mul(g, g), c2)))
  const denominator = add(mul(sqrt(second), vScale), epsilon)
  f.set(w, sub(mul(w, keep), div(mul(first, stepSize), denominator)))
}

const sgd: Rule = (f, { w, g, first }, n) => {
  const [rate, mu] = n as Numbers
  f.set(first, add(mul(mu, first), g))
  f.set(w, sub(w, mul(rate, first)))
}

const rmsprop: Rule = (f, { w, g, first }, n) => {
  const [rate, alpha, rest, epsilon] = n as Numbers
  f.set(first, add(mul(alpha, first), mul(mul(g, g), rest)))
  f.set(w, sub(w, div(mul(rate, g), add(sqrt(first), epsilon))))
}

type Numbers = readonly [V128, V128, V128, V128, V128, V128, V128, V128]

function define(
  module: ModuleBuilder,
  name: string,
  count: number,
  decay: boolean,
  rule: Rule,
): void {
  module.define(name, PARAMETERS, (f, p) => {
    const numbers = f.v128s(count)
    const scale = f.v128()
    const halves = [0, 16].map((offset) => ({
      offset,
      w: f.v128(),
      g: f.v128(),
      first: f.v128(),
      second: f.v128(),
      inside: f.v128(),
    }))
    for (const [i, number] of numbers.entries()) f.set(number, v128.loadSplat(p.numbers, i * 4))
    f.set(scale, f32x4.splat(p.scale))
    for (const { inside } of halves) f.set(inside, v128.words(-1, -1, -1, -1))
    f.repeatWhile(
      () => i32.lessThan(p.w, p.wEnd),
      () => {
        // Both halves of a place side by side: V8 joins no halves with another access between them.
        for (const { w, offset } of halves) f.set(w, v128.load(p.w, offset))
        for (const { g, offset } of halves) f.set(g, v128.load(p.g, offset))
        for (const { first, offset } of halves) f.set(first, v128.load(p.first, offset))
        if (rule === adam)
          for (const { second, offset } of halves) f.set(second, v128.load(p.second, offset))
        for (const { w, g, inside } of halves) {
          const isInside = f32x4.lessThan(f32x4.abs(g), f32x4.const(BOUND))
          f.set(inside, v128.and(inside, isInside))
          f.set(g, mul(g, scale))
          if (decay) f.set(g, add(g, mul(numbers.at(-1)!, w)))
        }
        for (const half of halves) rule(f, half, numbers)
        for (const { w, offset } of halves) f.store(p.w, w, offset)
        for (const { first, offset } of halves) f.store(p.first, first, offset)
        if (rule === adam)
          for (const { second, offset } of halves) f.store(p.second, second, offset)
        const moved = rule === adam ? [p.w, p.g, p.first, p.second] : [p.w, p.g, p.first]
        for (const pointer of moved) f.increase(pointer, 32)
      },
    )
    const [low, high] = halves.map(({ inside }) => v128.anyTrue(v128.not(inside)))
    return i32.or(low!, high!)
  })
}
