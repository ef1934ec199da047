// What every job does with price data: load the bars that the settings name, cut them at the end of the range, and
// say what must not have changed when the run is resumed. History before the range is kept: it warms indicators up.

import { KtrdrError } from '../core/errors.ts'
import { firstBarAtOrAfter, type Bars, type Timeframe } from '../data/bars.ts'
import { fingerprintBars } from '../data/fingerprint.ts'
import { loadBars } from '../data/load-bars.ts'

export type DataSettings = {
  /** Absolute. */
  readonly path: string
  readonly symbol: string
  /** First and last bar in use, warm-up included; null until they are known. */
  readonly used: { readonly firstMs: number; readonly lastMs: number } | null
}

/** A data file that was asked for; without a symbol it is for that of the strategy. */
export type DataRequest = Omit<DataSettings, 'symbol'> & { readonly symbol: string | null }

/** The asked range, in UTC milliseconds, both ends included; null = open. */
export type RangeSettings = { readonly fromMs: number | null; readonly toMs: number | null }

export type PriceData = {
  readonly settings: DataSettings
  readonly bars: Bars
  /** First bar of the asked range. */
  readonly from: number
  readonly warnings: readonly string[]
  readonly fingerprints: Readonly<Record<string, string>>
}

/** The one data file there may be so far, for the one symbol of the strategy. */
export function onlyData(data: readonly DataRequest[], symbol: string): DataSettings {
  const [file, ...others] = data
  if (!file)
    throw new KtrdrError('USAGE', 'There is no data to work on.', {
      suggestions: ['--data FILE.csv'],
    })
  if (others.length > 0)
    throw new KtrdrError(
      'NOT_YET_SUPPORTED',
      `${data.length} data files were given; one works now.`,
      {
        suggestions: [`--data ${file.path}`],
      },
    )
  if (file.symbol !== null && file.symbol !== symbol)
    throw new KtrdrError('USAGE', `The strategy is for ${symbol}, the data for ${file.symbol}.`, {
      suggestions: [`--data ${symbol}=${file.path}`],
    })
  return { ...file, symbol }
}

export async function loadPriceData(
  { path, symbol, used }: DataSettings,
  timeframe: Timeframe,
  { fromMs, toMs }: RangeSettings,
): Promise<PriceData> {
  const { bars, warnings } = await loadBars(
    { path, symbol, timeframe },
    used ?? { lastMs: toMs ?? undefined },
    fromMs ?? undefined,
  )
  return {
    settings: {
      path,
      symbol,
      used: { firstMs: bars.timestampMs[0]!, lastMs: bars.timestampMs[bars.length - 1]! },
    },
    bars,
    from: fromMs === null ? 0 : firstBarAtOrAfter(bars, fromMs),
    warnings,
    fingerprints: fingerprintsOf(symbol, bars),
  }
}

function fingerprintsOf(symbol: string, bars: Bars): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fingerprintBars(bars)).map(([what, value]) => [`${symbol} ${what}`, value]),
  )
}
