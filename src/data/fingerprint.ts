// What a resumed run compares to know that its bars are the same: their number, their ends and a hash per
// column. Taken of the bars in use, so that rows added to the file after them change nothing (C28).

import { sha256 } from '../core/hash.ts'
import { bytesOf } from '../core/snapshot.ts'
import { BAR_COLUMNS, type BarColumn, type Bars } from './bars.ts'
import { formatDateRange } from './date-range.ts'

export type BarsFingerprint = {
  readonly rows: string
  readonly range: string
  /** SHA-256 of each column's values as little-endian float64. */
} & Readonly<Record<'timestampMs' | BarColumn, string>>

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

export function fingerprintBars(bars: Bars): BarsFingerprint {
  const [firstMs, lastMs] = [bars.timestampMs[0], bars.timestampMs[bars.length - 1]]
  const hashes = ['timestampMs' as const, ...BAR_COLUMNS].map((column) => [
    column,
    columnHash(bars[column]),
  ])
  return {
    rows: String(bars.length),
    range: formatDateRange({ firstMs, lastMs }),
    ...(Object.fromEntries(hashes) as Record<'timestampMs' | BarColumn, string>),
  }
}

function columnHash(values: Float64Array): string {
  if (IS_LITTLE_ENDIAN && !hasNaN(values)) return sha256(bytesOf(values))
  const bytes = new DataView(new ArrayBuffer(8 * values.length))
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) bytes.setBigUint64(8 * i, 0x7ff8_0000_0000_0000n, true) // one of many NaNs
    else bytes.setFloat64(8 * i, value, true)
  }
  return sha256(new Uint8Array(bytes.buffer))
}

function hasNaN(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) return true
  return false
}
