// Price bars from CSV files as they really are: header names of many sources, ISO or epoch stamps, `,` `;` or
// tab, LF or CRLF, BOM, gzip. Strict all the same: a line that is no bar is an error with its line number,
// nothing is invented. The file is streamed; only the columns of numbers stay in memory.

import { findBarFields, type BarFields } from './bar-columns.ts'
import { BAR_COLUMNS } from './bars.ts'
import {
  collectBar,
  collectProblem,
  finishCollecting,
  noNumber,
  readStamp,
  refuseTooMany,
  startCollecting,
  type Collecting,
  type FileBars,
  type ReadOptions,
} from './collect-bars.ts'
import { BAD_QUOTE, isBlank, splitRows, wrongWidth } from './csv-blocks.ts'
import { refuseNoHeader, sniffDelimiter, type Delimiter } from './csv-header.ts'
import { countLines, lineTooLong, MAX_LINE_CHARACTERS } from './csv-lines.ts'
import { parseNumber } from './csv-number.ts'
import { readTextBytes, type ReadProgress } from './csv-source.ts'
import { lineInvalid } from './data-problems.ts'
import { expectBars } from './growing-bars.ts'
import { lineBytes } from './line-bytes.ts'
import { plainLines, readPlainLines, type PlainLines } from './plain-lines.ts'
import { parseTimestamp } from './timestamp.ts'

const PIECE_BYTES = 256 * 1024
/** A character of UTF-8 that UTF-16 has as one unit takes three bytes at most. */
const MAX_LINE_BYTES = 3 * MAX_LINE_CHARACTERS
const [NEWLINE, QUOTE] = [10, 34] as const

export type CsvOptions = ReadOptions & {
  /** Bytes read at a time. */
  readonly pieceBytes?: number
  /** How much of the file has been read: how much room is made at once, and whether too many bars are to be expected. */
  readonly progress?: ReadProgress
}

/** @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with the first five problems and the count of all */
export async function readCsvBars(path: string, options: CsvOptions = {}): Promise<FileBars> {
  const progress: ReadProgress = { share: 0 }
  const pieces = readTextBytes(path, options.pieceBytes ?? PIECE_BYTES, progress)
  return parseCsvBars(pieces, path, { ...options, progress })
}

/** `readCsvBars` of bytes that come in pieces cut anywhere; `file` is only a name for messages. */
export async function parseCsvBars(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  options: CsvOptions = {},
): Promise<FileBars> {
  const csv: Csv = { file, reading: startCollecting(file, options), layout: undefined, line: 1 }
  const tooLong = () => lineTooLong(file, csv.line)
  const { reading } = csv
  const { progress = { share: 1 } } = options
  let isFirst = true
  for await (const block of lineBytes(pieces, MAX_LINE_BYTES, tooLong)) {
    const rest = csv.layout ? block : await afterHeader(csv, block)
    if (csv.layout && !(await readBlock(csv, csv.layout, rest))) break
    const expected = reading.bars.length / progress.share
    refuseTooMany(reading, expected)
    if (isFirst && !reading.survey) expectBars(reading.bars, expected)
    isFirst = false
  }
  return finishCollecting(reading, csv.layout?.fields.columns)
}

type Csv = {
  readonly file: string
  readonly reading: Collecting
  /** Undefined before the header. */
  layout: Layout | undefined
  /** 1-based, of the next line in the file. */
  line: number
}

type Layout = {
  readonly delimiter: Delimiter
  readonly fields: BarFields
  readonly plain: PlainLines
}

/** Reads the header, which is the first line that is not blank, and gives what follows. */
async function afterHeader(csv: Csv, block: Uint8Array): Promise<Uint8Array> {
  for (let start = 0; start < block.length;) {
    const end = block.indexOf(NEWLINE, start) + 1
    // A byte order mark in front of it is left out.
    const text = new TextDecoder().decode(block.subarray(start, end))
    const firstLine = csv.line
    csv.line += countLines(text, firstLine, csv.file)
    if (text.trim() !== '') {
      const delimiter = sniffDelimiter(text)
      const { rows, isBroken } = await splitRows({ text, delimiter })
      if (isBroken) throw lineInvalid(csv.file, firstLine, BAD_QUOTE)
      const fields = readHeader(rows[0]!, csv.file, firstLine)
      csv.layout = { delimiter, fields, plain: plainLines(csv.reading, fields, delimiter) }
      return block.subarray(end)
    }
    start = end
  }
  return block.subarray(block.length)
}

const MIDDLE = new TextDecoder('utf-8', { ignoreBOM: true })

/** False when quotes are wrong: what follows cannot be told apart. */
async function readBlock(
  csv: Csv,
  { delimiter, fields, plain }: Layout,
  block: Uint8Array,
): Promise<boolean> {
  const { reading, file, line: firstLine } = csv
  if (!block.includes(QUOTE)) {
    csv.line += readPlainLines(plain, block, firstLine, (other, line) => {
      const text = MIDDLE.decode(other)
      if (text.length > MAX_LINE_CHARACTERS) throw lineTooLong(file, line)
      const cells = text.split(delimiter)
      if (!isBlank(cells)) readRow(reading, fields, cells, line)
    })
    return true
  }
  const text = MIDDLE.decode(block)
  csv.line += countLines(text, firstLine, file)
  const { rows, isBroken } = await splitRows({ text, delimiter })
  for (const [row, cells] of rows.entries())
    if (!isBlank(cells)) readRow(reading, fields, cells, firstLine + row)
  if (isBroken) collectProblem(reading, firstLine + rows.length, BAD_QUOTE, NaN)
  return !isBroken
}

function readHeader(cells: readonly string[], file: string, line: number): BarFields {
  const refuse = (message: string) => lineInvalid(file, line, message)
  refuseNoHeader(cells, refuse)
  return findBarFields(cells, 'header', refuse)
}

/** Adds the bar of one line, or says what is wrong with the first wrong field. */
function readRow(
  reading: Collecting,
  header: BarFields,
  cells: readonly string[],
  line: number,
): void {
  const stampText = cells[header.timestampField]?.trim() ?? ''
  if (cells.length !== header.width) {
    const stamp = parseTimestamp(stampText)
    const message = wrongWidth(cells.length, header.width)
    return collectProblem(reading, line, message, 'ms' in stamp ? stamp.ms : NaN)
  }
  const stamp = readStamp(reading, stampText)
  const problem = stamp.problem ?? readNumbers(reading.values, header, cells)
  if (problem === undefined) collectBar(reading, line, stamp.ms)
  else collectProblem(reading, line, problem, stamp.ms)
}

function readNumbers(
  values: Float64Array,
  { barFields }: BarFields,
  cells: readonly string[],
): string | undefined {
  for (let i = 0; i < values.length; i++) {
    const field = barFields[i]!
    if (field === -1) continue
    const text = cells[field]!.trim()
    const value = parseNumber(text)
    if (value === undefined) return noNumber(BAR_COLUMNS[i]!, text, 'line')
    values[i] = value
  }
  return undefined
}
