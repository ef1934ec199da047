import type { Bars } from '../../src/data/bars.ts'
import { numberColumn, readTable } from './read-table.ts'

/** The daily bars of the S&P 500 that ship as an example (5 105 bars from 2000-01-03). */
export function exampleBars(): Bars {
  const table = readTable('examples/data/sp500-1d.csv')
  const column = (name: string): Float64Array => numberColumn(table, name)
  return {
    length: table['date']!.length,
    timestampMs: Float64Array.from(table['date']!, (date) => Date.parse(date)),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  }
}
