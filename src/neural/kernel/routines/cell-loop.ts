// What the recurrent cells share: a walk over the panels of one gate, eight units of a sample at a time. All matrices
// have one stride; the gates of a time step stand one after the other, each in whole panels of its own.
// Both halves of a panel's row are written side by side: V8 joins no halves with another access between them.

import type { FunctionBuilder, Local, ParameterLocals, Parameters } from '../../../wasm/function.ts'
import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, v128, type I32, type V128 } from '../../../wasm/values.ts'
import type { Constants } from './constants.ts'
import { ZEROS } from './constants.ts'
import { emitTanh } from './float32.ts'
import { ROW_BYTES } from './tile.ts'

const { add, mul } = f32x4

export type Vector = Local<'v128'>
/** Eight units. */
export type Pair = readonly [Vector, Vector]

export const CELL_PARAMETERS = {
  gates: 'i32',
  stride: 'i32',
  from: 'i32',
  until: 'i32',
  /** Of one gate. */
  panels: 'i32',
} as const

export type CellWriter = {
  readonly pair: () => Pair
  /** The current eight units of a matrix; zeros where `isZero` is not 0. */
  readonly load: (matrix: I32, isZero?: I32) => Pair
  readonly store: (matrix: I32, values: Pair) => void
  /** Address of the matrix of gate `n`. */
  readonly gate: (n: number) => I32
  /** target ← value, half by half. */
  readonly set: (target: Pair, value: (half: 0 | 1) => V128) => void
  /** target ← tanh(target) */
  readonly tanh: (target: Pair) => void
  /** target ← ½·tanh(½·target) + ½ */
  readonly sigmoid: (target: Pair) => void
}

/**
 * @param prepare makes the locals and gives what is done at each place
 */
export function defineCell<P extends Parameters>(
  module: ModuleBuilder,
  constants: Constants,
  name: string,
  parameters: P,
  prepare: (p: ParameterLocals<P>, cell: CellWriter) => void,
): void {
  module.define(name, { ...CELL_PARAMETERS, ...parameters }, (f, locals) => {
    const p = locals as ParameterLocals<typeof CELL_PARAMETERS & P>
    const [panel, row, place, offset, gateBytes] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()]
    const cell = cellWriter(f, constants, p.gates, offset, gateBytes)
    f.set(gateBytes, i32.mul(p.panels, p.stride))
    f.forRange(panel, 0, p.panels, 1, () => {
      f.forRange(row, p.from, p.until, ROW_BYTES, () => {
        f.set(offset, i32.add(place, row))
        prepare(p, cell)
      })
      f.increase(place, p.stride)
    })
  })
}

function cellWriter(
  f: FunctionBuilder,
  constants: Constants,
  gates: I32,
  offset: I32,
  gateBytes: I32,
): CellWriter {
  const { float } = constants
  const [at, squares] = [f.i32(), [f.v128(), f.v128()] as const]
  const pair = (): Pair => [f.v128(), f.v128()]
  const input = pair()
  const set: CellWriter['set'] = (target, value) => {
    for (const half of [0, 1] as const) f.set(target[half], value(half))
  }
  const tanh = (target: Pair): void => {
    for (const half of [0, 1] as const)
      emitTanh(f, constants, input[half], target[half], squares[half])
  }
  return {
    pair,
    set,
    load: (matrix, isZero) => {
      const values = pair()
      const address = i32.add(matrix, offset)
      f.set(at, isZero ? i32.select(isZero, ZEROS, address) : address)
      set(values, (half) => v128.load(at, half * 16))
      return values
    },
    store: (matrix, values) => {
      f.set(at, i32.add(matrix, offset))
      for (const half of [0, 1] as const) f.store(at, values[half], half * 16)
    },
    gate: (n) => i32.add(gates, i32.mul(gateBytes, n)),
    tanh: (target) => {
      set(input, (half) => target[half])
      tanh(target)
    },
    sigmoid: (target) => {
      set(input, (half) => mul(target[half], float(0.5)))
      tanh(target)
      set(target, (half) => add(mul(target[half], float(0.5)), float(0.5)))
    },
  }
}
