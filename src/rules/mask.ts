// A mask: one byte a bar, 0 or 1. Its buffer holds whole words, so that masks are put together four bars at a time.

export function newMask(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(Math.ceil(length / 4) * 4), 0, length)
}

/** What stands after the last bar counts for nothing. */
export function wordsOf(mask: Uint8Array): Int32Array {
  return new Int32Array(mask.buffer)
}
