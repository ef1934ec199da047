// A Parquet file as flat columns of plain values, a row group at a time. Instants come as UTC milliseconds, whatever
// they are stored as (INT64 of any unit, INT96, DATE); columns of lists and records are not seen.
// Format: https://parquet.apache.org/docs/file-format/

import type { FileHandle } from 'node:fs/promises'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { AsyncBuffer, Compressors, FileMetaData, SchemaElement } from 'hyparquet'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { checkMetadata, checkPages } from './check-parquet.ts'
import { openRegularFile, readError } from './open-file.ts'
import { DAY_MS } from './timestamp.ts'

export type ParquetColumn = {
  readonly name: string
  /** Its values are UTC milliseconds. */
  readonly isInstant: boolean
}

/** Number, bigint, string, boolean, bytes; null or undefined where there is none. */
export type ParquetValue = unknown

export type RowGroup = {
  readonly rows: number
  /** One for each of the columns that were asked for. */
  readonly columns: readonly ArrayLike<ParquetValue>[]
}

export type ParquetFile = {
  readonly columns: readonly ParquetColumn[]
  readonly rows: number
  /** Rows of the largest row group: they are unpacked together. */
  readonly largestGroup: number
  /** @throws DATA_INVALID when the file is damaged or compressed in a way that is not known */
  readonly rowGroups: (names: readonly string[]) => AsyncGenerator<RowGroup>
}

const NS_PER_MS = 1_000_000n
const US_PER_MS = 1000n

/** Snappy is the library's own. */
const DECOMPRESS: Compressors = {
  GZIP: (bytes, size) => gunzipSync(bytes, upTo(size)),
  BROTLI: (bytes, size) => brotliDecompressSync(bytes, upTo(size)),
  ZSTD: (bytes, size) => zstdDecompressSync(bytes, upTo(size)),
}

/** A page that unpacks to more than its header says is not unpacked to the end. */
function upTo(bytes: number): { readonly maxOutputLength: number } {
  return { maxOutputLength: Math.max(1, bytes) }
}

/** Instants as milliseconds; the largest file of nanoseconds is no place for a million Dates. */
const INSTANTS = {
  timestampFromMilliseconds: (millis: bigint) => millis && Number(millis),
  timestampFromMicroseconds: (micros: bigint) => micros && floorDivided(micros, US_PER_MS),
  timestampFromNanoseconds: (nanos: bigint) => nanos && floorDivided(nanos, NS_PER_MS),
  dateFromDays: (days: number) => days && days * DAY_MS,
}

function floorDivided(value: bigint, by: bigint): number {
  const quotient = value / by
  return Number(quotient * by > value ? quotient - 1n : quotient)
}

/** Opens the file for `work` and closes it however that ends. */
export async function withParquet<Result>(
  path: string,
  work: (file: ParquetFile) => Promise<Result>,
): Promise<Result> {
  const handle = await openRegularFile(path)
  try {
    return await work(await parquetFile(handle, path))
  } finally {
    await handle.close()
  }
}

async function parquetFile(handle: FileHandle, path: string): Promise<ParquetFile> {
  const { parquetMetadataAsync } = await import('hyparquet')
  const file = await bufferOf(handle)
  await orDamaged(path, checkMetadata(file))
  const metadata = await orDamaged(path, parquetMetadataAsync(file, { geoparquet: false }))
  return {
    columns: await orDamaged(path, flatColumns(metadata)),
    rows: Number(metadata.num_rows),
    largestGroup: metadata.row_groups.reduce(
      (most, { num_rows: n }) => Math.max(most, Number(n)),
      0,
    ),
    rowGroups: (names) => readRowGroups(path, file, metadata, names),
  }
}

async function bufferOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size: byteLength } = await handle.stat()
  return {
    byteLength,
    slice: async (start, end = byteLength) => {
      const { buffer, bytesRead } = await handle.read(
        new Uint8Array(end - start),
        0,
        end - start,
        start,
      )
      return buffer.buffer.slice(0, bytesRead)
    },
  }
}

