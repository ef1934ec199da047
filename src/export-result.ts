// The result of a backtest where the user wants it, in the formats of other programs: its own files, and trades and equity
// as CSV and as Parquet.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { EquityColumns } from './backtest/equity-columns.ts'
import { equityCsv } from './backtest/equity-csv.ts'
import { EQUITY_FILE, readEquityFile } from './backtest/equity-file.ts'
import { KtrdrError } from './core/errors.ts'
import { explainSystemError } from './core/system-error.ts'
import { cannotWrite, placeFile } from './data/place-file.ts'
import { writeTable, type TableColumn } from './data/write-table.ts'

/**
 * Makes `directory` if need be, and sure that files can be written there: before hours of work.
 * @throws IO_FAILED
 */
export function prepareExport(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
    rmdirSync(mkdtempSync(join(directory, '.ktrdr-')))
  } catch (error) {
    throw cannotWrite(`Nothing can be exported to ${directory}`, error)
  }
}

/**
 * Writes the files of a completed backtest, or walk-forward.
 * @throws IO_FAILED, saying where they are
 */
export async function exportResult(
  report: Readonly<Record<string, unknown>>,
  directory: string,
): Promise<void> {
  const { path } = (report['walkforward'] ?? report['backtest']) as { path: string }
  const place = (name: string): string => join(directory, name)
  try {
    for (const name of readdirSync(path))
      await placeFile(place(name), (file) => file.writeFile(readFileSync(join(path, name))))
    const columns = readEquityFile(readFileSync(join(path, EQUITY_FILE)))
    await placeFile(place('equity.csv'), (file) => file.writeFile(equityCsv(columns)))
    await writeTable(place('equity.parquet'), equityTable(columns), { force: true })
    const trades = tradesTable(readFileSync(join(path, 'trades.csv'), 'utf8'))
    await writeTable(place('trades.parquet'), trades, { force: true })
  } catch (error) {
    const what = `The result is in ${path}, but it could not be exported to ${directory}`
    if (error instanceof KtrdrError) throw new KtrdrError(error.code, `${what}: ${error.message}`)
    throw explainSystemError(error, what)
  }
}

/** Names and order of equity.csv; of one symbol, the signed units for the word. */
function equityTable({ firstBar, timeMs, equity, instruments }: EquityColumns): TableColumn[] {
  const [first, ...others] = instruments
  if (first === undefined || others.length > 0)
    return [
      { name: 'time', timestampMs: timeMs },
      { name: 'equity', values: equity },
      ...instruments.flatMap(({ symbol, close, units }) => [
        { name: `${symbol}_close`, values: close },
        { name: `${symbol}_units`, values: units },
      ]),
    ]
  return [
    { name: 'bar', values: Int32Array.from(timeMs, (_, i) => (firstBar ?? 0) + i) },
    { name: 'time', timestampMs: timeMs },
    { name: 'close', values: first.close },
    { name: 'equity', values: equity },
    { name: 'units', values: first.units },
  ]
}

const TEXTS = new Set(['side', 'exitReason', 'symbol'])
const COUNTS = new Set(['trade', 'entryBar', 'exitBar', 'holdingBars', 'entries'])

/** trades.csv, whose fields have no quotes, as typed columns of the same names. */
function tradesTable(csv: string): TableColumn[] {
  const [header = '', ...lines] = csv.trimEnd().split('\n')
  const rows = lines.map((line) => line.split(','))
  return header.split(',').map((name, field): TableColumn => {
    const texts = rows.map((row) => row[field] ?? '')
    if (TEXTS.has(name)) return { name, texts }
    if (name.endsWith('Time')) return { name, timestampMs: Float64Array.from(texts, Date.parse) }
    if (COUNTS.has(name)) return { name, values: Int32Array.from(texts, Number) }
    const values = Float64Array.from(texts, (text) => (text === '' ? NaN : Number(text)))
    return { name, values }
  })
}
