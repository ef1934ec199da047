// Element by element over the panels of the rows [from, until): activations, their derivatives, dropout.
// ReLU is part of the products. A is what an activation gives, before dropout; it is kept for the derivative.
//
//   activate_K           A ← K(A)
//   activate_K_dropout   A ← K(A),  out ← A·scale where kept, else 0
//   derive_K             D ← D·K′,  K′ expressed by A
//   derive_K_dropout     D ← (D·scale where kept, else 0)·K′
//   dropout              out ← A·scale where kept, else 0

import { LEAKY_SLOPE } from '../../leaky-slope.ts'
import type { FunctionBuilder, Local, ParameterLocals, Parameters } from '../wasm/function.ts'
import type { ModuleBuilder } from '../wasm/module.ts'
import { f32x4, i32, v128, type I32, type V128 } from '../wasm/values.ts'
import type { Constants } from './constants.ts'
import { DROPOUT_PARAMETERS, emitDropout } from './dropout-mask.ts'
import { emitSigmoid, emitTanh } from './float32.ts'
import { ROW_BYTES } from './tile.ts'

const KINDS = ['leaky_relu', 'tanh', 'sigmoid'] as const
type Kind = (typeof KINDS)[number]
type Vector = Local<'v128'>

const PANELS = {
  a: 'i32',
  /** The second matrix, of the same stride. */
  other: 'i32',
  stride: 'i32',
  from: 'i32',
  until: 'i32',
  panels: 'i32',
} as const

type Place = { readonly a: I32; readonly other: I32; readonly row: I32; readonly unit: I32 }

export function defineActivations(module: ModuleBuilder, constants: Constants): void {
  for (const kind of KINDS) {
    define(module, `activate_${kind}`, {}, (f) => {
      const { value, apply } = activation(f, constants, kind)
      return ({ a }, half) => {
        apply(v128.load(a, half * 16))
        f.store(a, value, half * 16)
      }
    })
    define(module, `activate_${kind}_dropout`, DROPOUT_PARAMETERS, (f, p) => {
      const { value, apply } = activation(f, constants, kind)
      const { begin, drop } = emitDropout(f, constants, p)
      return ({ a, other, row, unit }, half) => {
        if (half === 0) begin(row, unit, 0)
        apply(v128.load(a, half * 16))
        f.store(a, value, half * 16)
        drop(value, value, half)
        f.store(other, value, half * 16)
      }
    })
    define(module, `derive_${kind}`, {}, (f) => {
      const [a, d] = [f.v128(), f.v128()]
      return (place, half) => {
        f.set(a, v128.load(place.a, half * 16))
        f.set(d, v128.load(place.other, half * 16))
        f.store(place.other, derivative(kind, a, d), half * 16)
      }
    })
    define(module, `derive_${kind}_dropout`, DROPOUT_PARAMETERS, (f, p) => {
      const [a, d] = [f.v128(), f.v128()]
      const { begin, drop } = emitDropout(f, constants, p)
      return (place, half) => {
        if (half === 0) begin(place.row, place.unit, 0)
        f.set(a, v128.load(place.a, half * 16))
        drop(d, v128.load(place.other, half * 16), half)
        f.store(place.other, derivative(kind, a, d), half * 16)
      }
    })
  }
  define(module, 'dropout', DROPOUT_PARAMETERS, (f, p) => {
    const value = f.v128()
    const { begin, drop } = emitDropout(f, constants, p)
    return ({ a, other, row, unit }, half) => {
      if (half === 0) begin(row, unit, 0)
      drop(value, v128.load(a, half * 16), half)
      f.store(other, value, half * 16)
    }
  })
}

function activation(
  f: FunctionBuilder,
  constants: Constants,
  kind: Kind,
): { value: Vector; apply: (x: V128) => void } {
  const [value, spare] = [f.v128(), f.v128()]
  return {
    value,
    apply: (x) => {
      if (kind === 'tanh') return emitTanh(f, constants, x, value, spare)
      if (kind === 'sigmoid') return emitSigmoid(f, constants, x, value, spare)
      f.set(value, x)
      const negative = f32x4.lessThan(value, f32x4.const(0))
      f.set(value, v128.select(negative, f32x4.mul(value, f32x4.const(LEAKY_SLOPE)), value))
    },
  }
}

function derivative(kind: Kind, a: Vector, d: Vector): V128 {
  const one = f32x4.const(1)
  switch (kind) {
    case 'leaky_relu': {
      const positive = f32x4.greaterThan(a, f32x4.const(0))
      return v128.select(positive, d, f32x4.mul(d, f32x4.const(LEAKY_SLOPE)))
    }
    case 'tanh':
      return f32x4.mul(d, f32x4.sub(one, f32x4.mul(a, a)))
    case 'sigmoid':
      return f32x4.mul(f32x4.mul(d, a), f32x4.sub(one, a))
  }
}

function define<Extra extends Parameters>(
  module: ModuleBuilder,
  name: string,
  extra: Extra,
  prepare: (f: FunctionBuilder, p: ParameterLocals<Extra>) => (place: Place, half: number) => void,
): void {
  module.define(name, { ...PANELS, ...extra }, (f, parameters) => {
    const p = parameters as ParameterLocals<typeof PANELS & Extra & { unit?: 'i32' }>
    const { stride, from, until, panels } = p
    const [panel, row, a, other, unit] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()]
    const visit = prepare(f, p)
    f.set(a, p.a)
    f.set(other, p.other)
    if (p.unit) f.set(unit, p.unit)
    f.forRange(panel, 0, panels, 1, () => {
      f.forRange(row, from, until, ROW_BYTES, () => {
        const place = { a: i32.add(a, row), other: i32.add(other, row), row, unit }
        for (const half of [0, 1]) visit(place, half)
      })
      f.increase(a, stride)
      f.increase(other, stride)
      f.increase(unit, 8)
    })
  })
}
