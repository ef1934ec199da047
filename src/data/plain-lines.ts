// Lines of CSV without quotes, read byte by byte where they are written as usual: ISO or epoch stamps, plain decimals. Any
// other line is left to what reads, and judges, every form; both give the same numbers, bit for bit.

import type { BarFields } from './bar-columns.ts'
import { collectBar, type Collecting } from './collect-bars.ts'
import { MAX_LINE_CHARACTERS } from './csv-lines.ts'
import { HOUR_MS, parseTimestamp } from './timestamp.ts'

const [NEWLINE, CR, MINUS, DOT, ZERO] = [10, 13, 45, 46, 48] as const
const [COLON, SPACE, T, Z] = [58, 32, 84, 90] as const
/** Integers up to here are exact; so are powers of ten up to 10²². One division of the two is rounded once. */
const MOST_EXACT = Number.MAX_SAFE_INTEGER
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))
/** Digits that an int32 holds whatever they are. */
const HALF = 9
/** Bytes that are looked at behind the beginning of a stamp or a number: nearer to the end of a block, lines are read otherwise. */
const MARGIN = 32

export type PlainLines = {
  readonly reading: Collecting
  readonly fields: BarFields
  readonly delimiterCode: number
  /** Of each field, its place in `reading.values`; −1 for one that is not read. */
  readonly places: Int8Array
  /** The day that was read last, as the number YYYYMMDD and as its midnight. */
  day: number
  dayMs: number
  /** Where in the block the value ended that was read last. */
  at: number
}

export function plainLines(reading: Collecting, fields: BarFields, delimiter: string): PlainLines {
  const places = new Int8Array(fields.width).fill(-1)
  for (const [place, field] of fields.barFields.entries()) if (field !== -1) places[field] = place
  const delimiterCode = delimiter.charCodeAt(0)
  return { reading, fields, delimiterCode, places, day: -1, dayMs: NaN, at: 0 }
}

/**
 * @param bytes whole lines, each with its `\n`
 * @param otherLine takes a line that is written in another way, without its `\n`
 * @returns how many lines there were
 */
export function readPlainLines(
  lines: PlainLines,
  bytes: Uint8Array,
  firstLine: number,
  otherLine: (bytes: Uint8Array, line: number) => void,
): number {
  const safeEnd = bytes.length - MARGIN
  let line = firstLine
  for (let start = 0; start < bytes.length; line++) {
    const stampMs = readLine(lines, bytes, start, safeEnd)
    if (Number.isNaN(stampMs)) {
      const end = bytes.indexOf(NEWLINE, start)
      otherLine(bytes.subarray(start, end), line)
      start = end + 1
    } else {
      collectBar(lines.reading, line, stampMs)
      start = lines.at
    }
  }
  return line - firstLine
}

/** Sets the values, leaves `at` behind the line and gives the stamp; NaN when the line is written in another way. */
function readLine(lines: PlainLines, bytes: Uint8Array, start: number, safeEnd: number): number {
  const { fields, places, reading, delimiterCode } = lines
  const { width, timestampField } = fields
  const { values } = reading
  let stampMs = NaN
  let at = start
  for (let field = 0; field < width; field++) {
    if (at > safeEnd) return NaN
    const place = places[field]!
    if (place !== -1) {
      const value = readNumber(lines, bytes, at)
      if (Number.isNaN(value)) return NaN
      values[place] = value
      at = lines.at
    } else if (field === timestampField) {
      stampMs = readStamp(lines, bytes, at)
      if (Number.isNaN(stampMs)) return NaN
      at = lines.at
    } else while (bytes[at] !== delimiterCode && bytes[at] !== NEWLINE && bytes[at] !== CR) at++
    if (field < width - 1 && bytes[at++] !== delimiterCode) return NaN
  }
  if (bytes[at] === CR) at++
  if (bytes[at] !== NEWLINE || at - start > MAX_LINE_CHARACTERS) return NaN
  lines.at = at + 1
  return stampMs
}

