// Signals that another program made, one row a bar, from CSV or Parquet: probabilities (p_buy, p_hold, p_sell), words
// (signal: BUY, HOLD, SELL) or target positions (position: −1, 0, 1). A row without any value is no row. As strict as
// bars: what cannot be meant is an error with its line.

import { findTimeField, listed, type Refuse } from './bar-columns.ts'
import { noNumber, outOfOrder } from './collect-bars.ts'
import { fileInvalid, shown } from './data-problems.ts'
import { readRows, type Row, type RowFields } from './read-rows.ts'

const COLUMNS = {
  probabilities: ['p_buy', 'p_hold', 'p_sell'],
  signal: ['signal'],
  position: ['position'],
} as const
export type SignalKind = keyof typeof COLUMNS
const KINDS = Object.keys(COLUMNS) as SignalKind[]

/** Probabilities of BUY, HOLD and SELL that a word stands for. */
const WORDS: Readonly<Record<string, readonly number[]>> = {
  BUY: [1, 0, 0],
  HOLD: [0, 1, 0],
  SELL: [0, 0, 1],
}
const POSITIONS = new Set([-1, 0, 1])

export type SignalRows = {
  readonly kind: SignalKind
  /** UTC epoch milliseconds, strictly ascending. */
  readonly timestampMs: Float64Array
  /** Row-major: of a position the one target, else the probabilities of BUY, HOLD and SELL. */
  readonly values: Float32Array
}

/** Values of a row. */
export function widthOf(kind: SignalKind): number {
  return kind === 'position' ? 1 : 3
}

/**
 * The rows up to the one stamped at `lastMs`, and those behind it that can be read.
 * @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with the first five problems and the count of all
 */
export async function readSignals(path: string, lastMs = Infinity): Promise<SignalRows> {
  const timestampMs: number[] = []
  const values: number[] = []
  let kind: SignalKind = 'probabilities'
  await readRows(path, lastMs, {
    findFields(given, what, refuse) {
      const found = findFields(given, what, refuse)
      kind = found.kind
      return found.fields
    },
    take(row) {
      const { stampMs, cells } = row
      const before = timestampMs.at(-1)
      if (before !== undefined && before >= stampMs) return outOfOrder(stampMs, before)
      if (cells.every(({ text }) => text === '')) return undefined
      const read = valuesOf(kind, row)
      if (typeof read === 'string') return read
      timestampMs.push(stampMs)
      values.push(...read)
      return undefined
    },
  })
  if (timestampMs.length === 0) throw fileInvalid(path, 'there are no signals')
  return {
    kind,
    timestampMs: Float64Array.from(timestampMs),
    values: Float32Array.from(values),
  }
}

function findFields(
  given: readonly string[],
  what: string,
  refuse: Refuse,
): { kind: SignalKind; fields: RowFields } {
  const names = given.map((name) => name.trim().toLowerCase())
  const time = findTimeField(given, refuse)
  const has = (name: string): boolean => names.includes(name)
  const kinds = KINDS.filter((kind) => COLUMNS[kind].every(has))
  const [kind, another] = kinds
  if (time === -1 || kind === undefined)
    throw refuse(
      `the ${what} has ${listed(given)}, expected timestamp and either p_buy,p_hold,p_sell or signal or position; rename the columns`,
    )
  if (another !== undefined)
    throw refuse(
      `the ${what} has ${COLUMNS[kind].join(',')} and ${COLUMNS[another].join(',')}, expected one of them; remove or rename the other`,
    )
  const twice = COLUMNS[kind].find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  if (twice !== undefined) throw refuse(`the ${what} has two columns ${twice}; remove one of them`)
  return { kind, fields: { time, values: COLUMNS[kind].map((name) => names.indexOf(name)) } }
}

/** The values, or what is wrong with them. */
function valuesOf(kind: SignalKind, { cells, unit }: Row): readonly number[] | string {
  if (kind === 'signal') {
    const { text } = cells[0]!
    return WORDS[text.toUpperCase()] ?? `signal is ${shown(text)}, expected BUY, HOLD or SELL`
  }
  const values: number[] = []
  for (const [i, { text, number }] of cells.entries()) {
    const name = COLUMNS[kind][i]!
    if (number === undefined) return noNumber(name, text, unit)
    if (kind === 'probabilities' && (number < 0 || number > 1))
      return `${name} is ${text}, expected a probability from 0 to 1`
    if (kind === 'position' && !POSITIONS.has(number))
      return `position is ${text}, expected -1, 0 or 1: a part of a position cannot be held yet; give its side here and its size with --position-size`
    values.push(number + 0) // −0 is 0
  }
  return values
}
