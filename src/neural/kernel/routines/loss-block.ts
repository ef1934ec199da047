// What the losses share: four rows at a time, one vector a column. A column of four rows of a panel is read and
// written lane by lane. For each row: the value times the row's weight into `values`, ones into `hits` where the
// prediction is right, and the gradient in place of the outputs.

import type { FunctionBuilder, Local } from '../../../wasm/function.ts'
import { i32, v128, type I32, type V128 } from '../../../wasm/values.ts'
import { ROW_BYTES } from './tile.ts'

export const LOSS_PARAMETERS = {
  y: 'i32',
  from: 'i32',
  until: 'i32',
  targets: 'i32',
  /** Weight of each row: of its class times of its sample. */
  weights: 'i32',
  values: 'i32',
  hits: 'i32',
  /** 1 / what the sum of the loss is divided by. */
  share: 'f32',
} as const

export function loadColumn(address: I32): V128 {
  return [1, 2, 3].reduce(
    (vector, lane) => v128.loadLane(vector, lane, address, lane * ROW_BYTES),
    v128.loadFirst(address),
  )
}

export function storeColumn(f: FunctionBuilder, address: I32, column: Local<'v128'>): void {
  for (let lane = 0; lane < 4; lane++) f.storeLane(address, column, lane, lane * ROW_BYTES)
}

/** Visits the columns of four rows, with their number in `j` and their address in `column`, which begins at the first. */
export function walkColumns(
  f: FunctionBuilder,
  j: Local<'i32'>,
  column: Local<'i32'>,
  stride: I32,
  count: I32,
  visit: () => void,
): void {
  f.forRange(j, 0, count, 1, () => {
    visit()
    f.increase(column, i32.select(i32.equal(i32.and(j, 7), 7), i32.sub(stride, 28), 4))
  })
}

/** Address of the four rows that begin at byte offset `row` in a list of one word a row. */
export function wordsOf(list: I32, row: I32): I32 {
  return i32.add(list, i32.shr(row, 3))
}
