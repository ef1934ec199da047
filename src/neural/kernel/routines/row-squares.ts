// Sums of squares for the norm of a gradient: for the eight units of a panel of G, Σₖ G[k][n]², k ascending from +0,
// over the real rows. A bias is a matrix of one row. JavaScript adds the sums in float64.

import type { ModuleBuilder } from '../wasm/module.ts'
import { f32x4, i32, v128 } from '../wasm/values.ts'
import { ROW_BYTES } from './tile.ts'

export function defineRowSquares(module: ModuleBuilder): void {
  module.define('row_squares', { g: 'i32', gEnd: 'i32', sums: 'i32' }, (f, { g, gEnd, sums }) => {
    const squares = f.v128s(2)
    const element = f.v128()
    f.repeatWhile(
      () => i32.lessThan(g, gEnd),
      () => {
        for (const [half, sum] of squares.entries()) {
          f.set(element, v128.load(g, half * 16))
          f.set(sum, f32x4.add(sum, f32x4.mul(element, element)))
        }
        f.increase(g, ROW_BYTES)
      },
    )
    for (const [half, sum] of squares.entries()) f.store(sums, sum, half * 16)
  })
}
