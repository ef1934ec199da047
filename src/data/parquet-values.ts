// Values of Parquet columns as what a row of bars or of a series needs.

import { readStamp, type StampOrProblem } from './collect-bars.ts'
import { parseNumber } from './csv-number.ts'
import { shown } from './data-problems.ts'
import type { ParquetValue } from './open-parquet.ts'
import type { TimestampKind } from './timestamp.ts'

/** An instant is milliseconds already; texts and epoch numbers are read as those of a CSV file. */
export function stampOf(
  value: ParquetValue,
  isInstant: boolean,
  reading: { stampKind: TimestampKind | undefined },
): StampOrProblem {
  if (!isInstant) return readStamp(reading, textOf(value))
  if (typeof value === 'number') return { ms: value, problem: undefined }
  return { ms: NaN, problem: `the timestamp is ${value == null ? 'empty' : shown(textOf(value))}` }
}

/** Undefined for what is no finite number. */
export function numberOf(value: ParquetValue): number | undefined {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string') return parseNumber(value.trim())
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** As a cell of CSV would have it. */
export function textOf(value: ParquetValue): string {
  return value == null ? '' : String(value).trim()
}
