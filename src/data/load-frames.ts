// All bars that a run needs of one symbol: a frame for each of its timeframes, from the files that are given for it. A
// timeframe without a file of its own is resampled from the longest of the shorter ones.

import { basename } from 'node:path'
import { KtrdrError } from '../core/errors.ts'
import type { BarCache } from './bar-cache.ts'
import { firstBarAtOrAfter, sliceBars, TIMEFRAME_MS, TIMEFRAMES } from './bars.ts'
import type { Bars, Timeframe } from './bars.ts'
import { dataFlag } from './data-flag.ts'
import type { DateRange } from './date-range.ts'
import {
  cutToRange,
  readChecked,
  relativePath,
  tooCoarse,
  typicallyApart,
  type CheckedFile,
} from './checked-file.ts'
import { resampleBars, sourceTimeframe } from './resample.ts'
import { compareSpacing, timeframeOf } from './timeframe.ts'
import { DAY_MS, formatTimestamp } from './timestamp.ts'

/** How much earlier a frame may end than the others before all are cut to its end. */
export const LAG_MS = 7 * DAY_MS
export const LAG_BARS = 3

/** First and last bar, both included. */
export type UsedRange = { readonly firstMs: number; readonly lastMs: number }

export type FrameRequest = {
  readonly path: string
  /** Of a run that is resumed: these bars and no others, whatever the range. */
  readonly used: UsedRange | null
}

export type FrameFile = {
  readonly path: string
  readonly used: UsedRange
  readonly timeframe: Timeframe
  /** As read, within the range: what a fingerprint is taken of. */
  readonly bars: Bars
}

export type Frames = {
  /** One for each timeframe that was asked for, in that order. */
  readonly frames: ReadonlyMap<Timeframe, Bars>
  /** Those that a frame was made of, in the order given. */
  readonly files: readonly FrameFile[]
  /** Sentences for the user. */
  readonly warnings: readonly string[]
}

type Source = CheckedFile & { readonly timeframe: Timeframe; readonly range: DateRange }

/**
 * What timeframe a file has is measured, never taken from its name.
 * @param timeframes at least one
 * @param quietBeforeMs gaps before this are nobody's business: the bars only warm indicators up
 * @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with line numbers, USAGE for two files of one timeframe
 */
export async function loadFrames(
  files: readonly FrameRequest[],
  symbol: string,
  timeframes: readonly Timeframe[],
  range: DateRange,
  quietBeforeMs = -Infinity,
  cache: BarCache | null = null,
): Promise<Frames> {
  const sources: Source[] = []
  for (const { path, used } of files) {
    const own = used ?? range
    const file = await readChecked(path, own, cache)
    sources.push({ ...file, timeframe: measured(file, timeframes), range: own })
  }
  refuseTwins(sources, symbol)

  const plan = timeframes.map((timeframe) => ({ timeframe, source: sourceOf(timeframe, sources) }))
  const warnings: string[] = []
  const loaded: FrameFile[] = []
  for (const source of sources) {
    const { path, timeframe } = source
    if (!plan.some((one) => one.source === source)) {
      warnings.push(
        `${relativePath(path)} is not needed: no timeframe is made of ${timeframe} bars.`,
      )
      continue
    }
    const { bars, warnings: own } = cutToRange(source, source.range, quietBeforeMs)
    const used = { firstMs: bars.timestampMs[0]!, lastMs: bars.timestampMs[bars.length - 1]! }
    loaded.push({ path, used, timeframe, bars })
    warnings.push(...own)
  }

  const frames = new Map<Timeframe, Bars>()
  for (const { timeframe, source } of plan) {
    const file = loaded.find(({ path }) => path === source.path)!
    frames.set(timeframe, frameOf(file, timeframe))
    if (source.timeframe !== timeframe)
      warnings.push(
        `${symbol} ${timeframe} is resampled from ${source.timeframe} of ${basename(source.path)}.`,
      )
  }
  return { ...cutToCommonEnd(frames, symbol, warnings), files: loaded }
}

