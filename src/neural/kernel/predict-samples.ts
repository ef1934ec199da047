// Samples to be predicted, block by block: their rows are copied into a staging place of the kernel's memory, so any
// number of samples needs the same memory.

import type { NetworkShape, Samples } from '../network.ts'
import { windowLength } from '../window-length.ts'
import { PANEL_COLUMNS } from './routines/tile.ts'

/** Samples of a block. */
export const BLOCK_SAMPLES = 64

export type Staging = {
  readonly features: number
  readonly samples: number
  readonly firstRows: number
}

/** Numbers that are staged for windows which share no row, where a dense block needs fewer: 1 MiB. */
const SCATTERED_FLOATS = 1 << 18

/** Rows that the staging place holds: a block of neighbouring windows, or of scattered ones as far as they are small. */
function stagingRows(shape: NetworkShape): number {
  const length = windowLength(shape)
  const scattered = Math.min(BLOCK_SAMPLES * length, Math.floor(SCATTERED_FLOATS / shape.inputs))
  return Math.max(BLOCK_SAMPLES - 1 + length, scattered)
}

/** Numbers that the staging place holds: its rows, and the tail of a last vector. */
export function stagingFloats(shape: NetworkShape): number {
  return stagingRows(shape) * shape.inputs + PANEL_COLUMNS
}

/**
 * Copies the rows of the next samples, of a whole block unless they are fewer or have no room. What is left of the
 * block repeats the last of them.
 * @param floats,words the memory of the kernel
 * @param from the first of them
 * @returns their number
 */
export function stage(
  floats: Float32Array,
  words: Int32Array,
  { features: at, samples: samplesAt, firstRows: rowsAt }: Staging,
  shape: NetworkShape,
  { count: all, features, firstRows }: Samples,
  from: number,
): number {
  const { inputs } = shape
  const length = windowLength(shape)
  const firstOf = (i: number): number => (firstRows ? firstRows[from + i]! : from + i)
  let low = firstOf(0)
  let high = low
  const most = Math.min(BLOCK_SAMPLES, all - from)
  for (let i = 1; i < most; i++) {
    const first = firstOf(i)
    if (first < low) low = first
    if (first > high) high = first
  }
  const room = stagingRows(shape)
  const isDense = high - low + length <= room
  const count = isDense ? most : Math.min(most, Math.floor(room / length))
  if (isDense) floats.set(features.subarray(low * inputs, (high + length) * inputs), at / 4)
  for (let i = 0; i < BLOCK_SAMPLES; i++) {
    const sample = Math.min(i, count - 1)
    words[samplesAt / 4 + i] = i
    words[rowsAt / 4 + i] = isDense ? firstOf(sample) - low : sample * length
    if (isDense || i >= count) continue
    const first = firstOf(i) * inputs
    floats.set(features.subarray(first, first + length * inputs), at / 4 + i * length * inputs)
  }
  return count
}

/** For the few numbers of one sample: a copy by slice() would take longer than the network. */
export function copyFloats(floats: Float32Array, from: number, count: number): Float32Array {
  const copy = new Float32Array(count)
  for (let i = 0; i < count; i++) copy[i] = floats[from + i]!
  return copy
}

/** Copies the first `count` rows of outputs in panels to row-major ones. */
export function unpackOutputs(
  floats: Float32Array,
  outputs: number,
  stride: number,
  width: number,
  count: number,
  into: Float32Array,
  at: number,
): void {
  for (let column = 0; column < width; column++) {
    const from = (outputs + (column >> 3) * stride) / 4 + (column & 7)
    for (let row = 0; row < count; row++) into[at + row * width + column] = floats[from + row * 8]!
  }
}
