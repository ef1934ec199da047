// Rows of a CSV or Parquet file that have a stamp and some named columns: what a series of values and a file of signals
// share. Prices have a faster way of their own (read-csv, read-parquet).

import type { Refuse } from './bar-columns.ts'
import {
  collectProblem,
  noteUse,
  readStamp,
  refuseProblems,
  startRows,
  type StampOrProblem,
  type UsedRows,
} from './collect-bars.ts'
import { BAD_QUOTE, csvBlocks, isBlank, splitRows, wrongWidth } from './csv-blocks.ts'
import { refuseNoHeader } from './csv-header.ts'
import { parseNumber } from './csv-number.ts'
import { readTextBytes } from './csv-source.ts'
import { fileInvalid, lineInvalid } from './data-problems.ts'
import { fileFormat } from './open-file.ts'
import type { ParquetValue } from './open-parquet.ts'
import { parseTimestamp, type TimestampKind } from './timestamp.ts'

const PIECE_BYTES = 64 * 1024

/** A value as text, empty where there is none, and as the number that it is, if it is one. */
export type Cell = { readonly text: string; readonly number: number | undefined }

export type Row = {
  readonly stampMs: number
  /** One for each of `RowFields.values`. */
  readonly cells: readonly Cell[]
  /** What a row is called: of CSV it is a line. */
  readonly unit: 'line' | 'row'
}

export type RowFields = { readonly time: number; readonly values: readonly number[] }

export type RowTaker = {
  /**
   * @param what holds the names: "header", "schema"
   * @throws what `refuse` makes when a column is missing
   */
  findFields(names: readonly string[], what: string, refuse: Refuse): RowFields
  /** Takes a row, or says what is wrong with it. */
  take(row: Row): string | undefined
}

type Reading = UsedRows & {
  readonly path: string
  readonly taker: RowTaker
  stampKind: TimestampKind | undefined
}

/**
 * @param lastMs stamp of the last row in use: what is wrong with rows behind it is nobody's business
 * @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with the first five problems and the count of all
 */
export async function readRows(path: string, lastMs: number, taker: RowTaker): Promise<void> {
  const reading: Reading = { ...startRows(path, lastMs), path, taker, stampKind: undefined }
  const format = await fileFormat(path)
  await (format === 'parquet' ? readParquet(reading) : readCsv(reading))
  refuseProblems(reading)
}

async function readCsv(reading: Reading): Promise<void> {
  const { path, taker } = reading
  let fields: RowFields | undefined
  let width = 0
  for await (const block of csvBlocks(readTextBytes(path, PIECE_BYTES), path)) {
    const { firstLine } = block
    const { rows, isBroken } = await splitRows(block)
    for (let row = 0; row < rows.length; row++) {
      const texts = rows[row]!
      const line = firstLine + row
      if (isBlank(texts)) continue
      if (!fields) {
        const refuse: Refuse = (message) => lineInvalid(path, line, message)
        refuseNoHeader(texts, refuse)
        fields = taker.findFields(texts, 'header', refuse)
        width = texts.length
      } else if (texts.length === width) {
        const stamp = readStamp(reading, texts[fields.time]!.trim())
        const cells = fields.values.map((field): Cell => {
          const text = texts[field]!.trim()
          return { text, number: parseNumber(text) }
        })
        takeRow(reading, line, 'line', stamp, cells)
      } else {
        const stamp = parseTimestamp(texts[fields.time]?.trim() ?? '')
        const message = wrongWidth(texts.length, width)
        collectProblem(reading, line, message, 'ms' in stamp ? stamp.ms : NaN)
      }
    }
    if (!isBroken) continue
    collectProblem(reading, firstLine + rows.length, BAD_QUOTE, NaN)
    break
  }
  if (!fields) throw fileInvalid(path, 'the file is empty')
}

async function readParquet(reading: Reading): Promise<void> {
  const { path, taker } = reading
  const [{ withParquet }, { numberOf, stampOf, textOf }] = await Promise.all([
    import('./open-parquet.ts'),
    import('./parquet-values.ts'),
  ])
  const cellOf = (value: ParquetValue): Cell => ({
    text: Number.isNaN(value) ? '' : textOf(value),
    number: numberOf(value),
  })
  await withParquet(path, async ({ columns, rowGroups }) => {
    const names = columns.map(({ name }) => name)
    const { time, values } = taker.findFields(names, 'schema', (message) =>
      fileInvalid(path, message),
    )
    const { isInstant } = columns[time]!
    let line = 0
    for await (const group of rowGroups([time, ...values].map((field) => names[field]!))) {
      const [stamps, ...others] = group.columns
      for (let i = 0; i < group.rows; i++) {
        line++
        if (group.columns.every((column) => column[i] == null)) continue
        const stamp = stampOf(stamps![i], isInstant, reading)
        const cells = others.map((column) => cellOf(column[i]))
        takeRow(reading, line, 'row', stamp, cells)
      }
    }
  })
}

function takeRow(
  reading: Reading,
  line: number,
  unit: Row['unit'],
  { ms: stampMs, problem: ofStamp }: StampOrProblem,
  cells: readonly Cell[],
): void {
  const problem = ofStamp ?? reading.taker.take({ stampMs, cells, unit })
  if (problem === undefined) noteUse(reading, stampMs)
  else collectProblem(reading, line, problem, stampMs)
}
