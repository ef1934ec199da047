// The series beside the bars that a strategy's `context_data` declares, each from a file of its own.
//
// A value is known once it is published: `publication_lag` after its stamp, or, where nothing is said, when the next
// value is due. A file says no more than when its values were observed (W17).

import { KtrdrError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { bytesOf } from '../core/snapshot.ts'
import { readSeries } from '../data/read-series.ts'
import { typicalSpacingMs } from '../data/timeframe.ts'
import { differenceOf, type KnownSeries } from '../features/market.ts'
import type { ContextSeries } from '../strategy/strategy.ts'
import type { DataRequest, DataSettings, RangeSettings } from './market-data.ts'

export type ContextData = {
  readonly settings: readonly DataSettings[]
  readonly series: ReadonlyMap<string, KnownSeries>
  readonly fingerprints: Readonly<Record<string, string>>
}

/** @throws USAGE when a series has no file, and what the reading of files throws */
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
    const request = requests.find(({ symbol }) => symbol === id)
    if (!request)
      throw new KtrdrError(
        'USAGE',
        `The strategy looks at the series ${id}, and has no data for it.`,
        {
          suggestions: [`--data ${id}=FILE.csv`],
        },
      )
    const { path, used } = request
    const whole = await readSeries(path)
    const until = used?.lastMs ?? toMs ?? Infinity
    const length = whole.timestampMs.findLastIndex((stampMs) => stampMs <= until) + 1
    if (length < 2)
      throw new KtrdrError('DATA_INVALID', `${path} has fewer than two values in the range.`, {
        suggestions: ['Choose a later --end, or give more history.'],
      })
    const timestampMs = whole.timestampMs.subarray(0, length)
    const value = whole.value.subarray(0, length)
    const lagMs = publicationLagMs ?? typicalSpacingMs({ length, timestampMs })
    series.set(id, { knownMs: timestampMs.map((stampMs) => stampMs + lagMs), value })
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
