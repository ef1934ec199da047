// Price bars from Parquet files, as strict as those from CSV: the same names of columns, the same rules, rows instead of
// lines. Stamps are instants of any unit, or what a CSV file may have: ISO texts and epoch numbers.

import { grouped } from '../core/text.ts'
import { findBarFields } from './bar-columns.ts'
import { BAR_COLUMNS } from './bars.ts'
import {
  collectBar,
  collectProblem,
  finishCollecting,
  noNumber,
  refuseTooMany,
  startCollecting,
  type FileBars,
  type ReadOptions,
} from './collect-bars.ts'
import { fileInvalid } from './data-problems.ts'
import { withParquet, type ParquetValue } from './open-parquet.ts'
import { numberOf, stampOf, textOf } from './parquet-values.ts'

/** @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with the first five problems and the count of all */
export function readParquetBars(path: string, options: ReadOptions = {}): Promise<FileBars> {
  return withParquet(path, async (file) => {
    const reading = startCollecting(path, options)
    refuseTooMany(reading, file.rows)
    if (reading.survey) refuseLargeGroups(path, file.largestGroup)
    const names = file.columns.map(({ name }) => name)
    const fields = findBarFields(names, 'schema', (message) => fileInvalid(path, message))
    const used = [fields.timestampField, ...fields.barFields.filter((field) => field !== -1)]
    const { isInstant } = file.columns[fields.timestampField]!
    /** Of each of BAR_COLUMNS, its place among the columns that are read. */
    const places = fields.barFields.map((field) => used.indexOf(field))

    let row = 0
    for await (const { rows, columns } of file.rowGroups(used.map((field) => names[field]!)))
      for (let i = 0; i < rows; i++) {
        row++
        if (columns.every((values) => values[i] == null)) continue
        const stamp = stampOf(columns[0]![i], isInstant, reading)
        const problem = stamp.problem ?? readNumbers(reading.values, columns, places, i)
        if (problem === undefined) collectBar(reading, row, stamp.ms)
        else collectProblem(reading, row, problem, stamp.ms)
      }
    return finishCollecting(reading, fields.columns)
  })
}

/** Of a file that is too large to be held, a row group must not be: as the usual programs write them. */
const MOST_ROWS_OF_GROUP = 2 ** 21

function refuseLargeGroups(path: string, rows: number): void {
  if (rows > MOST_ROWS_OF_GROUP)
    throw fileInvalid(
      path,
      `a row group has ${grouped(rows)} rows, too many to be unpacked at once; write row groups of at most ${grouped(MOST_ROWS_OF_GROUP)} rows`,
    )
}

function readNumbers(
  values: Float64Array,
  columns: readonly ArrayLike<ParquetValue>[],
  places: readonly number[],
  row: number,
): string | undefined {
  for (let i = 0; i < values.length; i++) {
    const place = places[i]!
    if (place === -1) continue
    const value = columns[place]![row]
    const number = numberOf(value)
    if (number === undefined) return noNumber(BAR_COLUMNS[i]!, textOf(value), 'row')
    values[i] = number
  }
  return undefined
}
