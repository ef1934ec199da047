// The sums in front of the gates of a recurrent cell: Y = b ⊕ X·W ⊕ X₂·W₂, for the rows [from, until), in panels
// (tile.ts). Order: each element is ONE chain that starts from the bias, goes over k of X ascending and on over k of
// X₂ ascending; either may have no columns (the first step of a window has no X₂). X and X₂ have one stride.

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { i32, v128, type I32 } from '../../../wasm/values.ts'
import { largeTilesEnd } from './product.ts'
import {
  eachSum,
  eachSumByPanel,
  endsOf,
  multiplyTile,
  partOf,
  ROW_BYTES,
  setEnds,
  tileRegisters,
  type TileShape,
} from './tile.ts'

export function defineProductFrom(module: ModuleBuilder, shape: TileShape): void {
  const parameters = {
    x: 'i32',
    xStride: 'i32',
    w: 'i32',
    wStride: 'i32',
    y: 'i32',
    yStride: 'i32',
    from: 'i32',
    until: 'i32',
    inputs: 'i32',
    panels: 'i32',
    bias: 'i32',
    x2: 'i32',
    w2: 'i32',
    w2Stride: 'i32',
    inputs2: 'i32',
  } as const
  module.define('product_from', parameters, (f, p) => {
    const { x, xStride, w, wStride, y, yStride, from, until, inputs, panels, bias } = p
    const { x2, w2, w2Stride, inputs2 } = p
    const registers = tileRegisters(f, shape)
    const [panel, row, place, largeUntil] = [f.i32(), f.i32(), f.i32(), f.i32()]
    const [ends, ends2] = [endsOf(f), endsOf(f)]

    const tiles = (part: TileShape, rowsEnd: I32): void => {
      const tile = partOf(registers, part)
      f.loopWhile(
        () => i32.lessThan(row, rowsEnd),
        () => {
          eachSum(tile, (sum, at, _, __, half) =>
            f.set(sum, v128.load(bias, at * ROW_BYTES + half * 16)),
          )
          multiplyTile(f, tile, { x: i32.add(x, row), xStride, w, wStride, ...ends })
          const second = { x: i32.add(x2, row), xStride, w: w2, wStride: w2Stride, ...ends2 }
          multiplyTile(f, tile, second)
          f.set(place, i32.add(y, row))
          eachSumByPanel(
            tile,
            () => f.increase(place, yStride),
            (sum, offset) => f.store(place, sum, offset),
          )
          f.increase(row, part.rows * ROW_BYTES)
        },
      )
    }

    const columns = (width: number): void => {
      setEnds(f, ends, w, inputs)
      setEnds(f, ends2, w2, inputs2)
      f.set(row, from)
      if (width === shape.panels && shape.rows !== 4) tiles(shape, largeUntil)
      tiles({ rows: 4, panels: width }, until)
      for (let i = 0; i < width; i++) {
        f.increase(w, wStride)
        f.increase(w2, w2Stride)
        f.increase(y, yStride)
      }
      f.increase(bias, width * ROW_BYTES)
      f.increase(panel, width)
    }

    f.set(largeUntil, largeTilesEnd(from, until, shape.rows))
    for (const width of shape.panels === 1 ? [1] : [shape.panels, 1])
      f.loopWhile(
        () => i32.lessThan(i32.add(panel, width - 1), panels),
        () => columns(width),
      )
  })
}
