// Samples to be predicted, block by block: their rows are copied into a staging place of the kernel's memory, so any
// number of samples needs the same memory.

import type { NetworkShape, Samples } from '../network.ts'

/** Samples of a block. */
export const BLOCK_SAMPLES = 64

export type Staging = {
  readonly features: number
  readonly samples: number
  readonly firstRows: number
}

export function windowLength(shape: NetworkShape): number {
  return shape.kind === 'mlp' ? 1 : shape.sequenceLength
}

/** Numbers that the staging place holds: a block of windows that share no row, and the tail of a last vector. */
export function stagingFloats(shape: NetworkShape): number {
  return BLOCK_SAMPLES * windowLength(shape) * shape.inputs + 8
}

/**
 * Copies the rows of the samples [from, from + count). Rows beyond `count` repeat the last sample.
 * @param floats,words the memory of the kernel
 */
export function stage(
  floats: Float32Array,
  words: Int32Array,
  { features: at, samples: samplesAt, firstRows: rowsAt }: Staging,
  shape: NetworkShape,
  { features, firstRows }: Samples,
  from: number,
  count: number,
): void {
  const { inputs } = shape
  const length = windowLength(shape)
  const firstOf = (i: number): number => (firstRows ? firstRows[from + i]! : from + i)
  let low = firstOf(0)
  let high = low
  for (let i = 1; i < count; i++) {
    const first = firstOf(i)
    if (first < low) low = first
    if (first > high) high = first
  }
  const isDense = high - low + length <= BLOCK_SAMPLES * length
  if (isDense) floats.set(features.subarray(low * inputs, (high + length) * inputs), at / 4)
  for (let i = 0; i < BLOCK_SAMPLES; i++) {
    const sample = Math.min(i, count - 1)
    words[samplesAt / 4 + i] = i
    words[rowsAt / 4 + i] = isDense ? firstOf(sample) - low : sample * length
    if (isDense || i >= count) continue
    const first = firstOf(i) * inputs
    floats.set(features.subarray(first, first + length * inputs), at / 4 + i * length * inputs)
  }
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
