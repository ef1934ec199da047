// Timestamps as files and people write them: strict ISO 8601 or an epoch number. Text without an offset is UTC.

import { TIMEFRAME_MS } from './bars.ts'

const MINUTE_MS = TIMEFRAME_MS['1m']
export const HOUR_MS = TIMEFRAME_MS['1h']
export const DAY_MS = TIMEFRAME_MS['1d']

/** How a timestamp is written. A file keeps to one kind, so that no row is read in another unit. */
export type TimestampKind =
  | 'an ISO date without offset'
  | 'an ISO date with offset'
  | `epoch ${'seconds' | 'milliseconds' | 'microseconds'}`

export type Timestamp = { readonly ms: number; readonly kind: TimestampKind }

/** Why a text is no timestamp, as the rest of a sentence that begins with the text. */
export type NoTimestamp = { readonly problem: string }

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:(Z)|([+-])(\d\d):?(\d\d))?)?$/
const EPOCH = /^-?\d+(?:\.\d+)?$/
const EXPECTED = 'expected an ISO date such as 2017-04-19 or 2017-04-19T09:00:00Z, or an epoch'

/**
 * Milliseconds since 1970 in UTC of a trimmed text. The unit of an epoch follows from its size; below 1e8
 * (early 1973 in seconds, or 20170419) it would be a guess.
 */
export function parseTimestamp(text: string): Timestamp | NoTimestamp {
  const parts = ISO.exec(text)
  if (parts) return fromIso(parts)
  if (EPOCH.test(text)) return fromEpoch(text)
  if (/^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}/.test(text))
    return { problem: 'may mean day-month or month-day; write it as 2017-04-19' }
  return { problem: `is not a timestamp; ${EXPECTED}` }
}

function fromIso(parts: RegExpExecArray): Timestamp | NoTimestamp {
  const [
    ,
    yearText,
    monthText,
    dayText,
    hour,
    minute,
    second,
    fraction,
    z,
    sign,
    ahead,
    aheadMinutes,
  ] = parts
  const year = Number(yearText)
  const month = Number(monthText)
  const day = Number(dayText)
  const dateMs = Date.UTC(year, month - 1, day)
  const date = new Date(dateMs) // rolls 2021-02-30 over into March: then it is no day of the calendar
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1)
    return { problem: 'is not a day of the calendar' }
  if (hour === undefined) return { ms: dateMs, kind: 'an ISO date without offset' }

  const clock = [Number(hour), Number(minute), Number(second ?? 0)] as const
  if (clock[0] > 23 || clock[1] > 59 || clock[2] > 59)
    return { problem: 'is not a time of day; expected 00:00:00 to 23:59:59' }
  const millis = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'))
  const ms = dateMs + clock[0] * HOUR_MS + clock[1] * MINUTE_MS + clock[2] * 1000 + millis
  if (z) return { ms, kind: 'an ISO date with offset' }
  if (sign === undefined) return { ms, kind: 'an ISO date without offset' }

  const offset = Number(ahead) * HOUR_MS + Number(aheadMinutes) * MINUTE_MS
  if (Number(aheadMinutes) > 59 || offset > 14 * HOUR_MS)
    return { problem: 'has an impossible offset from UTC; expected -14:00 to +14:00' }
  return { ms: sign === '+' ? ms - offset : ms + offset, kind: 'an ISO date with offset' }
}

function fromEpoch(text: string): Timestamp | NoTimestamp {
  const value = Number(text)
  const size = Math.abs(value)
  if (size < 1e8)
    return { problem: `is a number whose unit cannot be told; ${EXPECTED} of at least 100000000` }
  if (size < 1e11) return { ms: Math.round(value * 1000), kind: 'epoch seconds' }
  if (size < 1e14) return { ms: Math.floor(value), kind: 'epoch milliseconds' }
  if (size < 1e17) return { ms: Math.floor(value / 1000), kind: 'epoch microseconds' }
  return { problem: 'is finer than microseconds; write seconds, milliseconds or microseconds' }
}

/** `2000-01-03` at midnight, else `2017-04-19T09:00Z`, with seconds and milliseconds where there are any. */
export function formatTimestamp(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return String(ms)
  const iso = new Date(ms).toISOString()
  if (ms % DAY_MS === 0) return iso.slice(0, -14)
  if (ms % MINUTE_MS === 0) return `${iso.slice(0, -8)}Z`
  return ms % 1000 === 0 ? `${iso.slice(0, -5)}Z` : iso
}

/** A length of time in its largest unit: `3 days`, `2.5 hours`, `1 minute`. */
export function formatDuration(ms: number): string {
  const [unitMs, unit] =
    ms >= DAY_MS
      ? ([DAY_MS, 'day'] as const)
      : ms >= HOUR_MS
        ? ([HOUR_MS, 'hour'] as const)
        : ms >= MINUTE_MS
          ? ([MINUTE_MS, 'minute'] as const)
          : ([1000, 'second'] as const)
  const amount = Math.round((ms / unitMs) * 10) / 10
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}
