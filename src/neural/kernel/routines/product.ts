// Matrix products Y = epilogue(X·W) for the rows [from, until), all in panels (tile.ts): forward layers with W,
// gradients of the inputs with the transposed weights.
//
//   product          Y = X·W
//   product_onto     Y = Z + X·W, the chain of each element continued; Z may be Y
//   product_bias     Y = X·W + b
//   product_relu     Y = max(X·W + b, 0)
//   product_dropout  Y = max(X·W + b, 0)·scale where kept, else 0
//   product_mask     Y = X·W·scale where A > 0, else 0       back through dropout and ReLU; A has the stride of Y
//
// Order: k ascending from +0 (or from Z), the bias last. k is cut in blocks of 256, so that a pair of panels of W
// stays in the nearest cache; the sums pass through Y unchanged in between.

import type { FunctionBuilder, ParameterLocals, Parameters } from '../../../wasm/function.ts'
import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, v128, type I32, type V128 } from '../../../wasm/values.ts'
import { ZEROS, type Constants } from './constants.ts'
import { DROPOUT_PARAMETERS, emitDropout } from './dropout-mask.ts'
import {
  eachSum,
  eachSumByPanel,
  endsOf,
  multiplyTile,
  partOf,
  PANEL_COLUMNS,
  ROW_BYTES,
  setEnds,
  tileRegisters,
  type TileRegisters,
  type TileShape,
} from './tile.ts'

const K_BLOCK = 256

const MATRICES = {
  x: 'i32',
  xStride: 'i32',
  w: 'i32',
  wStride: 'i32',
  y: 'i32',
  yStride: 'i32',
  /** Rows, as byte offsets of 32 a row; their number is a multiple of 4. */
  from: 'i32',
  until: 'i32',
  /** Real columns of X: the k of the sums. */
  inputs: 'i32',
  /** Panels of Y. */
  panels: 'i32',
} as const

/** Where a tile stands. */
type Place = {
  /** Byte offset of its first row. */
  readonly row: I32
  /** Number of its first panel. */
  readonly panel: I32
  /** Its address in panel 0 of its columns. */
  readonly y: I32
}

type Finish = (registers: TileRegisters, place: Place) => void

export function defineProducts(
  module: ModuleBuilder,
  constants: Constants,
  shape: TileShape,
): void {
  const plain = (): undefined => undefined
  defineProduct(module, 'product', shape, {}, plain)
  const withStart = { z: 'i32', zStride: 'i32' } as const
  defineProduct(module, 'product_onto', shape, withStart, plain, ({ z, zStride }) => [z, zStride])

  defineProduct(module, 'product_bias', shape, { bias: 'i32' }, (f, { bias }) =>
    addBias(f, bias, false),
  )
  defineProduct(module, 'product_relu', shape, { bias: 'i32' }, (f, { bias }) =>
    addBias(f, bias, true),
  )

  const withDropout = { bias: 'i32', ...DROPOUT_PARAMETERS } as const
  defineProduct(module, 'product_dropout', shape, withDropout, (f, p) => {
    const { begin, drop } = emitDropout(f, constants, p)
    const activate = addBias(f, p.bias, true)
    // After all biases: V8 joins no halves with a load between them.
    return (registers, place) => {
      activate(registers, place)
      eachSum(registers, (sum, panel, _, row, half) => {
        const unit = i32.add(i32.shl(place.panel, 3), p.unit, panel * PANEL_COLUMNS)
        if (half === 0) begin(place.row, unit, row)
        drop(sum, sum, half)
      })
    }
  })

  const withMask = { activated: 'i32', scale: 'f32' } as const
  defineProduct(module, 'product_mask', shape, withMask, (f, { activated, scale, y, yStride }) => {
    const factor = f.v128()
    const a = f.i32()
    f.set(factor, f32x4.splat(scale))
    return (registers, place) => {
      f.set(a, i32.add(i32.sub(place.y, y), activated))
      eachSumByPanel(
        registers,
        () => f.increase(a, yStride),
        (sum, offset) => {
          const open = f32x4.greaterThan(v128.load(a, offset), f32x4.const(0))
          f.set(sum, v128.and(f32x4.mul(sum, factor), open))
        },
      )
    }
  })
}

