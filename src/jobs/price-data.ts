// What every job does with price data: load the bars that the settings name, cut them at the end of the range, and
// say what must not have changed when the run is resumed. History before the range is kept: it warms indicators up.

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
