// Lines of CSV without quotes, read byte by byte where they are written as usual: ISO or epoch stamps, plain decimals. Any
// other line is left to what reads, and judges, every form; both give the same numbers, bit for bit.

import type { BarFields } from './bar-columns.ts'
import { noteBar, type Collecting } from './collect-bars.ts'
import { MAX_LINE_CHARACTERS } from './csv-lines.ts'
import { columnsOf, makeRoom } from './growing-bars.ts'
import { HOUR_MS, parseTimestamp } from './timestamp.ts'

const [NEWLINE, CR, MINUS, DOT, ZERO] = [10, 13, 45, 46, 48] as const
const [COLON, SPACE, T, Z] = [58, 32, 84, 90] as const
/** Integers up to here are exact; so are powers of ten up to 10²². One division of the two is rounded once. */
const MOST_EXACT = Number.MAX_SAFE_INTEGER
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))
/** Digits that an int32 holds whatever they are. */
const HALF = 9
/** More than a stamp or a plain number has bytes: nearer to the end of a block, lines are read in the other way. */
const MARGIN = 32

export type PlainLines = {
  readonly reading: Collecting
  readonly fields: BarFields
  readonly delimiterCode: number
  /** Of each field, its place in BAR_COLUMNS; −1 for one that is not read. */
  readonly places: Int8Array
  /** The day that was read last, as the number YYYYMMDD and as its midnight. */
  day: number
  dayMs: number
  /** Where the stamp ended that was read last. */
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
  const { reading } = lines
  let line = firstLine
  let start = 0
  while (start < bytes.length) {
    if (bytes[start] === NEWLINE) {
      start++
      line++
      continue
    }
    const countBefore = reading.count
    start = readRun(lines, bytes, start, line)
    line += reading.count - countBefore
    if (start === bytes.length) break
    const end = bytes.indexOf(NEWLINE, start)
    otherLine(bytes.subarray(start, end), line++)
    start = end + 1
  }
  return line - firstLine
}

/**
 * Reads lines up to the first one that is written in another way, and gives its place. All in one function, and numbers of
 * up to nine digits without a call: this is where the time of a large file goes.
 */
function readRun(lines: PlainLines, bytes: Uint8Array, from: number, firstLine: number): number {
  const { fields, places, reading, delimiterCode } = lines
  const { width, timestampField } = fields
  const { bars } = reading
  const safeEnd = bytes.length - MARGIN
  let columns = columnsOf(bars)
  let start = from
  for (let line = firstLine; ; line++) {
    if (makeRoom(bars)) columns = columnsOf(bars)
    const row = bars.length
    let stampMs = NaN
    let at = start
    for (let field = 0; field < width; field++) {
      if (at > safeEnd) return start
      const place = places[field]!
      if (place !== -1) {
        const isNegative = bytes[at] === MINUS
        if (isNegative) at++
        const begin = at
        let whole = 0
        let digit = bytes[at]! - ZERO
        while (digit >= 0 && digit <= 9) {
          whole = (whole * 10 + digit) | 0
          digit = bytes[++at]! - ZERO
        }
        let digits = at - begin
        let decimals = 0
        if (digit === DOT - ZERO) {
          digit = bytes[++at]! - ZERO
          const point = at
          while (digit >= 0 && digit <= 9) {
            whole = (whole * 10 + digit) | 0
            digit = bytes[++at]! - ZERO
          }
          decimals = at - point
          digits += decimals
        }
        if (digits === 0) return start
        let value = 0
        if (digits <= HALF) value = whole / POWERS_OF_TEN[decimals]!
        else {
          value = longNumber(bytes, begin, digits, decimals)
          if (Number.isNaN(value)) return start
        }
        columns[place]![row] = isNegative ? -value : value
      } else if (field === timestampField) {
        stampMs = readStamp(lines, bytes, at)
        if (Number.isNaN(stampMs)) return start
        at = lines.at
      } else while (bytes[at] !== delimiterCode && bytes[at] !== NEWLINE && bytes[at] !== CR) at++
      if (field < width - 1 && bytes[at++] !== delimiterCode) return start
    }
    if (bytes[at] === CR) at++
    if (bytes[at] !== NEWLINE || at - start > MAX_LINE_CHARACTERS) return start
    start = at + 1
    noteBar(reading, line, stampMs)
  }
}

/** A number of so many digits, with a point among them or not; NaN when it is not exact before its division. */
function longNumber(bytes: Uint8Array, begin: number, digits: number, decimals: number): number {
  if (digits > 2 * HALF) return NaN
  let head = 0
  let tail = 0
  let seen = 0
  for (let at = begin; seen < digits; at++) {
    const digit = bytes[at]! - ZERO
    if (digit < 0) continue // the point
    if (seen++ < HALF) head = (head * 10 + digit) | 0
    else tail = (tail * 10 + digit) | 0
  }
  const whole = head * POWERS_OF_TEN[digits - HALF]! + tail
  return whole > MOST_EXACT ? NaN : whole / POWERS_OF_TEN[decimals]!
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
