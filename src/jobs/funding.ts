// The rates of funding of what is traded, each from a series of stamps and rates.

import type { FundingRates } from '../backtest/instrument.ts'
import { KtrdrError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { bytesOf } from '../core/snapshot.ts'
import type { Stamps } from '../data/bars.ts'
import { readSeries } from '../data/read-series.ts'
import { typicalSpacingMs } from '../data/timeframe.ts'
import { formatTimestamp } from '../data/timestamp.ts'
import type { DataRequest, DataSettings, MarketData, SymbolData } from './market-data.ts'

export type Funding = {
  /** By symbol. */
  readonly rates: ReadonlyMap<string, FundingRates>
  readonly settings: readonly DataSettings[]
  readonly fingerprints: Readonly<Record<string, string>>
  /** Of bars for which there are no rates. */
  readonly warnings: readonly string[]
}

/**
 * What is due after the last bar of all symbols is never paid.
 * @throws USAGE for a file of no symbol that is traded, or two of one, DATA_INVALID for what is no rate, and what the
 *   reading of files throws
 */
export async function loadFunding(
  requests: readonly DataRequest[] = [],
  data: Pick<MarketData, 'symbols'>,
): Promise<Funding> {
  const symbols = data.symbols.map(({ symbol }) => symbol)
  const lastMs = Math.max(...data.symbols.map(({ bars }) => lastOf(bars)))
  const rates = new Map<string, FundingRates>()
  const settings: DataSettings[] = []
  const fingerprints: Record<string, string> = {}
  const warnings: string[] = []
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
    refuseNoRate(path, { length, timestampMs, rate })
    rates.set(symbol, { length, timestampMs, rate })
    warnings.push(
      ...gapsOf(
        path,
        timestampMs,
        data.symbols.find((one) => one.symbol === symbol)!,
      ),
    )
    const used = length === 0 ? null : { firstMs: timestampMs[0]!, lastMs: timestampMs.at(-1)! }
    settings.push({ path, symbol, used })
    fingerprints[`${symbol} funding`] = sha256(bytesOf(timestampMs), bytesOf(rate))
  }
  return { rates, settings, fingerprints, warnings }
}

function lastOf({ length, timestampMs }: Stamps): number {
  return timestampMs[length - 1]!
}

/** As much as the position or more is a price, or a percentage without its sign. */
function refuseNoRate(path: string, { timestampMs, rate }: FundingRates): void {
  const at = rate.findIndex((value) => Math.abs(value) >= 1)
  if (at === -1) return
  throw new KtrdrError(
    'DATA_INVALID',
    `${path} has ${rate[at]!} at ${formatTimestamp(timestampMs[at]!)}, which as a rate of funding is the whole value of the position or more.`,
    { suggestions: ['Write 0.01 % as 0.0001, and name the column of the rates value.'] },
  )
}

/** Where the rates begin after the bars or end before them, by more than they are apart. */
function gapsOf(
  path: string,
  timestampMs: Float64Array,
  { symbol, bars, from }: Pick<SymbolData, 'symbol' | 'bars' | 'from'>,
): string[] {
  const [firstMs, lastMs] = [bars.timestampMs[from]!, lastOf(bars)]
  const none = (when: string): string =>
    `${path} has no rates of ${symbol} ${when}: no funding is paid there.`
  const due = timestampMs.filter((stampMs) => stampMs >= firstMs)
  if (due.length === 0) return [none('from the first bar on')]
  const stamps = { length: timestampMs.length, timestampMs }
  const usualMs = timestampMs.length < 2 ? 0 : typicalSpacingMs(stamps)
  return [
    ...(timestampMs[0]! > firstMs + usualMs
      ? [none(`before ${formatTimestamp(timestampMs[0]!)}`)]
      : []),
    ...(lastOf(stamps) + usualMs < lastMs
      ? [none(`after ${formatTimestamp(lastOf(stamps))}`)]
      : []),
  ]
}
