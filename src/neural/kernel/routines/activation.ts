// Element by element over the panels of the rows [from, until): activations, their derivatives, dropout.
// ReLU is part of the products. A is what an activation gives, before dropout; it is kept for the derivative.
//
//   activate_K           A ← K(A)
//   activate_K_dropout   A ← K(A),  out ← A·scale where kept, else 0
//   derive_K             D ← D·K′,  K′ expressed by A
//   derive_K_dropout     D ← (D·scale where kept, else 0)·K′
//   dropout              out ← A·scale where kept, else 0

import { LEAKY_SLOPE } from '../../leaky-slope.ts'
import { ACTIVATIONS, type SoftActivation } from '../../network.ts'
import type { FunctionBuilder, Local, ParameterLocals, Parameters } from '../../../wasm/function.ts'
import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, v128, type I32, type V128 } from '../../../wasm/values.ts'
import type { Constants } from './constants.ts'
import { DROPOUT_PARAMETERS, emitDropout } from './dropout-mask.ts'
import { emitSigmoid, emitTanh, throughSigmoid, throughTanh } from './float32.ts'
import { ROW_BYTES } from './tile.ts'

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

const HALVES = [0, 1] as const
type Half = (typeof HALVES)[number]

/** What is done with eight units: first with all of one matrix, then the other, so that V8 can join the halves. */
type Visit = {
  /** Addresses of the units in A and in the other matrix, and what a dropout begins with. */
  readonly a: Local<'i32'>
  readonly other: Local<'i32'>
  readonly row: I32
  readonly unit: I32
  readonly load: (target: readonly Vector[], from: I32) => void
  readonly store: (to: I32, values: readonly Vector[]) => void
}

export function defineActivations(module: ModuleBuilder, constants: Constants): void {
  for (const kind of ACTIVATIONS) {
    if (kind === 'relu') continue
    define(module, `activate_${kind}`, {}, (f) => {
      const values = f.v128s(2)
      return ({ a, load, store }) => {
        load(values, a)
        EMIT[kind](f, constants, values)
        store(a, values)
      }
    })
    define(module, `activate_${kind}_dropout`, DROPOUT_PARAMETERS, (f, p) => {
      const values = f.v128s(2)
      const { begin, drop } = emitDropout(f, constants, p)
      return ({ a, other, row, unit, load, store }) => {
        load(values, a)
        EMIT[kind](f, constants, values)
        store(a, values)
        begin(row, unit, 0)
        for (const half of HALVES) drop(values[half]!, values[half]!, half)
        store(other, values)
      }
    })
    define(module, `derive_${kind}`, {}, (f) => {
      const [values, slopes] = [f.v128s(2), f.v128s(2)]
      return ({ a, other, load, store }) => {
        load(values, a)
        load(slopes, other)
        for (const half of HALVES) f.set(slopes[half]!, derivative(kind, values, slopes, half))
        store(other, slopes)
      }
    })
    define(module, `derive_${kind}_dropout`, DROPOUT_PARAMETERS, (f, p) => {
      const [values, slopes] = [f.v128s(2), f.v128s(2)]
      const { begin, drop } = emitDropout(f, constants, p)
      return ({ a, other, row, unit, load, store }) => {
        load(values, a)
        load(slopes, other)
        begin(row, unit, 0)
        for (const half of HALVES) drop(slopes[half]!, slopes[half]!, half)
        for (const half of HALVES) f.set(slopes[half]!, derivative(kind, values, slopes, half))
        store(other, slopes)
      }
    })
  }
  define(module, 'dropout', DROPOUT_PARAMETERS, (f, p) => {
    const values = f.v128s(2)
    const { begin, drop } = emitDropout(f, constants, p)
    return ({ a, other, row, unit, load, store }) => {
      load(values, a)
      begin(row, unit, 0)
      for (const half of HALVES) drop(values[half]!, values[half]!, half)
      store(other, values)
    }
  })
}

/** values ← K(values) */
const EMIT: Readonly<Record<SoftActivation, typeof emitTanh>> = {
  leaky_relu: (f, _, values) => {
    for (const x of values) {
      const negative = f32x4.lessThan(x, f32x4.const(0))
      f.set(x, v128.select(negative, f32x4.mul(x, f32x4.const(LEAKY_SLOPE)), x))
    }
  },
  tanh: emitTanh,
  sigmoid: emitSigmoid,
}

/** `slopes` times the derivative where the activated values are `values`. */
function derivative(
  kind: SoftActivation,
  values: readonly Vector[],
  slopes: readonly Vector[],
  half: Half,
): V128 {
  const [a, d, one] = [values[half]!, slopes[half]!, f32x4.const(1)]
  switch (kind) {
    case 'leaky_relu': {
      const positive = f32x4.greaterThan(a, f32x4.const(0))
      return v128.select(positive, d, f32x4.mul(d, f32x4.const(LEAKY_SLOPE)))
    }
    case 'tanh':
      return throughTanh(one, d, a)
    case 'sigmoid':
      return throughSigmoid(one, d, a)
  }
}

function define<Extra extends Parameters>(
  module: ModuleBuilder,
  name: string,
  extra: Extra,
  prepare: (f: FunctionBuilder, p: ParameterLocals<Extra>) => (visit: Visit) => void,
): void {
  module.define(name, { ...PANELS, ...extra }, (f, parameters) => {
    const p = parameters as ParameterLocals<typeof PANELS & Extra & { unit?: 'i32' }>
    const { stride, from, until, panels } = p
    const [panel, row, a, other, unit] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()]
    const visit = prepare(f, p)
    const load: Visit['load'] = (target, address) => {
      for (const half of HALVES) f.set(target[half]!, v128.load(address, half * 16))
    }
    const store: Visit['store'] = (address, values) => {
      for (const half of HALVES) f.store(address, values[half]!, half * 16)
    }
    if (p.unit) f.set(unit, p.unit)
    f.forRange(panel, 0, panels, 1, () => {
      f.set(a, i32.add(p.a, from))
      f.set(other, i32.add(p.other, from))
      f.forRange(row, from, until, ROW_BYTES, () => {
        visit({ a, other, row, unit, load, store })
        f.increase(a, ROW_BYTES)
        f.increase(other, ROW_BYTES)
      })
      f.increase(p.a, stride)
      f.increase(p.other, stride)
      f.increase(unit, 8)
    })
  })
}
