// Files that are made to fill memory or time: the program says what is wrong with them, soon, and within 256 MiB.

import { closeSync, ftruncateSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { grouped } from '../../src/core/text.ts'
import { measured, type Measured } from '../support/measured.ts'
import { directoriesOfFile } from '../support/spawned.ts'

const directory = directoriesOfFile()
const cwd = directory('work')
const MOST_MIB = 256
const MIB = 2 ** 20
const HEADER = 'timestamp,open,high,low,close,volume\n'

function fileOf(name: string, ...pieces: readonly (Uint8Array | string)[]): string {
  writeFileSync(join(cwd, name), Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))))
  return name
}

/** Members of a gzip file may follow each other: so many times a MiB of `text`, after a header. */
function bombOf(name: string, text: string, mebibytes: number, header = HEADER): string {
  const member = gzipSync(text.repeat(MIB / text.length), { level: 9 })
  return fileOf(name, gzipSync(header), ...Array<Buffer>(mebibytes).fill(member))
}

/** A file that is larger than it is on the disk: NUL bytes after its beginning. */
function sparseOf(name: string, beginning: string, bytes: number): string {
  const fd = openSync(join(cwd, name), 'w')
  writeSync(fd, beginning)
  ftruncateSync(fd, bytes)
  closeSync(fd)
  return name
}

async function withinMemory(args: readonly string[], exitCode: number): Promise<Measured> {
  const result = await measured(args, { dataDir: directory('data'), cwd })
  expect(result.code, result.stderr).toBe(exitCode)
  expect(result.peakMiB, 'it says its peak').toBeGreaterThan(1)
  expect(result.peakMiB).toBeLessThan(MOST_MIB)
  return result
}

async function refusal(file: string): Promise<string> {
  const { stdout, stderr } = await withinMemory(['data', 'check', file], 7)
  expect(stderr).toContain('Code: DATA_INVALID')
  return stdout
}

describe.concurrent('a CSV file', () => {
  it.each<[string, () => string, string]>([
    ['of one line of 1 GiB', () => bombOf('line.csv.gz', '1', 1024), 'longer than 65536'],
    ['of one line of 8 GB', () => sparseOf('nul.csv', HEADER, 8e9), 'longer than 65536'],
    ['of a header of a million names', () => fileOf('names.csv', ',a'.repeat(1e6)), ':1: the line'],
    [
      'of one cell of 60 000 digits',
      () => fileOf('cell.csv', `${HEADER}2020-01-01,${'9'.repeat(60_000)},1,1,1,1\n`),
      ':2: open is "9999',
    ],
    [
      'of a quote that never ends',
      () => fileOf('quote.csv', `${HEADER}2020-01-01,"`, '9\n'.repeat(6e6)),
      ':2: a quoted field does not end',
    ],
    ['of 256 MiB of empty lines', () => bombOf('blank.csv.gz', '\n', 256), 'more than 50 times'],
    [
      'of 256 MiB of lines that are no bars',
      () => bombOf('rows.csv.gz', 'x,y,z,w\n', 256),
      'more than 50 times',
    ],
    [
      'of 256 MiB of the same bar',
      () => bombOf('bar.csv.gz', `2020-01-01,1,1,1,1,${'1'.repeat(44)}\n`, 256),
      'more than 50 times',
    ],
    [
      'of 16 million bars, packed',
      () => {
        const rows = Array.from(
          { length: 40_000 },
          (_, i) => `2020-01-01,1,1,1,1,${(Math.imul(i, 0x9e3779b1) >>> 0) % 1_000_000}\n`,
        )
        const member = gzipSync(rows.join(''))
        return fileOf('many.csv.gz', gzipSync(HEADER), ...Array<Buffer>(400).fill(member))
      },
      'is there twice',
    ],
    [
      'of numbers that are none',
      () => fileOf('inf.csv', `${HEADER}2020-01-01,1e999,1,1,1,1\n`),
      '',
    ],
  ])('%s', async (_, make, message) => {
    expect(await refusal(make())).toContain(message)
  })
})

