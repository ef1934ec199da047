// Lines of CSV without quotes, read character by character where they are written as usual: ISO or epoch stamps, plain
// decimals. Any other line is left to what reads, and judges, every form; both give the same numbers, bit for bit.

import type { BarFields } from './bar-columns.ts'
import { collectBar, type Collecting } from './collect-bars.ts'
import { HOUR_MS, parseTimestamp, type TimestampKind } from './timestamp.ts'

const [CR, MINUS, DOT, ZERO, NINE] = [13, 45, 46, 48, 57] as const
const [COLON, SPACE, T, Z] = [58, 32, 84, 90] as const
/** Integers up to here are exact; so are powers of ten up to 10²². One division of the two is rounded once. */
const MOST_EXACT = Number.MAX_SAFE_INTEGER
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))

export type PlainLines = {
  readonly reading: Collecting
  readonly fields: BarFields
  readonly delimiterCode: number
  /** Of each field, its place in `reading.values`; −1 for one that is not read. */
  readonly places: Int8Array
  /** The day that was read last, as text and as its midnight. */
  day: string
  dayMs: number
}

export function plainLines(reading: Collecting, fields: BarFields, delimiter: string): PlainLines {
  const places = new Int8Array(fields.width).fill(-1)
  for (const [place, field] of fields.barFields.entries()) if (field !== -1) places[field] = place
  return { reading, fields, delimiterCode: delimiter.charCodeAt(0), places, day: '', dayMs: NaN }
}

/**
 * @param text whole lines, each with its `\n`
 * @param otherLine takes a line that is written in another way
 */
export function readPlainLines(
  lines: PlainLines,
  text: string,
  firstLine: number,
  otherLine: (text: string, line: number) => void,
): void {
  let line = firstLine
  for (let start = 0; start < text.length; line++) {
    const end = text.indexOf('\n', start)
    const contentEnd = end > start && text.charCodeAt(end - 1) === CR ? end - 1 : end
    const stampMs = readLine(lines, text, start, contentEnd)
    if (Number.isNaN(stampMs)) otherLine(text.slice(start, end), line)
    else collectBar(lines.reading, line, stampMs)
    start = end + 1
  }
}

/** Sets the values and gives the stamp; NaN when it is written in another way. */
function readLine(lines: PlainLines, text: string, start: number, end: number): number {
  const { fields, places, reading, delimiterCode } = lines
  const { width, timestampField } = fields
  const { values } = reading
  let stampMs = NaN
  let at = start
  for (let field = 0; field < width; field++) {
    const place = places[field]!
    if (place !== -1) {
      const isNegative = text.charCodeAt(at) === MINUS
      if (isNegative) at++
      let digits = 0
      let point = -1
      let whole = 0
      for (; at < end; at++) {
        const code = text.charCodeAt(at)
        if (code >= ZERO && code <= NINE) {
          whole = whole * 10 + (code - ZERO)
          digits++
        } else if (code === DOT && point === -1) point = digits
        else break
      }
      const decimals = point === -1 ? 0 : digits - point
      if (digits === 0 || whole > MOST_EXACT || decimals > 22) return NaN
      const value = whole / POWERS_OF_TEN[decimals]!
      values[place] = isNegative ? -value : value
    } else {
      const from = at
      while (at < end && text.charCodeAt(at) !== delimiterCode) at++
      if (field === timestampField) {
        stampMs = readStampAt(lines, text, from, at)
        if (Number.isNaN(stampMs)) return NaN
      }
    }
    const isLast = field === width - 1
    if (isLast ? at !== end : at >= end || text.charCodeAt(at) !== delimiterCode) return NaN
    at++
  }
  return stampMs
}

/** NaN unless it is written as the first bar's stamp was, in one of the usual forms. */
function readStampAt(lines: PlainLines, text: string, from: number, to: number): number {
  const length = to - from
  const kind = lines.reading.stampKind
  if (text.charCodeAt(from + 4) !== MINUS) return readEpoch(text, from, to, kind)
  const hasZ = text.charCodeAt(to - 1) === Z
  const clockLength = hasZ ? length - 1 : length
  if (length > 10 && clockLength !== 16 && clockLength !== 19) return NaN
  if (kind !== (hasZ ? 'an ISO date with offset' : 'an ISO date without offset')) return NaN
  if (length < 10 || !text.startsWith(lines.day, from) || lines.day === '') {
    const day = text.slice(from, from + 10)
    const midnight = parseTimestamp(day)
    if (!('ms' in midnight) || day.length !== 10) return NaN
    lines.day = day
    lines.dayMs = midnight.ms
  }
  if (length === 10) return lines.dayMs
  const between = text.charCodeAt(from + 10)
  if (between !== SPACE && between !== T) return NaN
  const hours = twoDigits(text, from + 11)
  const minutes = twoDigits(text, from + 14)
  const seconds = clockLength === 19 ? twoDigits(text, from + 17) : 0
  const isClock =
    text.charCodeAt(from + 13) === COLON &&
    (clockLength === 16 || text.charCodeAt(from + 16) === COLON) &&
    hours < 24 &&
    minutes < 60 &&
    seconds < 60 // not when one is NaN
  return isClock ? lines.dayMs + hours * HOUR_MS + minutes * 60_000 + seconds * 1000 : NaN
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO
  const ones = text.charCodeAt(at + 1) - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN
}

/** Whole seconds or milliseconds of this age. */
function readEpoch(
  text: string,
  from: number,
  to: number,
  kind: TimestampKind | undefined,
): number {
  const length = to - from
  const unitMs =
    length === 10 && kind === 'epoch seconds'
      ? 1000
      : length === 13 && kind === 'epoch milliseconds'
        ? 1
        : NaN
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (!(digit >= 0 && digit <= 9)) return NaN
    value = value * 10 + digit
  }
  return value >= 10 ** (length - 1) ? value * unitMs : NaN
}
