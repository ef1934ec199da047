// Looking at, checking, making and converting files of price bars, without running anything on them.

import { resolve } from 'node:path'
import { statSync } from 'node:fs'
import { KtrdrError } from './core/errors.ts'
import { TIMEFRAMES, type Bars, type Timeframe } from './data/bars.ts'
import type { NamedColumns } from './data/bar-columns.ts'
import { barsTable } from './data/bars-table.ts'
import { checkBars, type Problem } from './data/check-bars.ts'
import { parseDateRange } from './data/date-range.ts'
import type { LineProblem } from './data/data-problems.ts'
import { findGaps } from './data/find-gaps.ts'
import { cutToRange, readChecked, typicallyApart } from './data/checked-file.ts'
import { fileFormat, type FileFormat } from './data/open-file.ts'
import { readBars } from './data/read-bars.ts'
import { resampleBars } from './data/resample.ts'
import { MARKETS, synthesizeBars, type Market } from './data/synthesize.ts'
import { timeframeOf } from './data/timeframe.ts'
import { tableFormat, writeTable } from './data/write-table.ts'

export { MARKETS, TIMEFRAMES, type Market, type Timeframe }

const MOST_PROBLEMS = 1000
const MOST_BARS = 10_000_000

export type DataFileReport = {
  readonly path: string
  readonly format: FileFormat
  readonly sizeBytes: number
  readonly bars: number
  readonly firstBarAt: string
  readonly lastBarAt: string
  /** Null when the bars are of none. */
  readonly timeframe: Timeframe | null
  readonly spacingMs: number
  readonly gaps: number
  readonly largestGapMs: number
  readonly lowest: number
  readonly highest: number
  readonly columns: Omit<NamedColumns, 'volume'> & { readonly volume: string | null }
  readonly negativeVolumes: number
}

/** @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID */
export async function inspectData(path: string): Promise<DataFileReport> {
  const { read, bars, spacingMs } = await readChecked(path, {})
  const gaps = findGaps(bars)
  return {
    path,
    format: await fileFormat(path),
    sizeBytes: statSync(path).size,
    bars: bars.length,
    ...endsOf(bars),
    timeframe: timeframeOf(spacingMs) ?? null,
    spacingMs,
    gaps: gaps.length,
    largestGapMs: gaps.reduce((largest, { ms }) => Math.max(largest, ms), 0),
    lowest: bars.low.reduce((a, b) => Math.min(a, b)),
    highest: bars.high.reduce((a, b) => Math.max(a, b)),
    columns: { ...read.columns, volume: read.columns.volume ?? null },
    negativeVolumes: read.negativeVolumes,
  }
}

export type DataFileCheck = {
  readonly path: string
  readonly isSound: boolean
  readonly problems: readonly {
    readonly severity: Problem['severity']
    /** Line of a CSV file, row of a Parquet file; null for the file as a whole. */
    readonly line: number | null
    readonly message: string
  }[]
  /** All of them, also when there are too many to list. */
  readonly count: number
}

/**
 * Everything that is wrong with a file. Lines that are no bars hide what is wrong with the bars.
 * @throws FILE_NOT_FOUND, IO_FAILED
 */
export async function checkData(path: string): Promise<DataFileCheck> {
  const found = await problemsOf(path)
  const problems = found.problems.map(({ severity, line, message }) => ({
    severity,
    line: line ?? null,
    message: `${message.replace(/\.$/, '')}.`,
  }))
  const isSound = problems.every(({ severity }) => severity === 'warning')
  return { path, isSound, problems, count: found.count ?? problems.length }
}

type FoundProblems = {
  readonly problems: readonly (Omit<Problem, 'bar'> & { readonly line?: number | undefined })[]
  readonly count?: number | undefined
}

async function problemsOf(path: string): Promise<FoundProblems> {
  try {
    const { bars, lines, columns, negativeVolumes } = await readBars(path, {
      mostProblems: MOST_PROBLEMS,
    })
    const ofBars = checkBars(bars).map(({ bar, severity, message }) => ({
      severity,
      line: bar === undefined ? undefined : lines[bar],
      message,
    }))
    return { problems: [...ofBars, ...volumeWarnings(columns, negativeVolumes)] }
  } catch (error) {
    if (!(error instanceof KtrdrError) || error.code !== 'DATA_INVALID') throw error
    const { problems, count } = error.details as { problems?: LineProblem[]; count?: number }
    if (!problems) return { problems: [{ severity: 'error', message: withRemedy(error) }] }
    return { problems: problems.map((one) => ({ severity: 'error', ...one })), count }
  }
}

function withRemedy({ message, suggestions: [remedy] }: KtrdrError): string {
  return remedy === undefined ? message : `${message.replace(/\.$/, '')} (try: ${remedy})`
}

