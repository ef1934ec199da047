// Which column of a file holds what, whatever the source calls it.

import type { KtrdrError } from '../core/errors.ts'
import { BAR_COLUMNS, PRICE_COLUMNS, type BarColumn } from './bars.ts'
import { shown } from './data-problems.ts'

/** Names in lower case with `_` for spaces. The first one that the file has is taken; one is FRED's, the last three are a pandas index. */
const TIME_NAMES = [
  'timestamp',
  'datetime',
  'open_time',
  'date',
  'time',
  't',
  'observation_date',
  '',
  'unnamed:_0',
  '__index_level_0__',
]
const NAMES: Readonly<Record<BarColumn, readonly string[]>> = {
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  volume: ['volume', 'vol', 'v'],
}
export const HEADER_EXAMPLE = 'date,open,high,low,close,volume'

/** The file's own names of the columns that were used, and of those that were not. */
export type NamedColumns = {
  readonly timestamp: string
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  /** Undefined when the file has none. */
  readonly volume: string | undefined
  readonly ignored: readonly string[]
}

export type BarFields = {
  readonly columns: NamedColumns
  /** Fields in a line. */
  readonly width: number
  readonly timestampField: number
  /** Field of each of BAR_COLUMNS; −1 for a volume that the file does not have. */
  readonly barFields: readonly number[]
}

/** Makes the error for what is wrong with the names, which is said without a full stop. */
export type Refuse = (message: string) => KtrdrError

/**
 * @param what holds the names: "header", "schema"
 * @throws what `refuse` makes when no column is named as time or price, or two are
 */
export function findBarFields(given: readonly string[], what: string, refuse: Refuse): BarFields {
  const names = given.map(plainName)
  const fieldOf = (known: readonly string[], column: string): number => {
    const fields = names.flatMap((name, field) => (known.includes(name) ? [field] : []))
    if (fields.length > 1)
      throw refuse(
        `${fields.map((field) => shown(given[field]!)).join(' and ')} both name the ${column} column, expected one; rename or remove the other`,
      )
    return fields[0] ?? -1
  }

  const timestampField = findTimeField(given, refuse)
  const barFields = BAR_COLUMNS.map((column) => fieldOf(NAMES[column], column))
  const missing = PRICE_COLUMNS.filter((_, i) => barFields[i] === -1) as string[]
  if (timestampField === -1) missing.unshift('date')
  if (missing.length > 0)
    throw refuse(
      `the ${what} has no ${missing.join(', ')} column (it has ${listed(given)}), expected ${HEADER_EXAMPLE}; rename the columns or add a header`,
    )

  const [open, high, low, close, volume] = barFields.map((field) => given[field]?.trim())
  const used = new Set([timestampField, ...barFields])
  return {
    columns: {
      timestamp: given[timestampField]!.trim(),
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume,
      ignored: given.filter((_, field) => !used.has(field)).map((name) => name.trim()),
    },
    width: given.length,
    timestampField,
    barFields,
  }
}

/** Field of the stamps; −1 when none is named so. */
export function findTimeField(given: readonly string[], refuse: Refuse): number {
  const names = given.map(plainName)
  const timeName = TIME_NAMES.find((name) => names.includes(name))
  if (timeName === undefined) return -1
  if (timeName === 'date' && names.includes('time'))
    throw refuse('date and time are two columns, expected one; join them as in 2017-04-19T09:00')
  const fields = names.flatMap((name, field) => (name === timeName ? [field] : []))
  if (fields.length > 1)
    throw refuse(
      `${fields.map((field) => shown(given[field]!)).join(' and ')} both name the time column, expected one; rename or remove the other`,
    )
  return fields[0]!
}

function plainName(name: string): string {
  return name.trim().toLowerCase().replaceAll(/\s+/g, '_')
}

export function listed(names: readonly string[]): string {
  const some = names.slice(0, 8).map((name) => shown(name.trim()))
  return names.length > 8 ? `${some.join(', ')}, …` : some.join(', ')
}
