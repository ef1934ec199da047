// Planes of bytes in plain TypeScript, word by word: what the kernel of the codecs must do.

import { ELEMENT_BYTES, type Dtype } from '../../src/core/snapshot.ts'

/** The planes of the words, or of their differences to those of the base. */
export function referencePlanes(
  raw: Uint8Array,
  dtype: Dtype,
  base: Uint8Array | null,
): Uint8Array {
  const size = ELEMENT_BYTES[dtype]
  const bits = BigInt(8 * size)
  const count = raw.length / size
  const planes = new Uint8Array(raw.length)
  const isFloat = dtype === 'F32' || dtype === 'F64'
  const signed = (word: bigint): bigint => BigInt.asIntN(Number(bits), word)
  const unsigned = (word: bigint): bigint => BigInt.asUintN(Number(bits), word)
  const rotated = (word: bigint): bigint => unsigned(word << 1n) | (word >> (bits - 1n))
  // The negative numbers backwards: −0 comes right before 0.
  const ordered = (word: bigint): bigint =>
    isFloat && signed(word) < 0n ? -1n - (word - (1n << (bits - 1n))) : word
  const zigzag = (n: bigint): bigint => (n < 0n ? -2n * n - 1n : 2n * n)
  for (let i = 0; i < count; i++) {
    const word = wordAt(raw, i, size)
    let coded = word
    if (base) coded = zigzag(signed(ordered(word) - ordered(wordAt(base, i, size))))
    else if (isFloat) coded = rotated(word)
    for (let k = 0; k < size; k++) planes[k * count + i] = Number((coded >> BigInt(8 * k)) & 0xffn)
  }
  return planes
}

function wordAt(bytes: Uint8Array, index: number, size: number): bigint {
  let word = 0n
  for (let k = size - 1; k >= 0; k--) word = (word << 8n) | BigInt(bytes[index * size + k]!)
  return word
}