async function flatColumns({ schema }: FileMetaData): Promise<ParquetColumn[]> {
  const columns: ParquetColumn[] = []
  let next = 1 // the root is first
  for (let child = 0; child < (schema[0]?.num_children ?? 0); child++) {
    const element = schema[next]
    if (typeof element?.name !== 'string') throw new Error('a column has no name')
    if (!element.num_children && element.repetition_type !== 'REPEATED')
      columns.push({ name: element.name, isInstant: isInstant(element) })
    next = afterSubtree(schema, next)
  }
  return columns
}

/** Elements stand in the order of a depth-first walk. */
function afterSubtree(schema: readonly SchemaElement[], at: number): number {
  let next = at + 1
  for (let child = 0; child < (schema[at]?.num_children ?? 0); child++)
    next = afterSubtree(schema, next)
  return next
}

function isInstant({ type, converted_type: converted, logical_type: logical }: SchemaElement) {
  return (
    type === 'INT96' ||
    logical?.type === 'TIMESTAMP' ||
    logical?.type === 'DATE' ||
    converted === 'DATE' ||
    converted === 'TIMESTAMP_MILLIS' ||
    converted === 'TIMESTAMP_MICROS'
  )
}

async function* readRowGroups(
  path: string,
  file: AsyncBuffer,
  metadata: FileMetaData,
  names: readonly string[],
): AsyncGenerator<RowGroup> {
  const { parquetRead } = await import('hyparquet')
  await orDamaged(path, checkPages(file, metadata, names))
  let rowStart = 0
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows)
    const parts = new Map<string, ArrayLike<ParquetValue>[]>(names.map((name) => [name, []]))
    const reading = parquetRead({
      file,
      metadata,
      columns: [...names],
      rowStart,
      rowEnd: rowStart + rows,
      compressors: DECOMPRESS,
      parsers: INSTANTS,
      geoparquet: false,
      onChunk: ({ columnName, columnData }) => parts.get(columnName)!.push(columnData),
    })
    await orDamaged(path, reading)
    const columns = names.map((name) => {
      const pages = parts.get(name)!
      const values = pages.length === 1 ? pages[0]! : pages.flatMap((page) => Array.from(page))
      return exactDecimals(values, metadata.schema, name)
    })
    if (columns.some((values) => values.length !== rows))
      throw damaged(path, new Error('its columns differ in length'))
    yield { rows, columns }
    rowStart += rows
  }
}

/** Decimals come multiplied by a power of ten that is not exact; the number nearest to the decimal is meant. */
function exactDecimals(
  values: ArrayLike<ParquetValue>,
  schema: readonly SchemaElement[],
  name: string,
): ArrayLike<ParquetValue> {
  const element = schema.find((one) => one.name === name && one.converted_type === 'DECIMAL')
  if (!element) return values
  return Array.from(values, (value) =>
    typeof value === 'number' ? Number(value.toFixed(element.scale ?? 0)) : value,
  )
}

async function orDamaged<Read>(path: string, reading: Promise<Read>): Promise<Read> {
  try {
    return await reading
  } catch (error) {
    throw isErrno(error) ? readError(path, error) : damaged(path, error)
  }
}

/** EIO, EISDIR …, but not ERR_OUT_OF_RANGE, which a wrong size in the file comes to. */
function isErrno(error: unknown): boolean {
  return /^E(?!RR_)/.test(systemCode(error) ?? '')
}

function damaged(path: string, error: unknown): KtrdrError {
  const reason = error instanceof Error ? error.message : String(error)
  const codec = /unsupported compression codec: ([A-Z]\w*)/.exec(reason)?.[1]
  if (codec !== undefined)
    return new KtrdrError(
      'DATA_INVALID',
      `${path} is compressed with ${codec}, which is not known.`,
      { suggestions: ['Write it again with snappy, gzip, brotli or zstd, or as CSV.'] },
    )
  return new KtrdrError(
    'DATA_INVALID',
    `${path} is damaged: its Parquet data does not unpack (${reason}).`,
    { suggestions: ['Copy or write the file again.'], cause: error },
  )
}