/** sum ← sum + b, or max(sum + b, 0) */
function addBias(f: FunctionBuilder, bias: I32, isRelu: boolean): Finish {
  const b = f.i32()
  return (registers, place) => {
    f.set(b, i32.add(bias, i32.shl(place.panel, 5)))
    eachSum(registers, (sum, panel, _, __, half) => {
      const biased = f32x4.add(sum, v128.load(b, panel * ROW_BYTES + half * 16))
      f.set(sum, isRelu ? relu(biased) : biased)
    })
  }
}

/** max(x, 0), where x is not −0: a sum that starts from +0 never is. */
export function relu(x: V128): V128 {
  return f32x4.pickMax(x, f32x4.const(0))
}

function defineProduct<Extra extends Parameters>(
  module: ModuleBuilder,
  name: string,
  shape: TileShape,
  extra: Extra,
  prepare: (f: FunctionBuilder, p: ParameterLocals<typeof MATRICES & Extra>) => Finish | undefined,
  /** Panels that the chains begin with, and bytes from one to the next; otherwise from +0. */
  start?: (p: ParameterLocals<typeof MATRICES & Extra>) => readonly [I32, I32],
): void {
  module.define(name, { ...MATRICES, ...extra }, (f, parameters) => {
    const p = parameters as ParameterLocals<typeof MATRICES & Extra>
    const { x, xStride, w, wStride, y, yStride, from, until, inputs, panels } = p
    const registers = tileRegisters(f, shape)
    const [panel, row, place, sumsAt, sumsStride] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()]
    const [k, kEnd, xk, wk, ends] = [f.i32(), f.i32(), f.i32(), f.i32(), endsOf(f)]
    const [wPanel, yPanel, zPanel, largeUntil] = [f.i32(), f.i32(), f.i32(), f.i32()]
    const finish = prepare(f, p)
    const begin = start?.(p)

    const tiles = (part: TileShape, rowsEnd: I32): void => {
      const tile = partOf(registers, part)
      f.loopWhile(
        () => i32.lessThan(row, rowsEnd),
        () => {
          f.set(place, i32.add(yPanel, row))
          f.set(sumsAt, i32.select(k, place, begin ? i32.add(zPanel, row) : ZEROS))
          f.set(sumsStride, i32.select(k, yStride, begin ? begin[1] : 0))
          eachSumByPanel(
            tile,
            () => f.increase(sumsAt, sumsStride),
            (sum, offset) => f.set(sum, v128.load(sumsAt, offset)),
          )
          multiplyTile(f, tile, { x: i32.add(xk, row), xStride, w: wk, wStride, ...ends })
          if (finish) f.when(i32.equal(kEnd, inputs), () => finish(tile, { row, panel, y: place }))
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
      f.set(k, i32.const(0))
      f.set(xk, x)
      f.set(wk, wPanel)
      f.repeatWhile(
        () => i32.lessThan(k, inputs),
        () => {
          f.set(kEnd, i32.min(i32.add(k, K_BLOCK), inputs))
          setEnds(f, ends, wk, i32.sub(kEnd, k))
          f.set(row, from)
          if (width === shape.panels && shape.rows !== 4) tiles(shape, largeUntil)
          tiles({ rows: 4, panels: width }, until)
          f.set(wk, ends.wEnd)
          f.increase(xk, i32.mul(xStride, K_BLOCK / PANEL_COLUMNS))
          f.set(k, kEnd)
        },
      )
      for (let i = 0; i < width; i++) {
        f.increase(wPanel, wStride)
        f.increase(yPanel, yStride)
        if (begin) f.increase(zPanel, begin[1])
      }
      f.increase(panel, width)
    }

    f.set(largeUntil, largeTilesEnd(from, until, shape.rows))
    f.set(panel, i32.const(0))
    f.set(wPanel, w)
    f.set(yPanel, y)
    if (begin) f.set(zPanel, begin[0])
    const widths = shape.panels === 1 ? [1] : [shape.panels, 1]
    for (const width of widths)
      f.loopWhile(
        () => i32.lessThan(i32.add(panel, width - 1), panels),
        () => columns(width),
      )
  })
}

/** The rest of the rows, a multiple of 4, goes in tiles of 4: (−rows mod size) of them when size is 5. */
export function largeTilesEnd(from: I32, until: I32, size: number): I32 {
  if (size === 4) return until
  const rows = i32.shr(i32.sub(until, from), 5)
  const small = i32.rem(i32.sub(size, i32.rem(rows, size)), size)
  return i32.sub(until, i32.shl(small, 7))
}
