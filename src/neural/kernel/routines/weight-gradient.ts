// The gradient of a weight matrix for one or two panels of output units: G[k][n] = Σₘ X[m][k]·Z[m][n], with
// G in the layout of the weights (panels of 8 units, rows k). Order: m ascending from +0, or from G when `fresh` is 0
// (a window's next time step). m runs over the real rows only; rows of G beyond the real k are set to 0.
// Rows are cut in blocks of 256, so that a panel of Z stays in the nearest cache.

import type { ModuleBuilder } from '../wasm/module.ts'
import { f32x4, i32, v128 } from '../wasm/values.ts'
import { ZEROS } from './constants.ts'
import { eachSum, multiplyRows, ROW_BYTES, tileRegisters } from './tile.ts'

const BLOCK_ROWS = 256

export function defineWeightGradient(module: ModuleBuilder, panels: 1 | 2): void {
  const parameters = {
    x: 'i32',
    xStride: 'i32',
    z: 'i32',
    zStride: 'i32',
    /** Rows, 32 bytes each. */
    rowsEnd: 'i32',
    /** Real columns of X, and rows of G. */
    inputs: 'i32',
    gradient: 'i32',
    gradientStride: 'i32',
    fresh: 'i32',
  } as const
  module.define(`weight_gradient_${panels}`, parameters, (f, p) => {
    const { x, xStride, z, zStride, rowsEnd, inputs, gradient, gradientStride, fresh } = p
    const registers = tileRegisters(f, { rows: 4, panels })
    const [block, length, k, end, blocksEnd, g, from] = [
      f.i32(),
      f.i32(),
      f.i32(),
      f.i32(),
      f.i32(),
      f.i32(),
      f.i32(),
    ]

    // At least once, so that no rows give zeros.
    f.repeatWhile(
      () => i32.lessThan(block, rowsEnd),
      () => {
        f.set(length, i32.min(i32.sub(rowsEnd, block), BLOCK_ROWS * ROW_BYTES))
        f.forRange(k, 0, inputs, 4, () => {
          f.set(g, i32.add(gradient, i32.shl(k, 5)))
          f.set(from, i32.select(fresh, ZEROS, g))
          eachPanel(
            (sum, offset) => f.set(sum, v128.load(from, offset)),
            () => f.set(from, i32.select(fresh, ZEROS, i32.add(from, gradientStride))),
          )

          const panelOfX = i32.add(x, i32.mul(i32.shr(k, 3), xStride))
          f.set(registers.x, i32.add(panelOfX, i32.shl(i32.and(k, 4), 2), block))
          f.set(end, i32.add(registers.x, length))
          f.set(blocksEnd, i32.add(registers.x, i32.and(length, -8 * ROW_BYTES)))
          for (const [panel, pointer] of registers.w.entries())
            f.set(pointer, panel === 0 ? i32.add(z, block) : i32.add(registers.w[0]!, zStride))
          multiplyRows(f, registers, blocksEnd, end)

          eachPanel(
            (sum, offset) => f.store(g, sum, offset),
            () => f.increase(g, gradientStride),
          )
        })
        f.set(fresh, i32.const(0))
        f.increase(block, BLOCK_ROWS * ROW_BYTES)
      },
    )

    const paddedEnd = i32.and(i32.add(inputs, 7), -8)
    f.forRange(k, inputs, paddedEnd, 1, () => {
      f.set(g, i32.add(gradient, i32.shl(k, 5)))
      for (let panel = 0; panel < panels; panel++) {
        for (const half of [0, 16]) f.store(g, f32x4.const(0), half)
        f.increase(g, gradientStride)
      }
    })

    function eachPanel(
      visit: (sum: (typeof registers.sums)[0][0], offset: number) => void,
      next: () => void,
    ): void {
      let current = 0
      eachSum(registers, (sum, panel, offset) => {
        if (panel !== current) next()
        current = panel
        visit(sum, offset)
      })
    }
  })
}
