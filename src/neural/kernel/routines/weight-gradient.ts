// The gradient of a weight matrix for some panels of output units: G[k][n] = Σₘ X[m][k]·Z[m][n], with G in the layout
// of the weights (panels of 8 units, rows k). Order: m ascending from +0, or from G when `fresh` is 0 (a window's next
// time step). m runs over the real rows only, and may be none; rows of G beyond the real k are set to 0.
// Rows are cut in blocks of 256, so that the panels of Z at hand stay in the nearest cache.

import type { FunctionBuilder, Local } from '../../../wasm/function.ts'
import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, v128, type I32 } from '../../../wasm/values.ts'
import { ZEROS } from './constants.ts'
import {
  eachSumByPanel,
  multiplyRows,
  partOf,
  ROW_BYTES,
  tileRegisters,
  type TileRegisters,
} from './tile.ts'

const BLOCK_ROWS = 256
const UNROLLED_ROWS = 8

/** @param widest panels that are worked on together */
export function defineWeightGradient(module: ModuleBuilder, widest: number): void {
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
    panels: 'i32',
    fresh: 'i32',
  } as const
  module.define('weight_gradient', parameters, (f, p) => {
    const { x, xStride, z, zStride, rowsEnd, inputs, gradient, gradientStride, panels } = p
    const registers = tileRegisters(f, { rows: 4, panels: widest })
    const [block, length, k, end, blocksEnd] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()]
    const [g, from, fresh, paddedEnd] = [f.i32(), f.i32(), f.i32(), f.i32()]

    /** Sums of a tile over the rows of a block: four k, some panels. */
    const tileOf = (tile: TileRegisters): void => {
      f.set(g, i32.add(gradient, i32.shl(k, 5)))
      f.set(from, i32.select(fresh, ZEROS, g))
      eachSumByPanel(
        tile,
        () => f.set(from, i32.select(fresh, ZEROS, i32.add(from, gradientStride))),
        (sum, offset) => f.set(sum, v128.load(from, offset)),
      )
      const panelOfX = i32.add(x, i32.mul(i32.shr(k, 3), xStride))
      f.set(tile.x, i32.add(panelOfX, i32.shl(i32.and(k, 4), 2), block))
      f.set(end, i32.add(tile.x, length))
      f.set(blocksEnd, i32.add(tile.x, i32.and(length, -UNROLLED_ROWS * ROW_BYTES)))
      for (const [i, pointer] of tile.w.entries())
        f.set(pointer, i === 0 ? i32.add(z, block) : i32.add(tile.w[i - 1]!, zStride))
      multiplyRows(f, tile, blocksEnd, end, UNROLLED_ROWS)
      eachSumByPanel(
        tile,
        () => f.increase(g, gradientStride),
        (sum, offset) => f.store(g, sum, offset),
      )
    }

    const columns = (width: number): void => {
      const tile = partOf(registers, { rows: 4, panels: width })
      f.set(fresh, p.fresh)
      f.set(block, i32.const(0))
      // At least once, so that no rows give zeros.
      f.repeatWhile(
        () => i32.lessThan(block, rowsEnd),
        () => {
          f.set(length, i32.min(i32.sub(rowsEnd, block), BLOCK_ROWS * ROW_BYTES))
          f.forRange(k, 0, inputs, 4, () => tileOf(tile))
          f.set(fresh, i32.const(0))
          f.increase(block, BLOCK_ROWS * ROW_BYTES)
        },
      )
      for (let i = 0; i < width; i++) {
        clearPadding(f, gradient, inputs, paddedEnd, k)
        f.increase(gradient, gradientStride)
        f.increase(z, zStride)
      }
      f.set(panels, i32.sub(panels, width))
    }

    f.set(paddedEnd, i32.and(i32.add(inputs, 7), -8))
    for (const width of widest === 1 ? [1] : [widest, 1])
      f.loopWhile(
        () => i32.atLeast(panels, width),
        () => columns(width),
      )
  })
}

function clearPadding(
  f: FunctionBuilder,
  gradient: I32,
  inputs: I32,
  paddedEnd: I32,
  k: Local<'i32'>,
): void {
  f.forRange(k, inputs, paddedEnd, 1, () => {
    for (const half of [0, 16]) f.store(i32.add(gradient, i32.shl(k, 5)), f32x4.const(0), half)
  })
}
