// Rows of a file become bars: what all formats share. A row that is no bar is a problem with its line, and the file is
// refused with all of them; what stands behind the last bar in use is nobody's business.

import { KtrdrError } from '../core/errors.ts'
import type { NamedColumns } from './bar-columns.ts'
import { BAR_COLUMNS, type Bars } from './bars.ts'
import { addProblem, dataInvalid, noProblems, shown, type FileProblems } from './data-problems.ts'
import { columnsOf, finishBars, growingBars, makeRoom, type GrowingBars } from './growing-bars.ts'
import { MAX_BARS, surveyBar, TooManyBars, type Survey } from './survey.ts'
import {
  formatTimestamp,
  parseTimestamp,
  type NoTimestamp,
  type Timestamp,
  type TimestampKind,
} from './timestamp.ts'

export type FileBars = {
  readonly bars: Bars
  /** 1-based line in a CSV file, or row in a Parquet file, of each bar. */
  readonly lines: Int32Array
  readonly columns: NamedColumns
  /** Negative volumes (the "unknown" of some FX sources) of bars in use that were read as 0. */
  readonly negativeVolumes: number
  /** All bars are here, and nothing is to be said of any row, in use or not. */
  readonly isSpotless: boolean
}

export type ReadOptions = {
  readonly maxRows?: number
  /** What is before it is held unless the file is too large for that. */
  readonly firstMs?: number | undefined
  /** Stamp of the last bar in use: what is wrong with rows behind it is nobody's business. */
  readonly lastMs?: number | undefined
  /** How many problems an error has in its details; its message shows five. */
  readonly mostProblems?: number
  /** Holds only what the survey says. */
  readonly survey?: Survey
}

/** The problems of a file of which only the rows up to `lastMs` are in use. */
export type UsedRows = {
  readonly problems: FileProblems
  /** How many of them, the first ones, are of rows in use. */
  problemsInUse: number
  readonly lastMs: number
  /** A row at `lastMs` or behind it was read. */
  isEndReached: boolean
}

export type Collecting = UsedRows & {
  readonly maxRows: number
  readonly bars: GrowingBars
  readonly survey: Survey | null
  /** Bars so far, held or not. */
  count: number
  /** Of the row at hand, one for each of BAR_COLUMNS. */
  readonly values: Float64Array
  /** How the first bar's stamp is written, and so must all the others be. */
  stampKind: TimestampKind | undefined
  negativeVolumes: number
  /** Of bars behind those in use. */
  negativeVolumesBehind: number
}

export function startCollecting(
  file: string,
  { maxRows = MAX_BARS, lastMs = Infinity, mostProblems, survey }: ReadOptions,
): Collecting {
  return {
    ...startRows(file, lastMs, mostProblems),
    maxRows,
    bars: growingBars(),
    survey: survey ?? null,
    count: 0,
    values: new Float64Array(BAR_COLUMNS.length),
    stampKind: undefined,
    negativeVolumes: 0,
    negativeVolumesBehind: 0,
  }
}

export function startRows(file: string, lastMs: number, mostProblems?: number): UsedRows {
  return {
    problems: noProblems(file, mostProblems),
    problemsInUse: 0,
    lastMs,
    isEndReached: false,
  }
}

/** The stamp in a text of the row at hand, or what is wrong with it: also that it is written in another way. */
export function readStamp(
  reading: { stampKind: TimestampKind | undefined },
  text: string,
): StampOrProblem {
  const stamp: Timestamp | NoTimestamp = parseTimestamp(text)
  if ('problem' in stamp) return { ms: NaN, problem: `${shown(text)} ${stamp.problem}` }
  reading.stampKind ??= stamp.kind
  if (stamp.kind === reading.stampKind) return { ms: stamp.ms, problem: undefined }
  return {
    ms: stamp.ms,
    problem: `${shown(text)} is ${stamp.kind}, expected ${reading.stampKind} as in the first bar; write all of them the same way`,
  }
}

