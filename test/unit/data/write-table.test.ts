import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { readBars } from '../../../src/data/read-bars.ts'
import { tableFormat, writeTable, type TableColumn } from '../../../src/data/write-table.ts'
import { barsOfRows, sp500Rows, tempDirectory } from '../../support/csv-files.ts'

const days = Float64Array.of(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2))
const moments = Float64Array.of(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2, 9, 30, 0, 250))
const COLUMNS: readonly TableColumn[] = [
  { name: 'date', timestampMs: days },
  { name: 'moment', timestampMs: moments },
  { name: 'double', values: Float64Array.of(0.1 + 0.2, NaN) },
  { name: 'float', values: Float32Array.of(0.1, -0) },
  { name: 'whole', values: Int32Array.of(7, -1) },
  { name: 'text, "quoted"', texts: ['a,b', 'say "no"\nmore'] },
]
const CSV = `date,moment,double,float,whole,"text, ""quoted"""
2024-01-01,2024-01-01T00:00:00Z,0.30000000000000004,0.10000000149011612,7,"a,b"
2024-01-02,2024-01-02T09:30:00.250Z,,-0,-1,"say ""no""\nmore"
`

const place = (name: string) => join(tempDirectory(), name)

async function refusal(writing: Promise<void>): Promise<KtrdrError> {
  const error: unknown = await writing.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof KtrdrError) return error
  throw new Error(`expected a refusal, got ${String(error)}`)
}

describe('writeTable', () => {
  it('writes CSV with days, moments, empty cells for NaN, and quotes where they are needed', async () => {
    const path = place('table.csv')
    await writeTable(path, COLUMNS)
    expect(readFileSync(path, 'utf8')).toBe(CSV)
    expect(readdirSync(dirname(path)), 'nothing is left beside it').toEqual(['table.csv'])
  })

  it('writes the same through gzip, the same bytes each time', async () => {
    const [path, again] = [place('table.csv.gz'), place('table.CSV.GZ')]
    await writeTable(path, COLUMNS)
    await writeTable(again, COLUMNS)
    expect(gunzipSync(readFileSync(path)).toString()).toBe(CSV)
    expect(readFileSync(again)).toEqual(readFileSync(path))
  })

  it('writes Parquet with instants, numbers of their width and texts', async () => {
    const path = place('table.parquet')
    await writeTable(path, COLUMNS)
    const { buffer } = new Uint8Array(readFileSync(path))
    const [first, second] = await parquetReadObjects({ file: buffer })
    expect(first).toEqual({
      date: new Date('2024-01-01'),
      moment: new Date('2024-01-01'),
      double: 0.1 + 0.2,
      float: Math.fround(0.1),
      whole: 7,
      'text, "quoted"': 'a,b',
    })
    expect([second!['double'], second!['float']]).toEqual([NaN, -0])
  })

  it.each(['csv', 'csv.gz', 'parquet'])('gives every float64 back from %s', async (ending) => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(values, async (numbers) => {
        const path = place(`table.${ending}`)
        await writeTable(path, [{ name: 'x', values: Float64Array.from(numbers) }])
        const bytes = new Uint8Array(readFileSync(path))
        const text = (): string =>
          Buffer.from(ending === 'csv' ? bytes : gunzipSync(bytes)).toString()
        const found =
          ending === 'parquet'
            ? (await parquetReadObjects({ file: bytes.buffer })).map((row) => row['x'] as number)
            : Papa.parse<string[]>(text().trim())
                .data.slice(1)
                .map(([cell]) => Number(cell))
        expect(found).toEqual(numbers)
      }),
      { numRuns: 30 },
    )
  })

  it.each(['csv', 'csv.gz', 'parquet'])(
    'writes bars to %s that are read as they were',
    async (ending) => {
      const path = place(`bars.${ending}`)
      const bars = barsOfRows(sp500Rows(5000))
      await writeTable(path, [
        { name: 'date', timestampMs: bars.timestampMs },
        ...(['open', 'high', 'low', 'close', 'volume'] as const).map((name) => ({
          name,
          values: bars[name],
        })),
      ])
      expect((await readBars(path)).bars).toEqual(bars)
    },
  )

  it('writes over a file only when it is told to', async () => {
    const path = place('table.csv')
    writeFileSync(path, 'precious')
    const error = await refusal(writeTable(path, COLUMNS))
    expect([error.code, error.exitCode, error.message]).toEqual([
      'USAGE',
      2,
      `${path} exists already.`,
    ])
    expect(error.suggestions).toEqual(['--force'])
    expect(readFileSync(path, 'utf8')).toBe('precious')
    await writeTable(path, COLUMNS, { force: true })
    expect(readFileSync(path, 'utf8')).toBe(CSV)
  })

  it('leaves a moment out that is none', async () => {
    const directory = tempDirectory()
    const end = { name: 'end', timestampMs: Float64Array.of(86_400_000, NaN) }
    await writeTable(join(directory, 'end.csv'), [end])
    expect(readFileSync(join(directory, 'end.csv'), 'utf8')).toBe('end\n1970-01-02\n\n')
    await writeTable(join(directory, 'end.parquet'), [end])
    const file = await asyncBufferFromFile(join(directory, 'end.parquet'))
    expect(await parquetReadObjects({ file })).toEqual([
      { end: new Date(86_400_000) },
      { end: null },
    ])
  })

  it('leaves nothing behind when it cannot write', async () => {
    const directory = tempDirectory()
    const missing = join(directory, 'none', 'table.csv')
    const error = await refusal(writeTable(missing, COLUMNS))
    expect([error.message, error.suggestions]).toEqual([
      `There is no directory ${dirname(missing)}.`,
      [`mkdir -p ${dirname(missing)}`],
    ])
    const broken = { name: 'date', timestampMs: Float64Array.of(0, Infinity) }
    await expect(writeTable(join(directory, 'table.csv'), [broken])).rejects.toThrow(RangeError)
    await expect(writeTable(join(directory, 'table.csv.gz'), [broken])).rejects.toThrow(RangeError)
    expect(readdirSync(directory)).toEqual([])
    expect(existsSync(missing)).toBe(false)
  })
})

describe('tableFormat', () => {
  it.each([
    ['a.csv', 'csv'],
    ['a.b.csv.gz', 'csv.gz'],
    ['A.PARQUET', 'parquet'],
  ])('takes %s for %s', (path, format) => expect(tableFormat(path)).toBe(format))

  it('refuses other names and directories before any work is done', () => {
    expect(() => tableFormat('dir/table.xlsx')).toThrow(
      'dir/table.xlsx does not end in .csv, .csv.gz or .parquet.',
    )
    const directory = place('bars.csv')
    mkdirSync(directory)
    expect(() => tableFormat(directory, { force: true })).toThrow('is a directory')
  })
})
