// CSV text and files for tests. Files live in a temporary directory that goes when the test ends.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Bars } from '../../src/data/bars.ts'

export const SP500_CSV = fileURLToPath(new URL('../../examples/data/sp500-1d.csv', import.meta.url))
export const CSV_HEADER = 'date,open,high,low,close,volume'

export type CsvRow = readonly [
  date: string,
  open: string,
  high: string,
  low: string,
  close: string,
  volume: string,
]

/** The first rows of the S&P 500 example, as text. */
export function sp500Rows(count: number): CsvRow[] {
  const lines = readFileSync(SP500_CSV, 'utf8').split('\n')
  return lines.slice(1, count + 1).map((line) => line.split(',') as unknown as CsvRow)
}

/** What a file with these rows must be read as, worked out with none of the code under test. */
export function barsOfRows(rows: readonly CsvRow[]): Bars {
  const column = (field: number) => Float64Array.from(rows, (row) => Number(row[field]))
  return {
    length: rows.length,
    timestampMs: Float64Array.from(rows, ([date]) => Date.parse(`${date}T00:00:00Z`)),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  }
}

export function csvText(rows: readonly (readonly string[])[], header = CSV_HEADER): string {
  return `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`
}

export function tempDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ktrdr-csv-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export function tempFile(content: string | Uint8Array, name = 'bars.csv'): string {
  const path = join(tempDirectory(), name)
  writeFileSync(path, content)
  return path
}

/** `bytes` in pieces that end before each of `cuts`. */
export async function* piecesOf(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
): AsyncGenerator<Uint8Array> {
  const ends = [...cuts, bytes.length].toSorted((a, b) => a - b)
  let start = 0
  for (const end of ends) {
    yield bytes.subarray(start, end)
    start = end
  }
}
