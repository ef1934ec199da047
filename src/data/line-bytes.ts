// Bytes that were cut anywhere become blocks that end at a line's end, so that what is read from them does not depend on
// where the cuts were.

const NEWLINE = 10

/**
 * Whole lines, each with its `\n`; the last line of the file is given one if it has none. A block is valid until the next
 * one is asked for.
 * @param longest bytes of an unfinished line that are kept; for more, `tooLong` makes the error
 */
export async function* lineBytes(
  pieces: AsyncIterable<Uint8Array>,
  longest: number,
  tooLong: () => Error,
): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array(0)
  for await (const piece of pieces) {
    const firstEnd = piece.indexOf(NEWLINE) + 1
    const lastEnd = piece.lastIndexOf(NEWLINE) + 1
    let from = 0
    if (rest.length > 0 && firstEnd > 0) {
      yield joined(rest, piece.subarray(0, firstEnd))
      rest = new Uint8Array(0)
      from = firstEnd
    }
    if (lastEnd > from) yield piece.subarray(from, lastEnd)
    rest = joined(rest, piece.subarray(Math.max(from, lastEnd)))
    if (rest.length > longest) throw tooLong()
  }
  if (rest.length > 0) yield joined(rest, Uint8Array.of(NEWLINE))
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length)
  bytes.set(head)
  bytes.set(tail, head.length)
  return bytes
}
