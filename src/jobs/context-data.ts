// The series beside the bars that a strategy's `context_data` declares, each from a file of its own.
//
// A value is known once it is published: `publication_lag` after its stamp, or, where nothing is said, when the next
// value is due, going by how far apart values have been so far. A file says no more than when its values were observed
// (W17).

import { KtrdrError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { bytesOf } from '../core/snapshot.ts'
import { dataFlag } from '../data/data-flag.ts'
import { LAG_BARS, LAG_MS } from '../data/load-frames.ts'
import { readSeries } from '../data/read-series.ts'
import { typicalSpacingMs } from '../data/timeframe.ts'
import { formatTimestamp } from '../data/timestamp.ts'
import { differenceOf, type KnownSeries } from '../features/market.ts'
import { expandingMedian } from '../labels/expanding-median.ts'
import type { ContextSeries } from '../strategy/strategy.ts'
import type { DataRequest, DataSettings, RangeSettings } from './market-data.ts'

export type ContextData = {
  readonly settings: readonly DataSettings[]
  readonly series: ReadonlyMap<string, KnownSeries>
  readonly fingerprints: Readonly<Record<string, string>>
}

/** @throws USAGE when a series has no file or two, and what the reading of files throws */
export async function loadContext(
  requests: readonly DataRequest[],
  context: readonly ContextSeries[],
  { toMs }: RangeSettings,
): Promise<ContextData> {
  const series = new Map<string, KnownSeries>()
  const settings: DataSettings[] = []
  const fingerprints: Record<string, string> = {}
  for (const { id, difference, publicationLagMs } of context) {
    if (difference !== null) continue
    const { path, used } = fileOf(id, requests)
    const until = used?.lastMs ?? toMs ?? Infinity
    const whole = await readSeries(path, until)
    const length = whole.timestampMs.findLastIndex((stampMs) => stampMs <= until) + 1
    if (length < 2)
      throw new KtrdrError('DATA_INVALID', `${path} has fewer than two values in the range.`, {
        suggestions: ['Choose a later --end, or give more history.'],
      })
    const timestampMs = whole.timestampMs.subarray(0, length)
    const value = whole.value.subarray(0, length)
    const knownMs =
      publicationLagMs === null
        ? whenNextIsDue(timestampMs)
        : timestampMs.map((stampMs) => stampMs + publicationLagMs)
    series.set(id, { knownMs, value })
    settings.push({
      path,
      symbol: id,
      used: { firstMs: timestampMs[0]!, lastMs: timestampMs[length - 1]! },
    })
    fingerprints[`${id} values`] = sha256(bytesOf(timestampMs), bytesOf(value))
  }
  for (const { id, difference } of context)
    if (difference !== null)
      series.set(id, differenceOf(series.get(difference[0])!, series.get(difference[1])!))
  return { settings, series, fingerprints }
}

/** @throws USAGE for data that is of no symbol and no series, or of a series that is made of others */
export function refuseStrangers(
  requests: readonly DataRequest[],
  symbols: readonly string[],
  context: readonly ContextSeries[],
): void {
  const given = context.filter(({ difference }) => difference === null).map(({ id }) => id)
  for (const { symbol, path } of requests) {
    if (symbol === null || symbols.includes(symbol) || given.includes(symbol)) continue
    const { difference } = context.find(({ id }) => id === symbol) ?? {}
    if (difference)
      throw new KtrdrError(
        'USAGE',
        `${symbol} is the difference of ${difference.join(' and ')}, and has no file of its own.`,
        { suggestions: difference.map((id) => `--data ${id}=FILE.csv`) },
      )
    if (given.length === 0) continue // then it is meant for a symbol, and what finds bars says so
    throw new KtrdrError(
      'USAGE',
      `The strategy is for ${symbols.join(', ')} and looks at the series ${given.join(', ')}; ${symbol} is none of them.`,
      { suggestions: [...given, ...symbols].map((id) => dataFlag(id, path)) },
    )
  }
}

/**
 * What the values leave of the bars of a symbol, in sentences for the user.
 * @param endMs when its last bar closes
 * @throws DATA_INVALID for a series that none of its bars can know
 */
export function coverage(
  series: ContextData['series'],
  symbol: string,
  endMs: number,
): readonly string[] {
  return [...series].flatMap(([id, { knownMs }]) => {
    const [firstMs, lastMs] = [knownMs[0]!, knownMs[knownMs.length - 1]!]
    if (firstMs > endMs)
      throw new KtrdrError(
        'DATA_INVALID',
        `The first value of ${id} is known at ${formatTimestamp(firstMs)}, after the last bar of ${symbol} has closed at ${formatTimestamp(endMs)}.`,
        { suggestions: [`Give a file of ${id} that begins earlier.`] },
      )
    const usualMs = typicalSpacingMs({ length: knownMs.length, timestampMs: knownMs })
    if (endMs - lastMs <= Math.max(LAG_MS, LAG_BARS * usualMs)) return []
    return [
      `The last value of ${id} is known at ${formatTimestamp(lastMs)}: it stands for all bars of ${symbol} up to ${formatTimestamp(endMs)}.`,
    ]
  })
}

function fileOf(id: string, requests: readonly DataRequest[]): DataRequest {
  const [only, twin] = requests.filter(({ symbol }) => symbol === id)
  if (!only)
    throw new KtrdrError(
      'USAGE',
      `The strategy looks at the series ${id}, and has no data for it.`,
      { suggestions: [`--data ${id}=FILE.csv`] },
    )
  if (!twin) return only
  throw new KtrdrError(
    'USAGE',
    `${only.path} and ${twin.path} are both given for the series ${id}; one of them is enough.`,
    { suggestions: [only, twin].map(({ path }) => dataFlag(id, path)) },
  )
}

/**
 * The median distance after each stamp; of the distances up to it, so that no later value changes what is known at a
 * moment. For the first there is none but the one behind it, at the end of which it counts. Where a later value is known
 * first, it stands for those before it.
 */
function whenNextIsDue(timestampMs: Float64Array): Float64Array {
  const distances = timestampMs.map((stampMs, i) => stampMs - (timestampMs[i - 1] ?? NaN))
  const typical = expandingMedian(distances)
  typical[0] = distances[1]!
  const dueMs = timestampMs.map((stampMs, i) => stampMs + typical[i]!)
  for (let i = dueMs.length - 2; i >= 0; i--) dueMs[i] = Math.min(dueMs[i]!, dueMs[i + 1]!)
  return dueMs
}
