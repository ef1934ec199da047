import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import type { SchemaElement } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import type { ReadOptions } from '../../../src/data/collect-bars.ts'
import { readBars } from '../../../src/data/read-bars.ts'
import { readCsvBars } from '../../../src/data/read-csv.ts'
import { barsOfRows, csvText, sp500Rows, tempFile } from '../../support/csv-files.ts'
import { loadBars } from '../../support/load-bars.ts'
import { parquetFixture, tempParquet, type ParquetColumns } from '../../support/parquet-files.ts'

const rows = sp500Rows(20)
const expected = barsOfRows(rows)
const { timestampMs } = expected
const prices = [
  { name: 'open', data: expected.open },
  { name: 'high', data: expected.high },
  { name: 'low', data: expected.low },
  { name: 'close', data: expected.close },
]
const volume = { name: 'volume', data: expected.volume }
const stamps = { name: 'date', data: timestampMs, type: 'TIMESTAMP' as const }

/** A file whose stamps are stored as `element` says. */
function withStamps(element: Omit<SchemaElement, 'name'>, data: ArrayLike<unknown>): string {
  const numbers = [...prices, volume]
  return tempParquet([{ name: 'date', data: data as number[] }, ...numbers], {
    schema: [
      { name: 'root', num_children: 6 },
      { name: 'date', repetition_type: 'REQUIRED', ...element },
      ...numbers.map(
        ({ name }) => ({ name, type: 'DOUBLE', repetition_type: 'REQUIRED' }) as const,
      ),
    ],
  })
}

async function refusal(path: string, options?: ReadOptions): Promise<KtrdrError> {
  const error: unknown = await readBars(path, options).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof KtrdrError) return error
  throw new Error(`expected a refusal, got ${String(error)}`)
}

const withOpen = (data: unknown[]): ParquetColumns => [
  stamps,
  { name: 'open', data },
  ...prices.slice(1),
  volume,
]

