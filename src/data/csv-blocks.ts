// CSV text, a block of whole lines at a time, and its rows of cells.

import { sniffDelimiter, type Delimiter } from './csv-header.ts'
import { lineBlocks } from './csv-lines.ts'

export type CsvBlock = {
  /** 1-based line in the file of the first line. */
  readonly firstLine: number
  /** Whole lines, each with its `\n`. */
  readonly text: string
  readonly delimiter: Delimiter
}

export type CsvRows = {
  /** Row i is line i of the block. */
  readonly rows: readonly (readonly string[])[]
  /** The line after the rows has a quote that does not end: what follows cannot be told apart. */
  readonly isBroken: boolean
}

export const BAD_QUOTE =
  'a quoted field does not end where it should, expected "…" closed on its own line; correct the quotes'

export function wrongWidth(found: number, width: number): string {
  return `there are ${found} fields, expected ${width} as in the header; complete or remove the line`
}

export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '')
}

/** Blank lines before the header are no block. */
export async function* csvBlocks(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<CsvBlock> {
  let delimiter: Delimiter | undefined
  for await (const { firstLine, text } of lineBlocks(pieces, file)) {
    delimiter ??= delimiterOf(text)
    if (!delimiter) continue
    yield { firstLine, text, delimiter }
  }
}

function delimiterOf(text: string): Delimiter | undefined {
  const headerLine = text.split('\n').find((line) => line.trim() !== '')
  return headerLine === undefined ? undefined : sniffDelimiter(headerLine)
}

/** Up to the first row whose quotes are wrong. */
export async function splitRows({
  text,
  delimiter,
}: Omit<CsvBlock, 'firstLine'>): Promise<CsvRows> {
  if (!text.includes('"')) {
    const rows = text.split('\n').map((line) => line.split(delimiter))
    return { rows, isBroken: false }
  }
  const { default: Papa } = await import('papaparse') // few files have quotes
  const { data: rows, errors } = Papa.parse<string[]>(text, { delimiter, newline: '\n' })
  const overLines = rows.findIndex((cells) => cells.some((cell) => cell.includes('\n')))
  const badRows = [overLines, errors[0]?.row ?? -1].filter((row) => row >= 0)
  if (badRows.length === 0) return { rows, isBroken: false }
  return { rows: rows.slice(0, Math.min(...badRows)), isBroken: true }
}