const DAYS = 20_834 // of 1 440 minutes: 30 million
const FIRST_DAY = Date.UTC(1970, 0, 1)
const dayOf = (day: number): string =>
  new Date(FIRST_DAY + day * 86_400_000).toISOString().slice(0, 10)

function thirtyMillionMinutes(): string {
  const minutes = Array.from({ length: 1440 }, (_, minute) => {
    const [hours, rest] = [Math.floor(minute / 60), minute % 60].map((n) =>
      String(n).padStart(2, '0'),
    )
    return `YYYY-MM-DD ${hours}:${rest},1,1,1,1\n`
  })
  const day = Buffer.from(minutes.join(''))
  const width = minutes[0]!.length
  const fd = openSync(join(cwd, 'minutes.csv'), 'w')
  writeSync(fd, 'timestamp,open,high,low,close\n')
  for (let d = 0; d < DAYS; d++) {
    const date = Buffer.from(dayOf(d))
    for (let at = 0; at < day.length; at += width) day.set(date, at)
    writeSync(fd, day)
  }
  closeSync(fd)
  return 'minutes.csv'
}

describe('thirty million bars of one minute', () => {
  beforeAll(() => void thirtyMillionMinutes())
  afterAll(() => rmSync(join(cwd, 'minutes.csv')))

  it('are refused, with a part that fits', async () => {
    const said = await refusal('minutes.csv')
    expect(said).toContain(`has ${grouped(DAYS * 1440)} bars, more than the 10 000 000`)
    const [, start] = /--start (\d{4}-\d\d-\d\d[T0-9:Z]*)/.exec(said) ?? []
    const bars = (FIRST_DAY + DAYS * 86_400_000 - Date.parse(start!)) / 60_000
    expect(bars, 'the last ten million, or a little less').toBeLessThanOrEqual(10_000_000)
    expect(bars).toBeGreaterThan(9_900_000)
  })

  it('can be cut: what is out of the range is not held', async () => {
    const range = ['--start', dayOf(DAYS - 30), '--end', dayOf(DAYS - 11)]
    const convert = ['data', 'convert', 'minutes.csv', 'part.csv', ...range]
    const { stdout } = await withinMemory([...convert, '--json'], 0)
    expect(JSON.parse(stdout)).toMatchObject({ bars: 20 * 1440 })
  })

  it('can be traded up to an early end', async () => {
    const rules = `name: minutes
training_data:
  symbols: { mode: single, symbol: X }
  timeframes: { mode: single, timeframe: 1m }
rules:
  long: { enter: close > 2, exit: close < 1 }
`
    fileOf('minutes.yaml', rules)
    const backtest = ['backtest', 'minutes.yaml', '--data', 'minutes.csv', '--end', dayOf(9)]
    const { stdout } = await withinMemory([...backtest, '--json'], 0)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'completed' })
  })
})

const bars = (rows: number) => [
  {
    name: 'timestamp',
    data: BigInt64Array.from(
      { length: rows },
      (_, row) => 1_600_000_000_000n + BigInt(row) * 60_000n,
    ),
  },
  ...['open', 'high', 'low', 'close'].map((name) => ({
    name,
    data: new Float64Array(rows).fill(7),
  })),
]

/** Zeros that pack to next to nothing. */
const ZEROS = new Uint8Array(256 * MIB)
/** Each packs whatever it is given to a page that says so, and unpacks to 256 MiB. */
const BOMBS = {
  GZIP: () => Buffer.concat(Array<Buffer>(256).fill(gzipSync(ZEROS.subarray(0, MIB)))),
  BROTLI: () => brotliCompressSync(ZEROS, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  ZSTD: () => zstdCompressSync(ZEROS),
}

/** The first price is a text of zeros in each row. */
function textsOf(name: string, rows: number, characters: number): string {
  const [stamps, open, ...others] = bars(rows)
  const texts = Array<string>(rows).fill('0'.repeat(characters))
  const columnData = [
    stamps!,
    { name: open!.name, data: texts, type: 'STRING' as const, encoding: 'PLAIN' as const },
    ...others,
  ]
  const compressors = { ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes)) }
  const options = { codec: 'ZSTD' as const, compressors, statistics: false, pageSize: MIB }
  return fileOf(name, new Uint8Array(parquetWriteBuffer({ columnData, ...options })))
}

