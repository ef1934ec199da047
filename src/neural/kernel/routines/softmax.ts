// Outputs into probabilities, for the rows [from, until) in panels: pⱼ = e^(yⱼ − max) / Σ, src/neural/loss.ts to the bit.
// Four rows at a time; the sum of a row takes its columns in ascending order. Only the real columns are read and written.

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32 } from '../../../wasm/values.ts'
import type { Constants } from './constants.ts'
import { emitExp } from './float32.ts'
import { loadColumn, storeColumn, walkColumns } from './loss-block.ts'
import { ROW_BYTES } from './tile.ts'

const { add, sub, mul, div, max } = f32x4

export function defineSoftmax(module: ModuleBuilder, constants: Constants): void {
  const parameters = {
    y: 'i32',
    yStride: 'i32',
    from: 'i32',
    until: 'i32',
    classes: 'i32',
  } as const
  module.define('softmax', parameters, (f, { y, yStride, from, until, classes }) => {
    const [row, j, column] = [f.i32(), f.i32(), f.i32()]
    const [x, e, spare, greatest, sum] = [f.v128(), f.v128(), f.v128(), f.v128(), f.v128()]
    const eachColumn = (visit: () => void): void => {
      f.set(column, i32.add(y, row))
      walkColumns(f, j, column, yStride, classes, visit)
    }
    f.forRange(row, from, until, 4 * ROW_BYTES, () => {
      f.set(greatest, loadColumn(i32.add(y, row)))
      eachColumn(() => f.set(greatest, max(greatest, loadColumn(column))))
      f.set(sum, f32x4.const(0))
      eachColumn(() => {
        f.set(x, sub(loadColumn(column), greatest))
        emitExp(f, constants, x, e, spare)
        f.set(sum, add(sum, e))
        storeColumn(f, column, e)
      })
      f.set(sum, div(f32x4.const(1), sum))
      eachColumn(() => {
        f.set(x, mul(loadColumn(column), sum))
        storeColumn(f, column, x)
      })
    })
  })
}