function measured({ path, spacingMs }: CheckedFile, timeframes: readonly Timeframe[]): Timeframe {
  const timeframe = timeframeOf(spacingMs)
  if (timeframe !== undefined) return timeframe
  const tooShort = timeframes.find((wanted) => compareSpacing(spacingMs, wanted) > 0)
  if (tooShort !== undefined) throw tooCoarse(path, spacingMs, tooShort)
  throw new KtrdrError(
    'DATA_INVALID',
    `${typicallyApart(path, spacingMs)}, which is none of the timeframes ${TIMEFRAMES.join(', ')}.`,
    {
      suggestions: [`Give a file with ${timeframes[0]!} bars.`],
      details: { path, spacingMs },
    },
  )
}

function refuseTwins(sources: readonly Source[], symbol: string): void {
  for (const [i, { timeframe, path }] of sources.entries()) {
    const twin = sources.slice(i + 1).find((other) => other.timeframe === timeframe)
    if (twin)
      throw new KtrdrError(
        'USAGE',
        `${path} and ${twin.path} both have ${timeframe} bars of ${symbol}; one of them is enough.`,
        { suggestions: [path, twin.path].map((one) => dataFlag(symbol, one)) },
      )
  }
}

function sourceOf(wanted: Timeframe, sources: readonly Source[]): Source {
  const timeframe = sourceTimeframe(
    wanted,
    sources.map((source) => source.timeframe),
  )
  const source = sources.find((one) => one.timeframe === timeframe)
  if (source) return source
  const finest = sources.toSorted((a, b) => a.spacingMs - b.spacingMs)[0]!
  throw tooCoarse(finest.path, finest.spacingMs, wanted)
}

function frameOf({ path, timeframe, bars }: FrameFile, wanted: Timeframe): Bars {
  const frame = resampleBars(bars, timeframe, wanted)
  if (frame.length > 0) return frame
  throw new KtrdrError(
    'DATA_INVALID',
    `${path} has ${bars.length} ${timeframe} bars in the range, too few for one whole ${wanted} bar.`,
    { suggestions: [`Choose a longer range, or give a file with ${wanted} bars.`] },
  )
}

/** A frame that ends long before the others would go on giving its last bar as the newest: all end with it. */
function cutToCommonEnd(
  frames: ReadonlyMap<Timeframe, Bars>,
  symbol: string,
  warnings: readonly string[],
): Pick<Frames, 'frames' | 'warnings'> {
  const ends = [...frames].map(([timeframe, bars]) => ({ timeframe, ms: endOf(bars, timeframe) }))
  const latestMs = Math.max(...ends.map(({ ms }) => ms))
  const lagging = ends.filter(
    ({ timeframe, ms }) => latestMs - ms > Math.max(LAG_MS, LAG_BARS * TIMEFRAME_MS[timeframe]),
  )
  if (lagging.length === 0) return { frames, warnings }
  const first = lagging.reduce((a, b) => (b.ms < a.ms ? b : a))
  const cut = [...frames].map(([timeframe, bars]) => {
    const to = firstBarAtOrAfter(bars, first.ms - TIMEFRAME_MS[timeframe] + 1)
    return [timeframe, sliceBars(bars, 0, to)] as const
  })
  const empty = cut.find(([, bars]) => bars.length === 0)
  if (empty)
    throw new KtrdrError(
      'DATA_INVALID',
      `The ${first.timeframe} bars of ${symbol} end at ${formatTimestamp(first.ms)}, before the ${empty[0]} bars begin.`,
      { suggestions: ['Give files that cover the same time.'] },
    )
  return {
    frames: new Map(cut),
    warnings: [
      ...warnings,
      `The ${first.timeframe} bars of ${symbol} end at ${formatTimestamp(first.ms)}: its other bars are cut there.`,
    ],
  }
}

/** When the last bar is known. */
function endOf({ timestampMs, length }: Bars, timeframe: Timeframe): number {
  return timestampMs[length - 1]! + TIMEFRAME_MS[timeframe]
}