/** Thrift's varint. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]
}

/** A file whose metadata is `record`, whatever that says. */
function parquetOf(name: string, record: readonly number[] | Uint8Array): string {
  const length = new Uint8Array(Uint32Array.of(record.length).buffer)
  return fileOf(name, 'PAR1', Uint8Array.from(record), length, 'PAR1')
}

const LIST_FIELD = 0x19 // field 1, a list
const listOf = (count: number, type: number): number[] => [0xf0 | type, ...varint(count)]

describe('a page of a Parquet file', () => {
  it.each(['GZIP', 'BROTLI', 'ZSTD'] as const)(
    'that unpacks to far more than it says is stopped there: %s',
    async (codec) => {
      const columnData = bars(1000)
      const written = parquetWriteBuffer({ columnData, codec, compressors: BOMBS })
      const said = await refusal(fileOf(`${codec}.parquet`, new Uint8Array(written)))
      expect(said).toContain('its Parquet data does not unpack')
    },
  )

  it('that says that it unpacks to far more than it has is not unpacked', async () => {
    const said = await refusal(textsOf('page.parquet', 2, 100 * MIB))
    expect(said).toContain('a row group unpacks to more than 100 times its size')
  })

  it('is one of many that are harmless by themselves only', async () => {
    const said = await refusal(textsOf('pages.parquet', 300, MIB))
    expect(said).toContain('a row group unpacks to more than 100 times its size')
  })
})

describe.concurrent('a Parquet file', () => {
  it.each<[string, () => string, string]>([
    [
      'of lists that claim 30 million lists each',
      () =>
        parquetOf('lists.parquet', [
          LIST_FIELD,
          ...Array.from({ length: 50_000 }, () => listOf(30_000_000, 9)).flat(),
        ]),
      'more values than bytes',
    ],
    [
      'of lists in lists in lists',
      () => parquetOf('deep.parquet', [LIST_FIELD, ...Array<number>(100_000).fill(0x19)]),
      'nested too deep',
    ],
    [
      'of ten million records of nothing',
      () =>
        parquetOf('nothing.parquet', [LIST_FIELD, ...listOf(1e7, 12)].concat(Array(1e7).fill(0))),
      'more than 1000000 values',
    ],
    [
      'of a number that does not end',
      () => parquetOf('number.parquet', [0x16, ...Array<number>(1e6).fill(0x80)]),
      'a number of it does not end',
    ],
    [
      'of 200 MB of metadata',
      () => {
        const name = sparseOf('metadata.parquet', 'PAR1', 2e8)
        const fd = openSync(join(cwd, name), 'a')
        writeSync(fd, new Uint8Array(Uint32Array.of(2e8 - 100).buffer))
        writeSync(fd, 'PAR1')
        closeSync(fd)
        return name
      },
      'its metadata has 199999900 bytes',
    ],
    [
      'of 20 million rows in no bytes',
      () => {
        const columnData = bars(20_000).map(({ name }) => ({
          name,
          data: new Int32Array(20_000_000),
          encoding: 'RLE_DICTIONARY' as const,
        }))
        const written = new Uint8Array(
          parquetWriteBuffer({ columnData, codec: 'SNAPPY', statistics: false }),
        )
        return fileOf('rows.parquet', written)
      },
      'it claims 20000000 rows',
    ],
  ])('%s', async (_, make, message) => {
    expect(await refusal(make())).toContain(message)
  })
})
