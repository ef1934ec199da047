// A context series: one value at each of its moments (a rate, an index), from CSV or Parquet. A row without a value, empty
// or "." as the Federal Reserve writes it, is no row. As strict as bars: what is no number is an error with its line.

import { findTimeField, listed, type Refuse } from './bar-columns.ts'
import { noNumber, outOfOrder } from './collect-bars.ts'
import { fileInvalid } from './data-problems.ts'
import { readRows, type RowFields } from './read-rows.ts'

const VALUE_NAMES = ['close', 'value']
const NOTHING = new Set(['', '.'])

export type Series = {
  /** UTC epoch milliseconds, strictly ascending. */
  readonly timestampMs: Float64Array
  readonly value: Float64Array
}

/**
 * The values up to the one stamped at `lastMs`, and those behind it that can be read.
 * @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with the first five problems and the count of all
 */
export async function readSeries(path: string, lastMs = Infinity): Promise<Series> {
  const timestampMs: number[] = []
  const values: number[] = []
  let name = ''
  await readRows(path, lastMs, {
    findFields(given, what, refuse) {
      const fields = findFields(given, what, refuse)
      name = given[fields.values[0]!]!.trim().toLowerCase() || 'value'
      return fields
    },
    take({ stampMs, cells, unit }) {
      const { text, number: value } = cells[0]!
      if (NOTHING.has(text)) return undefined // it has no value, whatever its place
      if (value === undefined) return noNumber(name, text, unit)
      const before = timestampMs.at(-1)
      if (before !== undefined && before >= stampMs) return outOfOrder(stampMs, before)
      timestampMs.push(stampMs)
      values.push(value)
      return undefined
    },
  })
  if (values.length === 0) throw fileInvalid(path, 'there are no values')
  return { timestampMs: Float64Array.from(timestampMs), value: Float64Array.from(values) }
}

/** The stamps, and `close`, `value` or the only other column. */
function findFields(given: readonly string[], what: string, refuse: Refuse): RowFields {
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
  return { time, values: [value] }
}
