// One sample forward: y = epilogue(x·W) for a single row x, for inference bar by bar. A row is a matrix of panels whose
// stride is 32 bytes. Order: as the products of whole batches, so the bits are the same.
//
//   vector_product_bias   y = x·W + b
//   vector_product_relu   y = max(x·W + b, 0)
//   vector_product_from   y = the chain continued from a vector: b + x·W, or y + x·W

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, v128, type I32, type V128 } from '../../../wasm/values.ts'
import { relu } from './product.ts'
import { eachSum, endsOf, multiplyTile, partOf, ROW_BYTES, setEnds, tileRegisters } from './tile.ts'

const WIDTH = 4

export function defineVectorProducts(module: ModuleBuilder): void {
  for (const kind of ['bias', 'relu', 'from'] as const) {
    const parameters = {
      x: 'i32',
      w: 'i32',
      wStride: 'i32',
      /** Added last; of `from`: what the chains begin with. */
      bias: 'i32',
      y: 'i32',
      inputs: 'i32',
      panels: 'i32',
    } as const
    module.define(`vector_product_${kind}`, parameters, (f, p) => {
      const { x, w, wStride, bias, y, inputs, panels } = p
      const registers = tileRegisters(f, { rows: 1, panels: WIDTH })
      const [panel, ends] = [f.i32(), endsOf(f)]

      const columns = (width: number): void => {
        const tile = partOf(registers, { rows: 1, panels: width })
        const biasOf = (at: number, half: number): V128 =>
          v128.load(bias, at * ROW_BYTES + half * 16)
        eachSum(tile, (sum, at, _, __, half) =>
          f.set(sum, kind === 'from' ? biasOf(at, half) : f32x4.const(0)),
        )
        setEnds(f, ends, w, inputs)
        const xStride = i32.const(ROW_BYTES)
        multiplyTile(f, tile, { x, xStride, w, wStride, ...ends })
        eachSum(tile, (sum, at, _, __, half) => {
          if (kind !== 'from') f.set(sum, f32x4.add(sum, biasOf(at, half)))
          if (kind === 'relu') f.set(sum, relu(sum))
        })
        // By themselves: V8 joins no stores with a load between them.
        eachSum(tile, (sum, at, _, __, half) => f.store(y, sum, at * ROW_BYTES + half * 16))
        const strides: I32 = i32.mul(wStride, width)
        f.increase(w, strides)
        f.increase(bias, width * ROW_BYTES)
        f.increase(y, width * ROW_BYTES)
        f.increase(panel, width)
      }

      for (const width of [WIDTH, 1])
        f.loopWhile(
          () => i32.lessThan(i32.add(panel, width - 1), panels),
          () => columns(width),
        )
    })
  }
}
