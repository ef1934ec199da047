// Price bars from CSV files as they really are: header names of many sources, ISO or epoch stamps, `,` `;` or
// tab, LF or CRLF, BOM, gzip. Strict all the same: a line that is no bar is an error with its line number,
// nothing is invented. The file is streamed; only the columns of numbers stay in memory.

import Papa from 'papaparse'
import { KtrdrError } from '../core/errors.ts'
import { BAR_COLUMNS, type Bars } from './bars.ts'
import {
  readHeader,
  sniffDelimiter,
  type CsvColumns,
  type CsvHeader,
  type Delimiter,
} from './csv-header.ts'
import { lineBlocks } from './csv-lines.ts'
import { parseNumber } from './csv-number.ts'
import { readTextBytes } from './csv-source.ts'
import { addProblem, dataInvalid, noProblems, shown, type FileProblems } from './data-problems.ts'
import { addBar, finishBars, growingBars, type GrowingBars } from './growing-bars.ts'
import {
  parseTimestamp,
  type NoTimestamp,
  type Timestamp,
  type TimestampKind,
} from './timestamp.ts'

export const MAX_ROWS = 50_000_000
const PIECE_BYTES = 64 * 1024
const VOLUME = BAR_COLUMNS.indexOf('volume')

export type CsvBars = {
  readonly bars: Bars
  /** 1-based line in the file of each bar. */
  readonly lines: Int32Array
  readonly columns: CsvColumns
  /** Negative volumes (the "unknown" of some FX sources) of bars in use that were read as 0. */
  readonly negativeVolumes: number
}

export type CsvOptions = {
  /** Bytes read at a time. */
  readonly pieceBytes?: number
  readonly maxRows?: number
  /** Stamp of the last bar in use: what is wrong with rows behind it is nobody's business. */
  readonly lastMs?: number | undefined
}

/** @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with the first five problems and the count of all */
export function readCsvBars(path: string, options: CsvOptions = {}): Promise<CsvBars> {
  return parseCsvBars(readTextBytes(path, options.pieceBytes ?? PIECE_BYTES), path, options)
}

/** `readCsvBars` of bytes that come in pieces cut anywhere; `file` is only a name for messages. */
export async function parseCsvBars(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  { maxRows = MAX_ROWS, lastMs = Infinity }: CsvOptions = {},
): Promise<CsvBars> {
  const reading = startReading(file, lastMs)
  let delimiter: Delimiter | undefined
  for await (const { firstLine, text } of lineBlocks(pieces, file)) {
    delimiter ??= delimiterOf(text)
    if (!delimiter) continue // blank lines before the header
    const { rows, badQuoteRow } = splitRows(text, delimiter)
    const end = badQuoteRow ?? rows.length
    for (let row = 0; row < end; row++) readRow(reading, rows[row]!, firstLine + row)
    if (badQuoteRow !== undefined) {
      addProblem(reading.problems, firstLine + badQuoteRow, BAD_QUOTE)
      noteUse(reading, NaN)
      break // what follows cannot be told apart from the quoted text
    }
    if (reading.bars.length > maxRows) throw tooManyRows(file, maxRows)
  }
  const { problems, problemsInUse: count } = reading
  if (count > 0) throw dataInvalid({ ...problems, first: problems.first.slice(0, count), count })
  if (!reading.header) throw new KtrdrError('DATA_INVALID', `${file} is empty.`)
  const { columns } = reading.header
  return { ...finishBars(reading.bars), columns, negativeVolumes: reading.negativeVolumes }
}

type Reading = {
  readonly problems: FileProblems
  /** How many of them, the first ones, are of rows in use. */
  problemsInUse: number
  readonly lastMs: number
  /** A bar at `lastMs` or behind it was read. */
  isEndReached: boolean
  readonly bars: GrowingBars
  /** Of the line at hand, one for each of BAR_COLUMNS. */
  readonly values: number[]
  header: CsvHeader | undefined
  /** How the first bar's stamp is written, and so must all the others be. */
  stampKind: TimestampKind | undefined
  negativeVolumes: number
}

