// The rates of funding of what is traded, each from a series of stamps and rates.

import type { FundingRates } from '../backtest/instrument.ts'
import { KtrdrError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { bytesOf } from '../core/snapshot.ts'
import { readSeries } from '../data/read-series.ts'
import type { DataRequest, DataSettings } from './market-data.ts'

export type Funding = {
  /** By symbol. */
  readonly rates: ReadonlyMap<string, FundingRates>
  readonly settings: readonly DataSettings[]
  readonly fingerprints: Readonly<Record<string, string>>
}

/**
 * @param lastMs open of the last bar; what is due later is never paid
 * @throws USAGE for a file of no symbol that is traded, or two of one, and what the reading of files throws
 */
export async function loadFunding(
  requests: readonly DataRequest[] = [],
  symbols: readonly string[],
  lastMs: number,
): Promise<Funding> {
  const rates = new Map<string, FundingRates>()
  const settings: DataSettings[] = []
  const fingerprints: Record<string, string> = {}
  for (const { path, symbol: named } of requests) {
    const symbol = named ?? symbols[0]!
    if (!symbols.includes(symbol) || rates.has(symbol) || (named === null && symbols.length > 1))
      throw new KtrdrError('USAGE', `It is not clear what ${path} is the funding of.`, {
        suggestions: symbols.map((each) => `--funding ${each}=FILE.csv`),
      })
    const whole = await readSeries(path, lastMs)
    const length = whole.timestampMs.findLastIndex((stampMs) => stampMs <= lastMs) + 1
    const timestampMs = whole.timestampMs.subarray(0, length)
    const rate = whole.value.subarray(0, length)
    rates.set(symbol, { length, timestampMs, rate })
    const used = length === 0 ? null : { firstMs: timestampMs[0]!, lastMs: timestampMs.at(-1)! }
    settings.push({ path, symbol, used })
    fingerprints[`${symbol} funding`] = sha256(bytesOf(timestampMs), bytesOf(rate))
  }
  return { rates, settings, fingerprints }
}
