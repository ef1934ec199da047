// CSV text in rows of cells, a block of whole lines at a time.

import Papa from 'papaparse'
import { sniffDelimiter, type Delimiter } from './csv-header.ts'
import { lineBlocks } from './csv-lines.ts'

export type CsvBlock = {
  /** 1-based line in the file of the first row; row i is line i after it. */
  readonly firstLine: number
  readonly rows: readonly (readonly string[])[]
  /** The line after the rows has a quote that does not end: what follows cannot be told apart. It is the last block. */
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
    const { rows, badQuoteRow } = splitRows(text, delimiter)
    if (badQuoteRow === undefined) yield { firstLine, rows, isBroken: false }
    else return yield { firstLine, rows: rows.slice(0, badQuoteRow), isBroken: true }
  }
}

function delimiterOf(text: string): Delimiter | undefined {
  const headerLine = text.split('\n').find((line) => line.trim() !== '')
  return headerLine === undefined ? undefined : sniffDelimiter(headerLine)
}

/** Rows of whole lines: row i is line i, up to the first row whose quotes are wrong. */
function splitRows(text: string, delimiter: Delimiter) {
  const { data: rows, errors } = Papa.parse<string[]>(text, { delimiter, newline: '\n' })
  if (!text.includes('"')) return { rows, badQuoteRow: undefined }
  const overLines = rows.findIndex((cells) => cells.some((cell) => cell.includes('\n')))
  const badRows = [overLines, errors[0]?.row ?? -1].filter((row) => row >= 0)
  return { rows, badQuoteRow: badRows.length > 0 ? Math.min(...badRows) : undefined }
}
