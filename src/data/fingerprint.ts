// What a resumed run compares to know that its bars are the same: their number, their ends and a hash per
// column. Taken of the bars in use, so that rows added to the file after them change nothing (C28).

import { sha256 } from '../core/hash.ts'
import { BAR_COLUMNS, type BarColumn, type Bars } from './bars.ts'
import { formatTimestamp } from './timestamp.ts'

const COLUMNS = ['timestampMs', ...BAR_COLUMNS] as const

export type BarsFingerprint = {
  readonly rows: number
  /** Null when there are no rows. */
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** SHA-256 of each column's values as little-endian float64. */
  readonly columns: Readonly<Record<'timestampMs' | BarColumn, string>>
}

export function fingerprintBars(bars: Bars): BarsFingerprint {
  return {
    rows: bars.length,
    firstMs: bars.timestampMs[0] ?? null,
    lastMs: bars.timestampMs[bars.length - 1] ?? null,
    columns: {
      timestampMs: columnHash(bars.timestampMs),
      open: columnHash(bars.open),
      high: columnHash(bars.high),
      low: columnHash(bars.low),
      close: columnHash(bars.close),
      volume: columnHash(bars.volume),
    },
  }
}

/** Sentences that say what differs; empty when nothing does. */
export function compareFingerprints(recorded: BarsFingerprint, actual: BarsFingerprint): string[] {
  const differences: string[] = []
  if (recorded.rows !== actual.rows)
    differences.push(
      `There were ${grouped(recorded.rows)} rows, now there are ${grouped(actual.rows)}.`,
    )
  for (const [end, key] of [
    ['first', 'firstMs'],
    ['last', 'lastMs'],
  ] as const)
    if (recorded[key] !== actual[key])
      differences.push(
        `The ${end} bar was ${stamp(recorded[key])}, now it is ${stamp(actual[key])}.`,
      )
  if (differences.length > 0) return differences // then every hash differs and says no more
  for (const column of COLUMNS)
    if (recorded.columns[column] !== actual.columns[column])
      differences.push(
        `The ${column === 'timestampMs' ? 'timestamps differ' : `${column} differs`}.`,
      )
  return differences
}

function columnHash(values: Float64Array): string {
  const bytes = new DataView(new ArrayBuffer(8 * values.length))
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) bytes.setBigUint64(8 * i, 0x7ff8_0000_0000_0000n, true) // one of many NaNs
    else bytes.setFloat64(8 * i, value, true)
  }
  return sha256(new Uint8Array(bytes.buffer))
}

function stamp(ms: number | null): string {
  return ms === null ? 'absent' : formatTimestamp(ms)
}

function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ' ')
}
