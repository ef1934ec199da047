// A file of price bars that is sound as far as it is used: strictly ascending, possible candles, cut to the range that
// was asked for; load-frames.ts makes what a run needs of such files. Words of this room: a bar is stamped with its open time in UTC;
// a problem is what the bars suffer from; a fingerprint is what a resumed run compares. Knows nothing of
// strategies, operations or the screen.

import { relative } from 'node:path'
import { KtrdrError } from '../core/errors.ts'
import type { BarCache } from './bar-cache.ts'
import { firstBarAtOrAfter, sliceBars, type Bars, type Timeframe } from './bars.ts'
import { barErrors, gapWarnings, type Problem } from './check-bars.ts'
import { addProblem, dataInvalid, noProblems } from './data-problems.ts'
import { nothingInRange, type DateRange } from './date-range.ts'
import type { FileBars } from './collect-bars.ts'
import { readBars } from './read-bars.ts'
import { typicalSpacingMs } from './timeframe.ts'
import { formatDuration } from './timestamp.ts'

/** A file whose bars are sound up to the end of the range. */
export type CheckedFile = {
  readonly path: string
  readonly read: FileBars
  /** Without those behind the range. */
  readonly bars: Bars
  readonly spacingMs: number
}

/**
 * The file is checked up to the end of the range. What stands behind the last bar in use may be of any kind: files grow,
 * and a resume must not mind.
 * @param range what is before it is read too, unless the file is too large to be held
 * @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with line numbers
 */
export async function readChecked(
  path: string,
  range: DateRange,
  cache: BarCache | null = null,
): Promise<CheckedFile> {
  const read = await readBars(path, range, cache)
  const bars = withoutLater(read.bars, range.lastMs)
  refuseErrors(path, read.lines, barErrors(bars))
  return { path, read, bars, spacingMs: typicalSpacingMs(bars) }
}

/**
 * The bars in the range, and sentences for the user.
 * @param quietBeforeMs gaps before this are nobody's business: the bars only warm indicators up
 * @throws DATA_INVALID when there are none
 */
export function cutToRange(
  { path, read, bars }: CheckedFile,
  range: DateRange,
  quietBeforeMs: number,
): { bars: Bars; warnings: readonly string[] } {
  const { from, to } = barsInRange(path, bars, range, read.bars)
  return {
    bars: sliceBars(bars, from, to),
    warnings: warningsOf(path, read, firstBarAtOrAfter(read.bars, quietBeforeMs), to),
  }
}

/** The bars up to the last one stamped at or before `lastMs`; all of them when that leaves too few to judge. */
function withoutLater(bars: Bars, lastMs = Infinity): Bars {
  const count = bars.timestampMs.findLastIndex((stampMs) => stampMs <= lastMs) + 1
  return count < 2 ? bars : sliceBars(bars, 0, count)
}

function refuseErrors(path: string, lines: Int32Array, problems: readonly Problem[]): void {
  const found = noProblems(path)
  for (const { bar, message } of problems) addProblem(found, lines[bar ?? 0] ?? 1, message)
  if (found.count > 0) throw dataInvalid(found)
}

/** Longer bars hold no shorter ones. */
export function tooCoarse(path: string, spacingMs: number, timeframe: Timeframe): KtrdrError {
  return new KtrdrError(
    'DATA_INVALID',
    `${typicallyApart(path, spacingMs)}, too coarse for timeframe ${timeframe}.`,
    {
      suggestions: [`Give a file with ${timeframe} bars, or a strategy for a longer timeframe.`],
      details: { path, timeframe, spacingMs },
    },
  )
}

export function typicallyApart(path: string, spacingMs: number): string {
  return `The bars of ${path} are typically ${formatDuration(spacingMs)} apart`
}

function barsInRange(path: string, bars: Bars, { firstMs, lastMs }: DateRange, all: Bars) {
  const from = firstMs === undefined ? 0 : firstBarAtOrAfter(bars, firstMs)
  const to = lastMs === undefined ? bars.length : firstBarAtOrAfter(bars, lastMs + 1)
  if (to > from) return { from, to }
  const whole = { firstMs: all.timestampMs[0]!, lastMs: all.timestampMs[all.length - 1]! }
  throw nothingInRange(path, { firstMs, lastMs }, whole)
}

/** About the whole file, and about the bars from `from` to `to`. */
function warningsOf(path: string, read: FileBars, from: number, to: number): string[] {
  const { bars, columns, negativeVolumes, lines } = read
  const file = relativePath(path)
  const warnings: string[] = []
  if (columns.volume === undefined) warnings.push(`${file} has no volume column: volume is 0.`)
  if (negativeVolumes > 0)
    warnings.push(`${file}: negative volume was read as 0 (${negativeVolumes} bars).`)
  if (to - from < 2) return warnings
  for (const { bar, message } of gapWarnings(sliceBars(bars, from, to)))
    warnings.push(`${file}:${lines[from + (bar ?? 0)]!}: ${message}.`)
  return warnings
}

/** As the user would type it: from here when it lies below. */
export function relativePath(path: string): string {
  const fromHere = relative('', path)
  return fromHere.startsWith('..') ? path : fromHere
}