describe('readBars of Parquet', () => {
  it('gives what the CSV file gives, bit for bit, with rows for lines', async () => {
    const csv = await readCsvBars(tempFile(csvText(rows)))
    const parquet = await readBars(tempParquet([stamps, ...prices, volume]))
    expect(parquet).toEqual({ ...csv, lines: Int32Array.from(rows, (_, i) => i + 1) })
    expect(parquet.bars).toEqual(expected)
  })

  it.each([
    'pandas-unnamed-index',
    'pandas-int96-gzip',
    'pyarrow-row-groups-zstd',
    'pandas-dates-brotli-nested',
    'pyarrow-decimals',
  ])('reads %s as other programs write it', async (name) => {
    const { bars, columns } = await readBars(parquetFixture(name))
    expect(bars).toEqual(expected)
    expect(columns.ignored, 'lists and records are not seen').toEqual([])
  })

  const integers = (by: bigint) => BigInt64Array.from(timestampMs, (ms) => BigInt(ms) * by)
  const logical = (unit: 'MILLIS' | 'MICROS' | 'NANOS', isAdjustedToUTC = true) =>
    ({ type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit } }) as const

  it.each<[string, Omit<SchemaElement, 'name'>, ArrayLike<unknown>]>([
    ['milliseconds', logical('MILLIS'), integers(1n)],
    ['microseconds', logical('MICROS'), integers(1000n)],
    ['nanoseconds', logical('NANOS'), integers(1_000_000n)],
    [
      'nanoseconds without a time zone, which are UTC',
      logical('NANOS', false),
      integers(1_000_000n),
    ],
    [
      'milliseconds as old writers mark them',
      { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
      integers(1n),
    ],
    [
      'days',
      { type: 'INT32', converted_type: 'DATE' },
      Int32Array.from(timestampMs, (ms) => ms / 86_400_000),
    ],
    ['whole numbers that are epoch milliseconds', { type: 'INT64' }, integers(1n)],
    [
      'fractional numbers that are epoch seconds',
      { type: 'DOUBLE' },
      timestampMs.map((ms) => ms / 1000),
    ],
    ['ISO texts', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, rows.map(([date]) => date)],
  ])('reads stamps in %s', async (_, element, data) => {
    const { bars } = await readBars(withStamps(element, data))
    expect(bars).toEqual(expected)
  })

  it('cuts nanoseconds and moments before 1970 down to the millisecond', async () => {
    const nanos = BigInt64Array.from([-1n, 999_999n, 1_600_000_000_123_456_789n])
    const path = tempParquet(
      [
        { name: 'date', data: nanos },
        ...prices.map(({ name }) => ({ name, data: Float64Array.of(1, 1, 1) })),
      ],
      {
        schema: [
          { name: 'root', num_children: 5 },
          { name: 'date', repetition_type: 'REQUIRED', ...logical('NANOS') },
          ...prices.map(
            ({ name }) => ({ name, type: 'DOUBLE', repetition_type: 'REQUIRED' }) as const,
          ),
        ],
      },
    )
    const { bars } = await readBars(path)
    expect([...bars.timestampMs]).toEqual([-1, 0, 1_600_000_000_123])
  })

  it.each(['SNAPPY', 'UNCOMPRESSED', 'GZIP', 'BROTLI', 'ZSTD'] as const)(
    'reads pages compressed with %s',
    async (codec) => {
      const compressors = {
        GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
        BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliCompressSync(bytes)),
        ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes)),
      }
      const path = tempParquet([stamps, ...prices, volume], { codec, compressors })
      expect((await readBars(path)).bars).toEqual(expected)
    },
  )

  it('says which compression it does not know', async () => {
    const compressors = { LZ4_RAW: (bytes: Uint8Array) => bytes }
    const path = tempParquet([stamps, ...prices], { codec: 'LZ4_RAW', compressors })
    const { code, message, suggestions } = await refusal(path)
    expect([code, message]).toEqual([
      'DATA_INVALID',
      `${path} is compressed with LZ4_RAW, which is not known.`,
    ])
    expect(suggestions[0]).toContain('zstd')
  })

  it('reads whole numbers of 64 bits, float32 and texts as the numbers they are', async () => {
    const path = tempParquet([
      stamps,
      { name: 'Open', data: rows.map((row) => row[1]) },
      { name: 'HIGH', data: Float32Array.from(expected.high) },
      ...prices.slice(2),
      { name: 'Volume', data: BigInt64Array.from(expected.volume, BigInt) },
    ])
    const { bars, columns } = await readBars(path)
    expect(bars).toEqual({ ...expected, high: Float64Array.from(Float32Array.from(expected.high)) })
    expect([columns.open, columns.high, columns.volume]).toEqual(['Open', 'HIGH', 'Volume'])
  })

  it('has volume 0 where the file has none, and for a negative one', async () => {
    const without = await readBars(tempParquet([stamps, ...prices]))
    expect(without.bars.volume).toEqual(new Float64Array(20))
    expect(without.columns.volume).toBeUndefined()
    const negative = await readBars(
      tempParquet([stamps, ...prices, { name: 'volume', data: expected.volume.map(() => -1) }]),
    )
    expect([negative.bars.volume, negative.negativeVolumes]).toEqual([new Float64Array(20), 20])
  })

  it('reads groups of any size the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 25 }), async (rowGroupSize) => {
        const path = tempParquet([stamps, ...prices, volume], { rowGroupSize, pageSize: 64 })
        expect((await readBars(path)).bars).toEqual(expected)
      }),
      { numRuns: 10 },
    )
  })

  it('is known by its bytes, whatever it is called', async () => {
    const path = tempFile(readFileSync(parquetFixture('pandas-unnamed-index')), 'bars.csv')
    expect((await readBars(path)).bars).toEqual(expected)
    const csv = tempFile(csvText(rows), 'bars.parquet')
    expect((await readBars(csv)).bars).toEqual(expected)
  })

  it('is loaded like a CSV file, warnings with rows', async () => {
    const gap = timestampMs.map((ms, i) => (i < 15 ? ms : ms + 30 * 86_400_000))
    const path = tempParquet([{ ...stamps, data: gap }, ...prices])
    const { warnings } = await loadBars(path)
    expect(warnings).toEqual([
      `${path} has no volume column: volume is 0.`,
      `${path}:16: 1 gap in the bars, the largest of 31 days from 2000-01-24 to 2000-02-24.`,
    ])
  })
})

