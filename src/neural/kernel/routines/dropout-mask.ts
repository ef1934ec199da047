// isKept of src/neural/dropout.ts on four units of a row.

import type { FunctionBuilder, Local } from '../../../wasm/function.ts'
import { f32x4, i32, i32x4, v128, type I32, type V128 } from '../../../wasm/values.ts'
import type { Constants } from './constants.ts'

/** Parameters of a routine that drops units. */
export const DROPOUT_PARAMETERS = {
  /** Number of the first unit of the matrix. */
  unit: 'i32',
  key0: 'i32',
  key1: 'i32',
  threshold: 'i32',
  /** 1 / (1 − p) */
  scale: 'f32',
} as const

type DropoutArguments = {
  readonly key0: I32
  readonly key1: I32
  readonly threshold: I32
  readonly scale: Local<'f32'>
}

export type Dropout = {
  /** Begins eight units: `row` is a byte offset of 32 a row, `rowsOn` more rows from there. */
  readonly begin: (row: I32, unit: I32, rowsOn: number) => void
  /** target ← value·scale where a unit is kept, 0 where it is dropped, for the first or the second four units. */
  readonly drop: (target: Local<'v128'>, value: V128, half: number) => void
}

export function emitDropout(
  f: FunctionBuilder,
  { word }: Constants,
  { key0, key1, threshold, scale }: DropoutArguments,
): Dropout {
  // A local, because V8 joins two halves only when they begin with the same scalar.
  const first = f.i32()
  const keys = [f.v128(), f.v128()] as const
  const limit = f.v128()
  const factor = f.v128()
  const hash = f.v128()
  f.set(keys[0], i32x4.splat(key0))
  f.set(keys[1], i32x4.splat(key1))
  f.set(limit, i32x4.splat(threshold))
  f.set(factor, f32x4.splat(scale))
  return {
    begin: (row, unit, rowsOn) => f.set(first, i32.add(i32.shl(row, 11), unit, rowsOn * 65536)),
    drop: (target, value, half) => {
      const lanes = [0, 1, 2, 3].map((lane) => half * 4 + lane) as [number, number, number, number]
      const index = i32x4.add(i32x4.splat(first), v128.words(...lanes))
      f.set(hash, i32x4.mul(v128.xor(index, keys[0]), word(0x7feb352d)))
      const mixed = i32x4.add(v128.xor(hash, i32x4.shr(hash, 15)), keys[1])
      f.set(hash, i32x4.mul(mixed, word(0x846ca68b)))
      const kept = i32x4.atLeast(v128.xor(hash, i32x4.shr(hash, 16)), limit)
      f.set(target, v128.and(f32x4.mul(value, factor), kept))
    },
  }
}
