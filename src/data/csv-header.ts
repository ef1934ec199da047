// The first line of a CSV file: its delimiter, and which column holds what, whatever the source calls it.

import { BAR_COLUMNS, PRICE_COLUMNS, type BarColumn } from './bars.ts'
import { parseNumber } from './csv-number.ts'
import { lineInvalid, shown } from './data-problems.ts'
import { parseTimestamp } from './timestamp.ts'

const DELIMITERS = [',', ';', '\t'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** Names in lower case with `_` for spaces. The first one that the file has is taken; '' is a pandas index. */
const TIME_NAMES = ['timestamp', 'datetime', 'open_time', 'date', 'time', 't', '', 'unnamed:_0']
const NAMES: Readonly<Record<BarColumn, readonly string[]>> = {
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  volume: ['volume', 'vol', 'v'],
}
const EXAMPLE = 'date,open,high,low,close,volume'

/** The file's own names of the columns that were used, and of those that were not. */
export type CsvColumns = {
  readonly timestamp: string
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  /** Undefined when the file has none. */
  readonly volume: string | undefined
  readonly ignored: readonly string[]
}

export type CsvHeader = {
  readonly columns: CsvColumns
  /** Fields in a line. */
  readonly width: number
  readonly timestampField: number
  /** Field of each of BAR_COLUMNS; −1 for a volume that the file does not have. */
  readonly barFields: readonly number[]
}

/** The delimiter that the header line has most of; a comma when it has none. */
export function sniffDelimiter(headerLine: string): Delimiter {
  const counts = DELIMITERS.map((delimiter) => headerLine.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!
}

/** @throws DATA_INVALID when the line is no header, or names no time or price column, or one of them twice */
export function readHeader(cells: readonly string[], file: string, line: number): CsvHeader {
  const names = cells.map((cell) => cell.trim().toLowerCase().replaceAll(/\s+/g, '_'))
  const refuse = (message: string) => lineInvalid(file, line, message)

  if (cells.some((cell) => cell.trim().includes('\r')))
    throw refuse('lines end with CR alone, expected LF or CRLF; convert the line ends')
  if (cells.some(looksLikeData))
    throw refuse(
      `the file begins with data, expected a header; add a first line such as ${EXAMPLE}`,
    )
  const fieldOf = (known: readonly string[], column: string): number => {
    const fields = names.flatMap((name, field) => (known.includes(name) ? [field] : []))
    if (fields.length > 1)
      throw refuse(
        `${fields.map((field) => shown(cells[field]!)).join(' and ')} both name the ${column} column, expected one; rename or remove the other`,
      )
    return fields[0] ?? -1
  }

  const timeName = TIME_NAMES.find((name) => names.includes(name))
  if (timeName === 'date' && names.includes('time'))
    throw refuse('date and time are two columns, expected one; join them as in 2017-04-19T09:00')
  const timestampField = timeName === undefined ? -1 : fieldOf([timeName], 'time')
  const barFields = BAR_COLUMNS.map((column) => fieldOf(NAMES[column], column))
  const missing = PRICE_COLUMNS.filter((_, i) => barFields[i] === -1) as string[]
  if (timestampField === -1) missing.unshift('date')
  if (missing.length > 0)
    throw refuse(
      `the header has no ${missing.join(', ')} column (it has ${listed(cells)}), expected ${EXAMPLE}; rename the columns or add a header`,
    )

  const [open, high, low, close, volume] = barFields.map((field) => cells[field]?.trim())
  const used = new Set([timestampField, ...barFields])
  return {
    columns: {
      timestamp: cells[timestampField]!.trim(),
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume,
      ignored: cells.filter((_, field) => !used.has(field)).map((cell) => cell.trim()),
    },
    width: cells.length,
    timestampField,
    barFields,
  }
}

function looksLikeData(cell: string): boolean {
  const text = cell.trim()
  return parseNumber(text) !== undefined || 'ms' in parseTimestamp(text)
}

function listed(cells: readonly string[]): string {
  const names = cells.slice(0, 8).map((cell) => shown(cell.trim()))
  return cells.length > 8 ? `${names.join(', ')}, …` : names.join(', ')
}