function volumeWarnings({ volume }: NamedColumns, negativeVolumes: number) {
  const warning = (message: string) => ({ severity: 'warning', line: undefined, message }) as const
  return [
    ...(volume === undefined ? [warning('there is no volume column: volume is read as 0')] : []),
    ...(negativeVolumes > 0
      ? [warning(`negative volume is read as 0 (${negativeVolumes} bars)`)]
      : []),
  ]
}

export type WrittenBars = {
  readonly path: string
  readonly sizeBytes: number
  readonly bars: number
  readonly timeframe: Timeframe | null
  readonly firstBarAt: string
  readonly lastBarAt: string
  readonly warnings: readonly string[]
}

export type SynthesizeOptions = {
  readonly out: string
  readonly bars: number
  readonly timeframe: Timeframe
  readonly seed: number
  readonly market: Market
  readonly start: string
  /** A column that names the regime each bar was drawn from. */
  readonly regimes: boolean
  readonly force: boolean
}

/** What is made when nothing else is said. */
export const SYNTHESIZE_DEFAULTS = {
  bars: 5000,
  timeframe: '1h',
  seed: 42,
  market: 'stock',
  start: '2015-01-01',
  regimes: false,
} as const satisfies Omit<SynthesizeOptions, 'out' | 'force'>

/** @throws USAGE, IO_FAILED */
export async function synthesizeData(options: SynthesizeOptions): Promise<WrittenBars> {
  const { out, bars: count, timeframe, seed, market, start, force } = options
  tableFormat(out, { force })
  if (count < 2 || count > MOST_BARS)
    throw new KtrdrError('USAGE', `--bars ${count} is not between 2 and ${MOST_BARS}.`, {
      suggestions: ['--bars 5000'],
    })
  const startMs = parseDateRange({ start }).firstMs!
  const { bars, regimes } = synthesizeBars({ bars: count, timeframe, seed, market, startMs })
  const columns = barsTable(bars)
  if (options.regimes) columns.push({ name: 'regime', texts: regimes })
  await writeTable(out, columns, { force })
  return written(out, bars, timeframe, [])
}

export type ConvertOptions = {
  readonly path: string
  readonly out: string
  readonly timeframe?: Timeframe | undefined
  readonly start?: string | undefined
  readonly end?: string | undefined
  readonly force: boolean
}

/** @throws USAGE, FILE_NOT_FOUND, IO_FAILED, DATA_INVALID */
export async function convertData(options: ConvertOptions): Promise<WrittenBars> {
  const { path, out, timeframe, start, end, force } = options
  tableFormat(out, { force })
  const range = parseDateRange({ start, end })
  const file = await readChecked(path, range)
  const own = timeframeOf(file.spacingMs)
  if (timeframe !== undefined) refuseResampling(path, file.spacingMs, own, timeframe)
  const { bars, warnings } = cutToRange(file, range, -Infinity)
  const converted = timeframe && own ? resampleBars(bars, own, timeframe) : bars
  if (converted.length === 0)
    throw new KtrdrError(
      'DATA_INVALID',
      `${path} has ${bars.length} ${own} bars in the range, too few for one whole ${timeframe} bar.`,
      { suggestions: ['Choose a longer range or a shorter timeframe.'] },
    )
  await writeTable(out, barsTable(converted, file.read.columns.volume !== undefined), { force })
  return written(out, converted, timeframe ?? own ?? null, warnings)
}

function refuseResampling(
  path: string,
  spacingMs: number,
  own: Timeframe | undefined,
  wanted: Timeframe,
): void {
  if (own !== undefined && TIMEFRAMES.indexOf(own) <= TIMEFRAMES.indexOf(wanted)) return
  const why =
    own === undefined
      ? `which is none of the timeframes ${TIMEFRAMES.join(', ')}`
      : `too coarse for timeframe ${wanted}`
  throw new KtrdrError('DATA_INVALID', `${typicallyApart(path, spacingMs)}, ${why}.`, {
    suggestions: ['Leave --timeframe away to convert them as they are.'],
    details: { path, spacingMs },
  })
}

function written(
  path: string,
  bars: Bars,
  timeframe: Timeframe | null,
  warnings: readonly string[],
): WrittenBars {
  return {
    path: resolve(path),
    sizeBytes: statSync(path).size,
    bars: bars.length,
    timeframe,
    ...endsOf(bars),
    warnings,
  }
}

function endsOf({ timestampMs, length }: Bars) {
  const iso = (bar: number): string => new Date(timestampMs[bar]!).toISOString()
  return { firstBarAt: iso(0), lastBarAt: iso(length - 1) }
}
