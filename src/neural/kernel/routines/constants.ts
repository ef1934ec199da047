// The first bytes of the kernel's memory, the same for every network. Constants of hot loops live here, because V8
// would rebuild a v128.const with several instructions at every use.
//
//   64 … 319    zeros, that a sum may start from
//   320 … 383   eight words of ones, eight of zeros: a window of it masks the tail of a panel
//   384 … 1407  constants of the routines, one word each

import { float32Bits } from '../../../wasm/bytes.ts'
import { v128, type V128 } from '../../../wasm/values.ts'

export const ZEROS = 64
export const TAIL_MASK = 320
const FIRST_CONSTANT = 384
/** Where a network's own memory begins. */
export const RESERVED_BYTES = 1408

export type Constants = {
  /** A float32 in all lanes. */
  readonly float: (x: number) => V128
  /** A 32-bit integer in all lanes. */
  readonly word: (n: number) => V128
  readonly data: () => { address: number; words: number[] }
}

export function createConstants(): Constants {
  const words: number[] = []
  const word = (n: number): V128 => {
    const bits = n | 0
    if (!words.includes(bits)) words.push(bits)
    return v128.loadSplat(0, FIRST_CONSTANT + 4 * words.indexOf(bits))
  }
  return {
    word,
    float: (x) => word(float32Bits(x)),
    data: () => {
      const mask = Array.from({ length: 16 }, (_, i) => (i < 8 ? -1 : 0))
      return { address: TAIL_MASK, words: [...mask, ...words] }
    },
  }
}
