// The inner loop of every matrix product: a tile of rows × panels stays in registers and runs once over k.
//
// Layout: a matrix of C columns is ⌈C/8⌉ *panels* of 8 columns; a panel holds its rows one after the other, 32 bytes
// each. So eight k of a row of X are together, a row of a panel of W is one load, and nothing is packed.
// Order: each element is ONE chain acc ← acc + x·w over k ascending, multiply and add rounded separately. Shape of
// the tile, unrolling and vector width never change it. k runs over the real columns only: padding is never summed.

import type { FunctionBuilder, Local } from '../../../wasm/function.ts'
import { f32x4, i32, v128, type I32 } from '../../../wasm/values.ts'

export const ROW_BYTES = 32
export const PANEL_COLUMNS = 8
/** Eight rows of a panel. */
export const BLOCK_BYTES = 256

export type TileShape = { readonly rows: number; readonly panels: number }

/** For V8 with 128 → 256 bit revectorization: 10 accumulators of 256 bits. */
export const WIDE_TILE: TileShape = { rows: 5, panels: 2 }
/** For plain 128-bit vectors. */
export const NARROW_TILE: TileShape = { rows: 4, panels: 1 }

type Vector = Local<'v128'>

export type TileRegisters = {
  /** By row, then by half panel. */
  readonly sums: readonly (readonly Vector[])[]
  readonly weights: readonly Vector[]
  readonly splat: Vector
  readonly x: Local<'i32'>
  /** One pointer a panel. */
  readonly w: readonly Local<'i32'>[]
}

export function tileRegisters(f: FunctionBuilder, { rows, panels }: TileShape): TileRegisters {
  return {
    sums: Array.from({ length: rows }, () => f.v128s(panels * 2)),
    weights: f.v128s(panels * 2),
    splat: f.v128(),
    x: f.i32(),
    w: Array.from({ length: panels }, () => f.i32()),
  }
}

/** The registers of a smaller tile. */
export function partOf(registers: TileRegisters, { rows, panels }: TileShape): TileRegisters {
  return {
    ...registers,
    sums: registers.sums.slice(0, rows).map((row) => row.slice(0, panels * 2)),
    weights: registers.weights.slice(0, panels * 2),
    w: registers.w.slice(0, panels),
  }
}

/** Calls `visit` with each accumulator and its byte offset from the tile's place in its panel. */
export function eachSum(
  { sums, w }: TileRegisters,
  visit: (sum: Vector, panel: number, offset: number, row: number, half: number) => void,
): void {
  for (let panel = 0; panel < w.length; panel++)
    for (const [row, columns] of sums.entries())
      for (let half = 0; half < 2; half++)
        visit(columns[panel * 2 + half]!, panel, row * ROW_BYTES + half * 16, row, half)
}

/** The same where panels stand apart: calls `next` before each panel but the first. */
export function eachSumByPanel(
  tile: TileRegisters,
  next: () => void,
  visit: (sum: Vector, offset: number) => void,
): void {
  let current = 0
  eachSum(tile, (sum, panel, offset) => {
    if (panel !== current) next()
    current = panel
    visit(sum, offset)
  })
}

/** One k: sums ← sums + x·w at the given byte offsets from the pointers. */
function multiplyAdd(
  f: FunctionBuilder,
  { sums, weights, splat, x, w }: TileRegisters,
  xOffset: number,
  xRowBytes: number,
  wOffset: number,
): void {
  for (const [column, weight] of weights.entries())
    f.set(weight, v128.load(w[column >> 1]!, wOffset + (column & 1) * 16))
  for (const [row, columns] of sums.entries()) {
    f.set(splat, v128.loadSplat(x, xOffset + row * xRowBytes))
    for (const [column, sum] of columns.entries())
      f.set(sum, f32x4.add(sum, f32x4.mul(splat, weights[column]!)))
  }
}

export type Ends = {
  /** Where the first panel of W ends: after the last k, and after the last whole block of eight. */
  readonly wEnd: Local<'i32'>
  readonly wBlocksEnd: Local<'i32'>
}

export function endsOf(f: FunctionBuilder): Ends {
  return { wEnd: f.i32(), wBlocksEnd: f.i32() }
}

/** Sets the ends of a sum that begins at `w` and runs over `inputs` rows. */
export function setEnds(f: FunctionBuilder, { wEnd, wBlocksEnd }: Ends, w: I32, inputs: I32): void {
  f.set(wEnd, i32.add(w, i32.shl(inputs, 5)))
  f.set(wBlocksEnd, i32.add(w, i32.and(i32.shl(inputs, 5), -BLOCK_BYTES)))
}

export type Operands = Ends & {
  /** First row of the tile in the first panel of X; bytes from panel to panel. */
  readonly x: I32
  readonly xStride: I32
  /** First row of the first panel of W; bytes from panel to panel. */
  readonly w: I32
  readonly wStride: I32
}

/** Adds X·W over all k to the sums of a tile. */
export function multiplyTile(f: FunctionBuilder, registers: TileRegisters, o: Operands): void {
  const { x, w } = registers
  const advance = (xBytes: I32 | number, wBytes: number): void => {
    f.increase(x, xBytes)
    for (const pointer of w) f.increase(pointer, wBytes)
  }
  f.set(x, o.x)
  for (const [panel, pointer] of w.entries())
    f.set(pointer, panel === 0 ? o.w : i32.add(w[panel - 1]!, o.wStride))
  const first = w[0]!
  f.loopWhile(
    () => i32.lessThan(first, o.wBlocksEnd),
    () => {
      for (let k = 0; k < 8; k++) multiplyAdd(f, registers, k * 4, ROW_BYTES, k * ROW_BYTES)
      advance(o.xStride, BLOCK_BYTES)
    },
  )
  f.loopWhile(
    () => i32.lessThan(first, o.wEnd),
    () => {
      multiplyAdd(f, registers, 0, ROW_BYTES, 0)
      advance(4, ROW_BYTES)
    },
  )
}

/** The same over rows m for a weight gradient: sums[r] ← sums[r] + X[m][k + r]·Z[m], for m from `x` to `xEnd`. */
export function multiplyRows(
  f: FunctionBuilder,
  registers: TileRegisters,
  xBlocksEnd: I32,
  xEnd: I32,
  unrolled: number,
): void {
  const { x, w } = registers
  for (const [end, rows] of [
    [xBlocksEnd, unrolled],
    [xEnd, 1],
  ] as const)
    f.loopWhile(
      () => i32.lessThan(x, end),
      () => {
        for (let row = 0; row < rows; row++)
          multiplyAdd(f, registers, row * ROW_BYTES, 4, row * ROW_BYTES)
        for (const pointer of [x, ...w]) f.increase(pointer, rows * ROW_BYTES)
      },
    )
}
