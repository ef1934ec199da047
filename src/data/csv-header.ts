// The first line of a CSV file: its delimiter, and its names, unless it is data already.

import { HEADER_EXAMPLE, type Refuse } from './bar-columns.ts'
import { parseNumber } from './csv-number.ts'
import { parseTimestamp } from './timestamp.ts'

const DELIMITERS = [',', ';', '\t'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** The delimiter that the header line has most of; a comma when it has none. */
export function sniffDelimiter(headerLine: string): Delimiter {
  const counts = DELIMITERS.map((delimiter) => headerLine.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!
}

/** @throws what `refuse` makes when the line is no header */
export function refuseNoHeader(cells: readonly string[], refuse: Refuse): void {
  if (cells.some((cell) => cell.trim().includes('\r')))
    throw refuse('lines end with CR alone, expected LF or CRLF; convert the line ends')
  if (cells.some(looksLikeData))
    throw refuse(
      `the file begins with data, expected a header; add a first line such as ${HEADER_EXAMPLE}`,
    )
}

function looksLikeData(cell: string): boolean {
  const text = cell.trim()
  return parseNumber(text) !== undefined || 'ms' in parseTimestamp(text)
}
