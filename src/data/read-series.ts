// A context series: one value at each of its moments (a rate, an index), from CSV or Parquet. A row without a value, empty
// or "." as the Federal Reserve writes it, is no row. As strict as bars: what is no number is an error with its line.

import { findTimeField, listed, type Refuse } from './bar-columns.ts'
import {
  collectProblem,
  noNumber,
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
import { formatTimestamp, parseTimestamp, type TimestampKind } from './timestamp.ts'

const PIECE_BYTES = 64 * 1024
const VALUE_NAMES = ['close', 'value']
const NOTHING = new Set(['', '.'])

export type Series = {
  /** UTC epoch milliseconds, strictly ascending. */
  readonly timestampMs: Float64Array
  readonly value: Float64Array
}

type Fields = { readonly time: number; readonly value: number; readonly name: string }

type Reading = UsedRows & {
  stampKind: TimestampKind | undefined
  readonly timestampMs: number[]
  readonly value: number[]
}

/**
 * The values up to the one stamped at `lastMs`, and those behind it that can be read.
 * @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with the first five problems and the count of all
 */
export async function readSeries(path: string, lastMs = Infinity): Promise<Series> {
  const reading: Reading = {
    ...startRows(path, lastMs),
    stampKind: undefined,
    timestampMs: [],
    value: [],
  }
  const format = await fileFormat(path)
  await (format === 'parquet' ? readParquet(path, reading) : readCsv(path, reading))
  refuseProblems(reading)
  if (reading.value.length === 0) throw fileInvalid(path, 'there are no values')
  return {
    timestampMs: Float64Array.from(reading.timestampMs),
    value: Float64Array.from(reading.value),
  }
}

async function readCsv(path: string, reading: Reading): Promise<void> {
  let fields: Fields | undefined
  let width = 0
  for await (const block of csvBlocks(readTextBytes(path, PIECE_BYTES), path)) {
    const { firstLine } = block
    const { rows, isBroken } = splitRows(block)
    for (let row = 0; row < rows.length; row++) {
      const cells = rows[row]!
      const line = firstLine + row
      if (isBlank(cells)) continue
      if (!fields) {
        const refuse: Refuse = (message) => lineInvalid(path, line, message)
        refuseNoHeader(cells, refuse)
        fields = findFields(cells, 'header', refuse)
        width = cells.length
      } else if (cells.length === width) {
        const text = cells[fields.value]!.trim()
        const stamp = readStamp(reading, cells[fields.time]!.trim())
        addRow(reading, line, stamp, text, parseNumber(text), fields.name, 'line')
      } else {
        const stamp = parseTimestamp(cells[fields.time]?.trim() ?? '')
        const message = wrongWidth(cells.length, width)
        collectProblem(reading, line, message, 'ms' in stamp ? stamp.ms : NaN)
      }
    }
    if (!isBroken) continue
    collectProblem(reading, firstLine + rows.length, BAD_QUOTE, NaN)
    break
  }
  if (!fields) throw fileInvalid(path, 'the file is empty')
}

async function readParquet(path: string, reading: Reading): Promise<void> {
  const [{ withParquet }, { numberOf, stampOf, textOf }] = await Promise.all([
    import('./open-parquet.ts'),
    import('./parquet-values.ts'),
  ])
  await withParquet(path, async ({ columns, rowGroups }) => {
    const names = columns.map(({ name }) => name)
    const { time, value, name } = findFields(names, 'schema', (message) =>
      fileInvalid(path, message),
    )
    const { isInstant } = columns[time]!
    let row = 0
    for await (const group of rowGroups([names[time]!, names[value]!])) {
      const [stamps, values] = group.columns as [ArrayLike<ParquetValue>, ArrayLike<ParquetValue>]
      for (let i = 0; i < group.rows; i++) {
        row++
        if (stamps[i] == null && values[i] == null) continue
        const text = Number.isNaN(values[i]) ? '' : textOf(values[i])
        const stamp = stampOf(stamps[i], isInstant, reading)
        addRow(reading, row, stamp, text, numberOf(values[i]), name, 'row')
      }
    }
  })
}

/** The stamps, and `close`, `value` or the only other column. */
function findFields(given: readonly string[], what: string, refuse: Refuse): Fields {
  const time = findTimeField(given, refuse)
  if (time === -1)
    throw refuse(
      `the ${what} has no date column (it has ${listed(given)}), expected date,value; rename the columns or add a header`,
    )
  const names = given.map((name) => name.trim().toLowerCase())
  const others = names.flatMap((_, field) => (field === time ? [] : [field]))
  const named = VALUE_NAMES.flatMap((known) => others.filter((field) => names[field] === known))
  const value = named[0] ?? (others.length === 1 ? others[0] : undefined)
  if (value === undefined)
    throw refuse(
      `the ${what} has no close or value column (it has ${listed(given)}), expected date,value; rename the column of the values`,
    )
  return { time, value, name: names[value]! || 'value' }
}

function addRow(
  reading: Reading,
  line: number,
  stamp: StampOrProblem,
  text: string,
  value: number | undefined,
  name: string,
  row: 'line' | 'row',
): void {
  const problem = stamp.problem ?? problemOf(reading, stamp.ms, text, value, name, row)
  if (problem !== undefined) return collectProblem(reading, line, problem, stamp.ms)
  noteUse(reading, stamp.ms)
  if (value === undefined) return
  reading.timestampMs.push(stamp.ms)
  reading.value.push(value)
}

/** A row without a value has none, whatever its place. */
function problemOf(
  { timestampMs }: Reading,
  stampMs: number,
  text: string,
  value: number | undefined,
  name: string,
  row: 'line' | 'row',
): string | undefined {
  if (NOTHING.has(text)) return undefined
  if (value === undefined) return noNumber(name, text, row)
  const before = timestampMs.at(-1)
  return before !== undefined && before >= stampMs ? outOfOrder(stampMs, before) : undefined
}

function outOfOrder(nowMs: number, beforeMs: number): string {
  const now = formatTimestamp(nowMs)
  return nowMs === beforeMs
    ? `${now} is there twice; remove one of the two rows`
    : `${now} comes after ${formatTimestamp(beforeMs)}; sort the rows by time, oldest first`
}
