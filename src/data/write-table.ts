// Columns into a file that other programs read: CSV (gzip too) or Parquet, by the name. Numbers are spelled so that the
// very float64 comes back.

import { existsSync, statSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { KtrdrError } from '../core/errors.ts'
import { shellWord } from '../core/shell-word.ts'
import type { FileFormat } from './open-file.ts'
import { expectWritable, placeFile } from './place-file.ts'
import { DAY_MS } from './timestamp.ts'

const FORMATS: readonly FileFormat[] = ['csv', 'csv.gz', 'parquet']

/** All columns of a table are of one length. */
export type TableColumn = { readonly name: string } & (
  | { readonly values: Float64Array | Float32Array | Int32Array }
  /** UTC; days when all of them are at midnight, else moments; NaN = none. */
  | { readonly timestampMs: Float64Array }
  | { readonly texts: readonly string[] }
)

const ROWS_AT_ONCE = 8192

/**
 * What the name says of the format, before any work is done for it.
 * @throws USAGE for another ending, and for a file that is there unless `force`; FILE_NOT_FOUND without its directory;
 *   IO_FAILED when nothing can be written there
 */
export function tableFormat(path: string, { force = false } = {}): FileFormat {
  const format = FORMATS.find((ending) => path.toLowerCase().endsWith(`.${ending}`))
  if (!format)
    throw new KtrdrError('USAGE', `${path} does not end in .csv, .csv.gz or .parquet.`, {
      suggestions: [`${path.replace(/\.[^./\\]*$/, '')}.csv`],
    })
  if (!existsSync(dirname(path)))
    throw new KtrdrError('FILE_NOT_FOUND', `There is no directory ${dirname(path)}.`, {
      suggestions: [`mkdir -p ${shellWord(dirname(path))}`],
    })
  expectWritable(dirname(path))
  if (existsSync(path)) {
    if (statSync(path).isDirectory())
      throw new KtrdrError('USAGE', `${path} is a directory, expected the name of a file.`)
    if (!force)
      throw new KtrdrError('USAGE', `${path} exists already.`, { suggestions: ['--force'] })
  }
  return format
}

/**
 * NaN is an empty cell of CSV; in Parquet a number is NaN, a moment is null.
 * @throws USAGE as `tableFormat`, IO_FAILED
 */
export async function writeTable(
  path: string,
  columns: readonly TableColumn[],
  options: { readonly force?: boolean } = {},
): Promise<void> {
  const format = tableFormat(path, options)
  return placeFile(path, (file) => write(file, format, columns))
}

async function write(
  file: FileHandle,
  format: FileFormat,
  columns: readonly TableColumn[],
): Promise<void> {
  if (format === 'parquet') return file.writeFile(await parquetBytes(columns))
  const text = Readable.from(csvPieces(columns))
  if (format === 'csv') return file.writeFile(text)
  const zip = createGzip()
  text.on('error', (error) => zip.destroy(error))
  return file.writeFile(text.pipe(zip))
}

function* csvPieces(columns: readonly TableColumn[]): Generator<string> {
  yield `${columns.map(({ name }) => csvField(name)).join(',')}\n`
  const cells = columns.map(cellsOf)
  const rows = lengthOf(columns[0]!)
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    let piece = ''
    for (let row = from; row < Math.min(from + ROWS_AT_ONCE, rows); row++) {
      for (let i = 0; i < cells.length; i++)
        piece += i === 0 ? cells[i]!(row) : `,${cells[i]!(row)}`
      piece += '\n'
    }
    yield piece
  }
}

function cellsOf(column: TableColumn): (row: number) => string {
  if ('texts' in column) return (row) => csvField(column.texts[row]!)
  if ('values' in column) return (row) => numberText(column.values[row]!)
  const { timestampMs } = column
  const areDays = timestampMs.every((ms) => Number.isNaN(ms) || ms % DAY_MS === 0)
  return (row) => {
    const ms = timestampMs[row]!
    if (Number.isNaN(ms)) return ''
    const text = new Date(ms).toISOString()
    return areDays ? text.slice(0, -14) : text.replace('.000Z', 'Z')
  }
}

function lengthOf(column: TableColumn): number {
  if ('texts' in column) return column.texts.length
  return 'values' in column ? column.values.length : column.timestampMs.length
}

/** The shortest decimal from which the same number is read. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return ''
  return Object.is(value, -0) ? '-0' : String(value)
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

async function parquetBytes(columns: readonly TableColumn[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const buffer = parquetWriteBuffer({
    columnData: columns.map((column) => ({
      name: column.name,
      ...dataOf(column),
    })),
    createdBy: 'ktrdr',
  })
  return new Uint8Array(buffer)
}

function dataOf(column: TableColumn) {
  const nullable = false
  if ('texts' in column) return { data: [...column.texts], type: 'STRING' as const, nullable }
  if ('timestampMs' in column) {
    const moments = Array.from(column.timestampMs, (ms) => (Number.isNaN(ms) ? null : new Date(ms)))
    return { data: moments, type: 'TIMESTAMP' as const, nullable: moments.includes(null) }
  }
  const { values } = column
  if (values instanceof Float64Array) return { data: values, type: 'DOUBLE' as const, nullable }
  if (values instanceof Float32Array) return { data: values, type: 'FLOAT' as const, nullable }
  return { data: values, type: 'INT32' as const, nullable }
}