/** NaN for what is no plain decimal of so few digits that it is exact before its division. */
function readNumber(lines: PlainLines, bytes: Uint8Array, from: number): number {
  let at = from
  const isNegative = bytes[at] === MINUS
  if (isNegative) at++
  const begin = at
  let head = 0
  let tail = 0
  let digits = 0
  let point = -1
  for (; ; at++) {
    const digit = bytes[at]! - ZERO
    if (digit >= 0 && digit <= 9) {
      if (digits < HALF) head = (head * 10 + digit) | 0
      else tail = (tail * 10 + digit) | 0
      if (++digits > 2 * HALF) return NaN
    } else if (digit === DOT - ZERO && point === -1) point = at
    else break
  }
  if (digits === 0) return NaN
  const whole = digits <= HALF ? head : head * POWERS_OF_TEN[digits - HALF]! + tail
  if (whole > MOST_EXACT) return NaN
  lines.at = at
  const value = point === -1 ? whole : whole / POWERS_OF_TEN[digits - (point - begin)]!
  return isNegative ? -value : value
}

/** NaN unless it is written as the first bar's stamp was, in one of the usual forms. */
function readStamp(lines: PlainLines, bytes: Uint8Array, from: number): number {
  if (bytes[from + 4] !== MINUS) return readEpoch(lines, bytes, from)
  const day = dayAt(bytes, from)
  if (day !== lines.day) {
    const text = String.fromCharCode(...bytes.subarray(from, from + 10))
    const midnight = parseTimestamp(text)
    if (!('ms' in midnight) || midnight.kind !== 'an ISO date without offset') return NaN
    lines.day = day
    lines.dayMs = midnight.ms
  }
  let at = from + 10
  let clockMs = 0
  if (bytes[at] === SPACE || bytes[at] === T) {
    const hours = twoDigits(bytes, at + 1)
    const minutes = twoDigits(bytes, at + 4)
    if (!(hours < 24 && minutes < 60) || bytes[at + 3] !== COLON) return NaN
    clockMs = hours * HOUR_MS + minutes * 60_000
    at += 6
    if (bytes[at] === COLON) {
      const seconds = twoDigits(bytes, at + 1)
      if (!(seconds < 60)) return NaN
      clockMs += seconds * 1000
      at += 3
    }
  }
  const hasZ = bytes[at] === Z
  if (hasZ && at === from + 10) return NaN
  const kind = hasZ ? 'an ISO date with offset' : 'an ISO date without offset'
  if (kind !== lines.reading.stampKind) return NaN
  lines.at = hasZ ? at + 1 : at
  return lines.dayMs + clockMs
}

/** YYYYMMDD; −1 when it is not written so. */
function dayAt(bytes: Uint8Array, from: number): number {
  const century = twoDigits(bytes, from)
  const year = twoDigits(bytes, from + 2)
  const month = twoDigits(bytes, from + 5)
  const day = twoDigits(bytes, from + 8)
  if (century > 99 || year > 99 || month > 99 || day > 99 || bytes[from + 7] !== MINUS) return -1
  return ((century * 100 + year) * 100 + month) * 100 + day
}

/** 100 when they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO
  const ones = bytes[at + 1]! - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 100
}

/** Whole seconds or milliseconds of this age. */
function readEpoch(lines: PlainLines, bytes: Uint8Array, from: number): number {
  const kind = lines.reading.stampKind
  const isSeconds = kind === 'epoch seconds'
  if (!isSeconds && kind !== 'epoch milliseconds') return NaN
  const length = isSeconds ? 10 : 13
  let value = 0
  for (let at = from; at < from + length; at++) {
    const digit = bytes[at]! - ZERO
    if (!(digit >= 0 && digit <= 9)) return NaN
    value = value * 10 + digit
  }
  lines.at = from + length
  return value >= 10 ** (length - 1) ? value * (isSeconds ? 1000 : 1) : NaN
}
