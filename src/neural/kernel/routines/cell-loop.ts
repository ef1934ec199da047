// What the recurrent cells share: a walk over the panels of one gate, eight units of a row at a time. All matrices
// have one stride; the gates of a time step stand one after the other, each in whole panels of its own.
// Both halves of a panel's row are written side by side: V8 joins no halves with another access between them.
//
// An activation is a long chain of operations, each of which waits for the one before. So several of them are worked on
// in step, and what needs the result of another is a stage of its own: a second walk over the same panel.

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
  /** Eight units of the row `ahead` of the current one; zeros where `isZero` is not 0. */
  readonly load: (matrix: I32, ahead?: number, isZero?: I32) => Pair
  readonly store: (matrix: I32, values: Pair, ahead?: number) => void
  /** Address of the matrix of gate `n`, counted from that at `first`. */
  readonly gate: (n: number, first?: I32) => I32
  /** target ← value, half by half. */
  readonly set: (target: Pair, value: (half: 0 | 1) => V128) => void
  /** Each of `sigmoids` ← ½·tanh(½·itself) + ½, each of `tanhs` ← its tanh. */
  readonly activate: (sigmoids: readonly Pair[], tanhs: readonly Pair[]) => void
}

/** What is done with a few rows at once, given how far each is ahead of the current one. */
export type Stage = { readonly rows: number; readonly emit: (ahead: readonly number[]) => void }

/**
 * @param prepare gives the stages; each walks over all rows of a panel, then comes the next one, then the next panel
 */
export function defineCell<P extends Parameters>(
  module: ModuleBuilder,
  constants: Constants,
  name: string,
  parameters: P,
  prepare: (p: ParameterLocals<P>, cell: CellWriter) => readonly Stage[],
): void {
  module.define(name, { ...CELL_PARAMETERS, ...parameters }, (f, locals) => {
    const p = locals as ParameterLocals<typeof CELL_PARAMETERS & P>
    const [panel, row, place, offset, gateBytes] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()]
    const stages = prepare(p, cellWriter(f, constants, p.gates, offset, gateBytes))
    const walk = ({ emit }: Stage, rows: number): void => {
      f.loopWhile(
        () => i32.lessThan(i32.add(row, (rows - 1) * ROW_BYTES), p.until),
        () => {
          f.set(offset, i32.add(place, row))
          emit(Array.from({ length: rows }, (_, i) => i))
          f.increase(row, rows * ROW_BYTES)
        },
      )
    }
    f.set(gateBytes, i32.mul(p.panels, p.stride))
    f.forRange(panel, 0, p.panels, 1, () => {
      for (const stage of stages) {
        f.set(row, p.from)
        if (stage.rows > 1) walk(stage, stage.rows)
        walk(stage, 1)
      }
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
  const at = f.i32()
  const pair = (): Pair => [f.v128(), f.v128()]
  const set: CellWriter['set'] = (target, value) => {
    for (const half of [0, 1] as const) f.set(target[half], value(half))
  }
  return {
    pair,
    set,
    load: (matrix, ahead = 0, isZero) => {
      const values = pair()
      const address = i32.add(matrix, offset)
      f.set(at, isZero ? i32.select(isZero, ZEROS, address) : address)
      set(values, (half) => v128.load(at, ahead * ROW_BYTES + half * 16))
      return values
    },
    store: (matrix, values, ahead = 0) => {
      f.set(at, i32.add(matrix, offset))
      for (const half of [0, 1] as const) f.store(at, values[half], ahead * ROW_BYTES + half * 16)
    },
    gate: (n, first = gates) => i32.add(first, i32.mul(gateBytes, n)),
    activate: (sigmoids, tanhs) => {
      for (const target of sigmoids) set(target, (half) => mul(target[half], float(0.5)))
      emitTanh(f, constants, [...sigmoids, ...tanhs].flat())
      for (const target of sigmoids)
        set(target, (half) => add(mul(target[half], float(0.5)), float(0.5)))
    },
  }
}
