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
import { BAD_QUOTE, csvBlocks, isBlank, splitRows, wrongWidth } from './csv-blocks.ts'
import { refuseNoHeader } from './csv-header.ts'
import { parseNumber } from './csv-number.ts'
import { readTextBytes } from './csv-source.ts'
import { lineInvalid } from './data-problems.ts'
import { plainLines, readPlainLines, type PlainLines } from './plain-lines.ts'
import { parseTimestamp } from './timestamp.ts'

const PIECE_BYTES = 64 * 1024

export type CsvOptions = ReadOptions & {
  /** Bytes read at a time. */
  readonly pieceBytes?: number
}

/** @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with the first five problems and the count of all */
export function readCsvBars(path: string, options: CsvOptions = {}): Promise<FileBars> {
  return parseCsvBars(readTextBytes(path, options.pieceBytes ?? PIECE_BYTES), path, options)
}

/** `readCsvBars` of bytes that come in pieces cut anywhere; `file` is only a name for messages. */
export async function parseCsvBars(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  options: CsvOptions = {},
): Promise<FileBars> {
  const reading = startCollecting(file, options)
  let header: BarFields | undefined
  let plain: PlainLines | undefined
  for await (const block of csvBlocks(pieces, file)) {
    const { firstLine, text, delimiter } = block
    if (header && !text.includes('"')) {
      const fields = header
      plain ??= plainLines(reading, fields, delimiter)
      readPlainLines(plain, text, firstLine, (other, line) => {
        const cells = other.split(delimiter)
        if (!isBlank(cells)) readRow(reading, fields, cells, line)
      })
    } else {
      const { rows, isBroken } = splitRows(block)
      for (let row = 0; row < rows.length; row++) {
        const cells = rows[row]!
        if (isBlank(cells)) continue
        if (header) readRow(reading, header, cells, firstLine + row)
        else header = readHeader(cells, file, firstLine + row)
      }
      if (isBroken) {
        collectProblem(reading, firstLine + rows.length, BAD_QUOTE, NaN)
        break
      }
    }
    refuseTooMany(reading)
  }
  return finishCollecting(reading, header?.columns)
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
  values: number[],
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
