// Weights are kept twice: W in panels of 8 output units (rows k) for the forward pass, and its transpose in panels
// of 8 inputs (rows n) for the gradient of the inputs. `transpose` copies panels of W into its transpose:
// the 8×8 block of inputs 8j … 8j+7 becomes rows of panel j.

import type { FunctionBuilder, Local } from '../../../wasm/function.ts'
import type { ModuleBuilder } from '../../../wasm/module.ts'
import { i32, v128 } from '../../../wasm/values.ts'
import { BLOCK_BYTES, ROW_BYTES } from './tile.ts'

type Vector = Local<'v128'>
type Four = readonly [Vector, Vector, Vector, Vector]

export function defineTranspose(module: ModuleBuilder): void {
  const parameters = {
    w: 'i32',
    /** Bytes of a panel of W. */
    panelBytes: 'i32',
    panels: 'i32',
    transposed: 'i32',
    transposedStride: 'i32',
  } as const
  module.define('transpose', parameters, (f, p) => {
    const { w, panelBytes, panels, transposed, transposedStride } = p
    const [panel, end, to] = [f.i32(), f.i32(), f.i32()]
    const rows = f.v128s(4)
    const spare = f.v128s(4)
    f.forRange(panel, 0, panels, 1, () => {
      f.set(end, i32.add(w, panelBytes))
      f.set(to, transposed)
      f.repeatWhile(
        () => i32.lessThan(w, end),
        () => {
          for (const down of [0, 4])
            for (const right of [0, 4]) {
              for (const [i, row] of rows.entries())
                f.set(row, v128.load(w, (down + i) * ROW_BYTES + right * 4))
              transpose4x4(f, rows, spare)
              for (const [i, row] of rows.entries())
                f.store(to, row, (right + i) * ROW_BYTES + down * 4)
            }
          f.increase(w, BLOCK_BYTES)
          f.increase(to, transposedStride)
        },
      )
      f.increase(transposed, BLOCK_BYTES)
    })
  })
}

function transpose4x4(f: FunctionBuilder, rows: readonly Vector[], spare: readonly Vector[]): void {
  const [r0, r1, r2, r3] = rows as Four
  const [t0, t1, t2, t3] = spare as Four
  f.set(t0, v128.shuffle(r0, r1, [0, 4, 1, 5]))
  f.set(t1, v128.shuffle(r2, r3, [0, 4, 1, 5]))
  f.set(t2, v128.shuffle(r0, r1, [2, 6, 3, 7]))
  f.set(t3, v128.shuffle(r2, r3, [2, 6, 3, 7]))
  f.set(r0, v128.shuffle(t0, t1, [0, 1, 4, 5]))
  f.set(r1, v128.shuffle(t0, t1, [2, 3, 6, 7]))
  f.set(r2, v128.shuffle(t2, t3, [0, 1, 4, 5]))
  f.set(r3, v128.shuffle(t2, t3, [2, 3, 6, 7]))
}
