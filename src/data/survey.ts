// A file of more bars than are held at once. It is read without holding any, to count those in the range; when these fit, it
// is read once more, and only these are held. Bars that are not held are not judged, but must ascend all the same.

import { KtrdrError } from '../core/errors.ts'
import { shellWord } from '../core/shell-word.ts'
import { grouped } from '../core/text.ts'
import { nothingInRange, type DateRange } from './date-range.ts'
import { formatTimestamp } from './timestamp.ts'

/**
 * Bars of one file in memory: 52 bytes each, 520 MB. More than any market has minutes: 25 years of currencies have 9.3
 * million, 15 years of a market that never closes 7.9 million.
 */
export const MAX_BARS = 10_000_000

/** A bar that stands first so many before the end can be told to this. */
const SAMPLED_EVERY = 65_536

export type Survey = {
  readonly firstMs: number
  readonly lastMs: number
  /** Bars in the range are held; else they are only counted. */
  readonly isHolding: boolean
  inRange: number
  /** Of all bars of the file. */
  earliestMs: number
  latestMs: number
  /** Stamps of some bars in the range, at equal distances. */
  readonly sampledMs: number[]
}

/** Too many for memory; whether too many are in use, only a survey tells. */
export class TooManyBars extends KtrdrError {
  constructor(file: string, maxRows: number) {
    super('DATA_INVALID', `${file} has more than ${grouped(maxRows)} bars.`)
  }
}

export function startSurvey({ firstMs, lastMs }: DateRange, isHolding: boolean): Survey {
  return {
    firstMs: firstMs ?? -Infinity,
    lastMs: lastMs ?? Infinity,
    isHolding,
    inRange: 0,
    earliestMs: NaN,
    latestMs: NaN,
    sampledMs: [],
  }
}

export type Surveyed = {
  readonly isHeld: boolean
  /** Stamp of the bar before, when that is not earlier, and it matters. */
  readonly outOfOrderAfterMs: number | undefined
}

/** The next bar of the file. */
export function surveyBar(survey: Survey, stampMs: number): Surveyed {
  const { firstMs, lastMs, latestMs } = survey
  const isInRange = stampMs >= firstMs && stampMs <= lastMs
  if (Number.isNaN(latestMs)) survey.earliestMs = stampMs
  if (!(stampMs <= latestMs)) survey.latestMs = stampMs
  if (isInRange && survey.inRange++ % SAMPLED_EVERY === 0) survey.sampledMs.push(stampMs)
  return {
    isHeld: isInRange && survey.isHolding,
    outOfOrderAfterMs: stampMs <= latestMs && stampMs <= lastMs ? latestMs : undefined,
  }
}

/** @throws DATA_INVALID when more bars are in the range than are held at once, or none */
export function refuseSurveyed(file: string, survey: Survey, maxRows: number): void {
  const { inRange, firstMs, lastMs, earliestMs, latestMs } = survey
  const range = {
    firstMs: firstMs === -Infinity ? undefined : firstMs,
    lastMs: lastMs === Infinity ? undefined : lastMs,
  }
  if (inRange === 0) throw nothingInRange(file, range, { firstMs: earliestMs, lastMs: latestMs })
  if (inRange <= maxRows) return
  const hasRange = range.firstMs !== undefined || range.lastMs !== undefined
  const start = formatTimestamp(fittingStart(survey, maxRows))
  const end = range.lastMs === undefined ? '' : ` --end ${formatTimestamp(range.lastMs)}`
  throw new KtrdrError(
    'DATA_INVALID',
    `${file} has ${grouped(inRange)} bars${hasRange ? ' in the range' : ''}, more than the ${grouped(maxRows)} that are held in memory.`,
    {
      suggestions: [
        `ktrdr data convert ${shellWord(file)} part.csv --start ${start}${end}`,
        'Use an earlier --end, or bars of a longer timeframe.',
      ],
      details: { file, bars: inRange, most: maxRows },
    },
  )
}

/** From which stamp on the bars fit. */
function fittingStart({ inRange, sampledMs }: Survey, maxRows: number): number {
  return sampledMs[Math.ceil((inRange - maxRows) / SAMPLED_EVERY)] ?? sampledMs.at(-1)!
}
