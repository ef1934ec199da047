// Bytes of arrays for property tests: noise, numbers as trainings have them, and the bit patterns that codecs get wrong.

import fc from 'fast-check'
import { ELEMENT_BYTES, type Dtype } from '../../src/core/snapshot.ts'

export const DTYPES: readonly Dtype[] = ['F64', 'F32', 'I32', 'U32', 'U8']

/** ±0, ±1, the smallest and the largest subnormals and normals, ±∞, NaNs with payloads, ends of the integers. */
export const PATTERNS: readonly bigint[] = [
  0x0000000000000000n,
  0x8000000000000000n,
  0x3ff0000000000000n,
  0xbff0000000000000n,
  0x0000000000000001n,
  0x800fffffffffffffn,
  0x7fefffffffffffffn,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000001n,
  0xfff4000000abcdefn,
  0x7fffffffffffffffn,
  0xffffffffffffffffn,
  0x7fc00001ffa00001n,
  0x7f8000003f800000n,
  0x80000001ff7fffffn,
]

/** The low bits of words in little-endian bytes, behind some others: no address is aligned. */
export function bytesOfWords(words: readonly bigint[], dtype: Dtype, offset = 1): Uint8Array {
  const size = ELEMENT_BYTES[dtype]
  const bytes = new Uint8Array(offset + words.length * size).subarray(offset)
  for (const [i, word] of words.entries())
    for (let k = 0; k < size; k++) bytes[i * size + k] = Number((word >> BigInt(8 * k)) & 0xffn)
  return bytes
}

export function arraysOf(dtype: Dtype, maxWords: number): fc.Arbitrary<Uint8Array> {
  const word = fc.oneof(
    fc.constantFrom(...PATTERNS),
    fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }),
    fc.nat(3).map(BigInt),
  )
  return fc
    .tuple(fc.array(word, { maxLength: maxWords, size: 'max' }), fc.nat(7))
    .map(([words, offset]) => bytesOfWords(words, dtype, offset))
}

/** Another array of the same length, with some words changed a little and some entirely. */
export function changed(raw: Uint8Array, seed: number): Uint8Array {
  const bytes = raw.slice()
  let state = seed | 1
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    if (state >>> 28 === 0) bytes[i] = state >>> 16
    else if (i % 8 === 0) bytes[i]! += state >>> 30
  }
  return bytes
}