function startReading(file: string, lastMs: number): Reading {
  return {
    problems: noProblems(file),
    problemsInUse: 0,
    lastMs,
    isEndReached: false,
    bars: growingBars(),
    values: BAR_COLUMNS.map(() => 0),
    header: undefined,
    stampKind: undefined,
    negativeVolumes: 0,
  }
}

function delimiterOf(text: string): Delimiter | undefined {
  const headerLine = text.split('\n').find((line) => line.trim() !== '')
  return headerLine === undefined ? undefined : sniffDelimiter(headerLine)
}

const BAD_QUOTE =
  'a quoted field does not end where it should, expected "…" closed on its own line; correct the quotes'

/** Rows of whole lines: row i is line i, up to the first row whose quotes are wrong. */
function splitRows(text: string, delimiter: Delimiter) {
  const { data: rows, errors } = Papa.parse<string[]>(text, { delimiter, newline: '\n' })
  if (!text.includes('"')) return { rows, badQuoteRow: undefined }
  const overLines = rows.findIndex((cells) => cells.some((cell) => cell.includes('\n')))
  const badRows = [overLines, errors[0]?.row ?? -1].filter((row) => row >= 0)
  return { rows, badQuoteRow: badRows.length > 0 ? Math.min(...badRows) : undefined }
}

function readRow(reading: Reading, cells: readonly string[], line: number): void {
  if (cells.every((cell) => cell.trim() === '')) return
  const { header, problems } = reading
  if (!header) {
    reading.header = readHeader(cells, problems.file, line)
    return
  }
  const stamp = parseTimestamp(cells[header.timestampField]?.trim() ?? '')
  const problem =
    cells.length === header.width
      ? readBar(reading, header, cells, line, stamp)
      : `there are ${cells.length} fields, expected ${header.width} as in the header; complete or remove the line`
  if (problem !== undefined) addProblem(problems, line, problem)
  noteUse(reading, 'ms' in stamp ? stamp.ms : NaN)
}

/** All rows up to the last bar in use are in use; a row without a stamp is, until the end has been reached. */
function noteUse(reading: Reading, stampMs: number): void {
  if (stampMs >= reading.lastMs) reading.isEndReached = true
  if (stampMs <= reading.lastMs || !reading.isEndReached)
    reading.problemsInUse = reading.problems.count
}

/** Adds the bar of one line, or says what is wrong with the first wrong field. */
function readBar(
  reading: Reading,
  header: CsvHeader,
  cells: readonly string[],
  line: number,
  stamp: Timestamp | NoTimestamp,
): string | undefined {
  const { values } = reading
  const stampText = cells[header.timestampField]!.trim()
  if ('problem' in stamp) return `${shown(stampText)} ${stamp.problem}`
  reading.stampKind ??= stamp.kind
  if (stamp.kind !== reading.stampKind)
    return `${shown(stampText)} is ${stamp.kind}, expected ${reading.stampKind} as in the first bar; write all of them the same way`

  for (let i = 0; i < values.length; i++) {
    const field = header.barFields[i]!
    if (field === -1) continue
    const text = cells[field]!.trim()
    const value = parseNumber(text)
    if (value === undefined)
      return `${BAR_COLUMNS[i]!} is ${text === '' ? 'empty' : shown(text)}, expected a plain number such as 1234.5; correct or remove the line`
    values[i] = value
  }
  const volume = values[VOLUME]!
  if (volume < 0 && stamp.ms <= reading.lastMs) reading.negativeVolumes++
  values[VOLUME] = volume > 0 ? volume : 0 // −0 too
  addBar(reading.bars, line, stamp.ms, values)
  return undefined
}

function tooManyRows(file: string, maxRows: number): KtrdrError {
  return new KtrdrError('DATA_INVALID', `${file} has more than ${maxRows} rows of bars.`, {
    suggestions: ['Split the file by time, or resample it to a longer timeframe.'],
  })
}
