// The gradient of biases: out[n] = Σₘ Z[m][n] over the real rows of some panels, m ascending from +0,
// or from `out` when `fresh` is 0.

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, v128 } from '../../../wasm/values.ts'
import { ZEROS } from './constants.ts'
import { ROW_BYTES } from './tile.ts'

const TOGETHER = 4

export function defineColumnSum(module: ModuleBuilder): void {
  const parameters = {
    z: 'i32',
    zStride: 'i32',
    rowsEnd: 'i32',
    panels: 'i32',
    out: 'i32',
    fresh: 'i32',
  } as const
  module.define('column_sum', parameters, (f, p) => {
    const { z, zStride, rowsEnd, panels, out, fresh } = p
    const [from, row, end] = [f.i32(), f.i32(), f.i32()]
    const pointers = Array.from({ length: TOGETHER }, () => f.i32())
    const sums = pointers.map(() => f.v128s(2))

    /** The sums of `width` panels: more chains at a time, for each must wait for itself. */
    const columns = (width: number): void => {
      const each = pointers.slice(0, width).map((pointer, i) => ({ pointer, halves: sums[i]! }))
      f.set(from, i32.select(fresh, ZEROS, out))
      for (const [i, { pointer, halves }] of each.entries()) {
        f.set(pointer, i === 0 ? z : i32.add(pointers[i - 1]!, zStride))
        for (const [half, sum] of halves.entries())
          f.set(sum, v128.load(from, i * ROW_BYTES + half * 16))
      }
      f.set(row, i32.const(0))
      for (const rows of [4, 1]) {
        f.set(end, i32.and(rowsEnd, -rows * ROW_BYTES))
        f.loopWhile(
          () => i32.lessThan(row, end),
          () => {
            for (let i = 0; i < rows; i++)
              for (const { pointer, halves } of each)
                for (const [half, sum] of halves.entries())
                  f.set(sum, f32x4.add(sum, v128.load(pointer, i * ROW_BYTES + half * 16)))
            for (const pointer of [row, ...each.map((e) => e.pointer)])
              f.increase(pointer, rows * ROW_BYTES)
          },
        )
      }
      for (const [i, { halves }] of each.entries())
        for (const [half, sum] of halves.entries()) f.store(out, sum, i * ROW_BYTES + half * 16)
      f.increase(z, i32.mul(zStride, width))
      f.increase(out, width * ROW_BYTES)
      f.set(panels, i32.sub(panels, width))
    }

    for (const width of [TOGETHER, 1])
      f.loopWhile(
        () => i32.atLeast(panels, width),
        () => columns(width),
      )
  })
}
