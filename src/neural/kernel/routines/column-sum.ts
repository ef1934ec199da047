// The gradient of biases: out[n] = Σₘ Z[m][n] over the real rows of some panels, m ascending from +0,
// or from `out` when `fresh` is 0.

import type { ModuleBuilder } from '../wasm/module.ts'
import { f32x4, i32, v128 } from '../wasm/values.ts'
import { ZEROS } from './constants.ts'
import { ROW_BYTES } from './tile.ts'

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
    const sums = f.v128s(2)
    const [panel, from, row, end] = [f.i32(), f.i32(), f.i32(), f.i32()]
    f.forRange(panel, 0, panels, 1, () => {
      f.set(from, i32.select(fresh, ZEROS, out))
      for (const [half, sum] of sums.entries()) f.set(sum, v128.load(from, half * 16))

      f.set(row, z)
      for (const rows of [4, 1]) {
        f.set(end, i32.add(z, i32.and(rowsEnd, -rows * ROW_BYTES)))
        f.loopWhile(
          () => i32.lessThan(row, end),
          () => {
            for (let i = 0; i < rows; i++)
              for (const [half, sum] of sums.entries())
                f.set(sum, f32x4.add(sum, v128.load(row, i * ROW_BYTES + half * 16)))
            f.increase(row, rows * ROW_BYTES)
          },
        )
      }
      for (const [half, sum] of sums.entries()) f.store(out, sum, half * 16)
      f.increase(z, zStride)
      f.increase(out, ROW_BYTES)
    })
  })
}
