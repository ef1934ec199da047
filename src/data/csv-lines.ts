// Text in whole lines: bytes that were cut anywhere become blocks that end at a line's end, so that what is
// read from them does not depend on where the cuts were.

import { lineInvalid } from './data-problems.ts'

export const MAX_LINE_CHARACTERS = 64 * 1024

export type LineBlock = {
  /** 1-based line in the file of the block's first line. */
  readonly firstLine: number
  /** Whole lines, each with its `\n`; the last line of the file is given one if it has none. */
  readonly text: string
}

/**
 * UTF-8 with or without BOM; bytes that are no UTF-8 become U+FFFD, which no number contains.
 * @throws DATA_INVALID for a line of more than 64 KiB, before the whole of it is in memory
 */
export async function* lineBlocks(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<LineBlock> {
  const decoder = new TextDecoder()
  let firstLine = 1
  let rest = ''
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true })
    const end = rest.lastIndexOf('\n') + 1
    if (end > 0) {
      const text = rest.slice(0, end)
      rest = rest.slice(end)
      const nextLine = firstLine + countLines(text, firstLine, file)
      yield { firstLine, text }
      firstLine = nextLine
    }
    if (rest.length > MAX_LINE_CHARACTERS) throw lineTooLong(file, firstLine)
  }
  rest += decoder.decode()
  if (rest !== '') yield { firstLine, text: `${rest}\n` }
}

/** @throws DATA_INVALID for a line that is too long */
export function countLines(text: string, firstLine: number, file: string): number {
  let count = 0
  let start = 0
  while (start < text.length) {
    const end = text.indexOf('\n', start)
    if (end - start > MAX_LINE_CHARACTERS) throw lineTooLong(file, firstLine + count)
    start = end + 1
    count++
  }
  return count
}

export function lineTooLong(file: string, line: number) {
  return lineInvalid(
    file,
    line,
    `the line is longer than ${MAX_LINE_CHARACTERS} characters, expected one bar per line; check that the file is CSV and that its lines end with LF or CRLF`,
  )
}