/** `ms` is NaN when there is no stamp at all. */
export type StampOrProblem = { readonly ms: number; readonly problem: string | undefined }

/** What is wrong with a value that is no number. */
export function noNumber(column: string, text: string, row: 'line' | 'row'): string {
  const found = text === '' ? 'empty' : shown(text)
  return `${column} is ${found}, expected a plain number such as 1234.5; correct or remove the ${row}`
}

/** Adds the bar whose `values` are set. */
export function collectBar(reading: Collecting, line: number, stampMs: number): void {
  const { bars, values } = reading
  makeRoom(bars)
  for (const [i, column] of columnsOf(bars).entries()) column[bars.length] = values[i]!
  noteBar(reading, line, stampMs)
}

/** Adds the bar whose values are in the columns already. */
export function noteBar(reading: Collecting, line: number, stampMs: number): void {
  const { bars, survey } = reading
  reading.count++
  if (survey && !isHeld(survey, reading, line, stampMs)) return
  const row = bars.length
  const volume = bars.volume[row]!
  if (!(volume > 0)) {
    if (volume < 0 && stampMs <= reading.lastMs) reading.negativeVolumes++
    else if (volume < 0) reading.negativeVolumesBehind++
    bars.volume[row] = 0 // −0 too
  }
  bars.lines[row] = line
  bars.timestampMs[row] = stampMs
  bars.length = row + 1
  noteUse(reading, stampMs)
}

/** Millions of rows may be out of order: only for those that are told of, it is spelled out. */
function isHeld(survey: Survey, reading: Collecting, line: number, stampMs: number): boolean {
  const { isHeld: held, outOfOrderAfterMs: beforeMs } = surveyBar(survey, stampMs)
  const { first, most } = reading.problems
  if (beforeMs === undefined) noteUse(reading, stampMs)
  else {
    const message = first.length < most ? outOfOrder(stampMs, beforeMs) : ''
    collectProblem(reading, line, message, stampMs)
  }
  return held
}

/** What is wrong with a row that does not come after the one before. */
export function outOfOrder(nowMs: number, beforeMs: number): string {
  const now = formatTimestamp(nowMs)
  return nowMs === beforeMs
    ? `${now} is there twice; remove one of the two rows`
    : `${now} comes after ${formatTimestamp(beforeMs)}; sort the rows by time, oldest first`
}

export function collectProblem(
  reading: UsedRows,
  line: number,
  message: string,
  stampMs: number,
): void {
  addProblem(reading.problems, line, message)
  noteUse(reading, stampMs)
}

/** All rows up to the last bar in use are in use; a row without a stamp is, until the end has been reached. */
export function noteUse(reading: UsedRows, stampMs: number): void {
  if (stampMs >= reading.lastMs) reading.isEndReached = true
  if (stampMs <= reading.lastMs || !reading.isEndReached)
    reading.problemsInUse = reading.problems.count
}

/**
 * @param rows that the file is known, or has to be expected, to have
 * @throws TooManyBars, unless a survey says what is held
 */
export function refuseTooMany(
  { bars, maxRows, problems, survey }: Collecting,
  rows: number = bars.length,
): void {
  if (rows > maxRows && survey === null) throw new TooManyBars(problems.file, maxRows)
}

/** @throws DATA_INVALID with the first five problems and the count of all */
export function finishCollecting(reading: Collecting, columns: NamedColumns | undefined): FileBars {
  const { problems, negativeVolumes, negativeVolumesBehind } = reading
  refuseProblems(reading)
  if (!columns) throw new KtrdrError('DATA_INVALID', `${problems.file} is empty.`)
  const isSpotless =
    reading.survey === null && problems.count + negativeVolumes + negativeVolumesBehind === 0
  return { ...finishBars(reading.bars), columns, negativeVolumes, isSpotless }
}

/** @throws DATA_INVALID with the first problems of the rows in use and the count of all of theirs */
export function refuseProblems({ problems, problemsInUse: count }: UsedRows): void {
  if (count > 0) throw dataInvalid({ ...problems, first: problems.first.slice(0, count), count })
}