describe('readBars of Parquet refuses', () => {
  const opens = [...expected.open] as unknown[]

  it.each<[string, unknown, RegExp]>([
    [
      'no value',
      null,
      /:8: open is empty, expected a plain number .+; correct or remove the row\.$/,
    ],
    ['NaN', NaN, /:8: open is "NaN"/],
    ['infinity', -Infinity, /:8: open is "-Infinity"/],
  ])('%s among the prices, with its row', async (_, value, message) => {
    const error = await refusal(tempParquet(withOpen(opens.with(7, value))))
    expect([error.code, error.exitCode]).toEqual(['DATA_INVALID', 7])
    expect(error.message).toMatch(message)
  })

  it('a stamp that is missing, and stamps of two kinds', async () => {
    const at = (i: number, value: unknown, data: unknown[]) =>
      refusal(tempParquet([{ name: 'date', data: data.with(i, value) }, ...prices]))
    const dates = [...timestampMs].map((ms) => new Date(ms))
    expect((await at(3, null, dates)).message).toMatch(/:4: the timestamp is empty\.$/)
    const texts = rows.map(([date]) => date)
    expect((await at(3, '2000-01-06T00:00Z', texts)).message).toMatch(
      /:4: "2000-01-06T00:00Z" is an ISO date with offset, expected an ISO date without offset/,
    )
  })

  it('columns that are not there, or there twice', async () => {
    const { message } = await refusal(tempParquet([stamps, ...prices.slice(0, 3)]))
    expect(message).toContain(
      'the schema has no close column (it has "date", "open", "high", "low"), expected date,open',
    )
    const twice = await refusal(tempParquet([stamps, ...prices, { ...prices[0]!, name: 'O' }]))
    expect(twice.message).toContain('"open" and "O" both name the open column')
  })

  it('nothing behind the last bar in use', async () => {
    const path = tempParquet(withOpen(opens.with(10, null)))
    const { bars } = await readBars(path, { lastMs: timestampMs[9]! })
    expect(bars.length, 'rows 1 … 10, and those that are sound behind').toBe(19)
    expect((await refusal(path, { lastMs: timestampMs[10]! })).message).toContain(
      ':11: open is empty',
    )
  })

  it('more rows than it can hold', async () => {
    const { message } = await refusal(tempParquet([stamps, ...prices]), { maxRows: 19 })
    expect(message).toContain('has 20 bars, more than the 19 that are held in memory')
  })

  it('any damage with an error that names the file', async () => {
    const whole = readFileSync(parquetFixture('pyarrow-row-groups-zstd'))
    const read = async (bytes: Uint8Array): Promise<unknown> => {
      const path = tempFile(bytes, 'bars.parquet')
      const error: unknown = await readBars(path).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (error === undefined) return undefined // a byte that no bar depends on
      expect(error).toBeInstanceOf(KtrdrError)
      expect([(error as KtrdrError).code, (error as KtrdrError).message]).toEqual([
        'DATA_INVALID',
        expect.stringContaining(path),
      ])
      return error
    }
    for (const length of [4, 8, 11, 12, 100, whole.length - 1, whole.length - 8])
      expect(await read(whole.subarray(0, length)), `cut to ${length} bytes`).toBeDefined()
    const circle = Uint8Array.from(whole).with(16, whole[16]! ^ 128)
    expect(String(await read(circle)), 'taken at its word it would be read for ever').toContain(
      'a page is encoded in no known way',
    )
    for (let at = 4; at < whole.length; at += 37) {
      const bytes = Uint8Array.from(whole)
      bytes[at]! ^= 1 << (at % 8)
      await read(bytes)
    }
  })
})
