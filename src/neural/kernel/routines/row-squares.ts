// Sums of squares for the norm of a gradient: for the units of some panels of G, Σₖ G[k][n]², k ascending from +0,
// over the real rows. A bias is a matrix of one row. JavaScript adds the sums in float64.

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, v128 } from '../../../wasm/values.ts'
import { ROW_BYTES } from './tile.ts'

/** Panels side by side: more chains at a time, for each must wait for itself. */
const WIDTHS = [4, 2, 1]

export function defineRowSquares(module: ModuleBuilder): void {
  const parameters = {
    g: 'i32',
    panelBytes: 'i32',
    /** Bytes of the real rows of a panel. */
    rowsEnd: 'i32',
    panels: 'i32',
    sums: 'i32',
  } as const
  module.define('row_squares', parameters, (f, { g, panelBytes, rowsEnd, panels, sums }) => {
    const row = f.i32()
    const chains = Array.from({ length: WIDTHS[0]! }, () => ({
      pointer: f.i32(),
      halves: f.v128s(2).map((sum) => ({ sum, element: f.v128() })),
    }))

    const columns = (width: number): void => {
      const each = chains.slice(0, width)
      for (const [i, { pointer, halves }] of each.entries()) {
        f.set(pointer, i === 0 ? g : i32.add(chains[i - 1]!.pointer, panelBytes))
        for (const { sum } of halves) f.set(sum, f32x4.const(0))
      }
      f.forRange(row, 0, rowsEnd, ROW_BYTES, () => {
        for (const { pointer, halves } of each) {
          for (const [i, { element }] of halves.entries())
            f.set(element, v128.load(pointer, i * 16))
          for (const { sum, element } of halves)
            f.set(sum, f32x4.add(sum, f32x4.mul(element, element)))
          f.increase(pointer, ROW_BYTES)
        }
      })
      for (const [i, { halves }] of each.entries())
        for (const [half, { sum }] of halves.entries())
          f.store(sums, sum, i * ROW_BYTES + half * 16)
      f.increase(g, i32.mul(panelBytes, width))
      f.increase(sums, width * ROW_BYTES)
      f.set(panels, i32.sub(panels, width))
    }

    for (const width of WIDTHS)
      f.loopWhile(
        () => i32.atLeast(panels, width),
        () => columns(width),
      )
  })
}
