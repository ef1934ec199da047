// What every job does with price data: load the bars and series that a strategy looks at, cut them at the end of the
// range, and say what must not have changed when the run is resumed. History before the range is kept: it warms
// indicators up.

import { KtrdrError } from '../core/errors.ts'
import type { BarCache } from '../data/bar-cache.ts'
import { firstBarAtOrAfter, TIMEFRAME_MS, type Bars, type Timeframe } from '../data/bars.ts'
import { formatDateRange } from '../data/date-range.ts'
import { findDataFiles } from '../data/find-data-files.ts'
import { fingerprintBars } from '../data/fingerprint.ts'
import { loadFrames } from '../data/load-frames.ts'
import type { Market } from '../features/market.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { coverage, loadContext, refuseStrangers } from './context-data.ts'

export type DataSettings = {
  /** Absolute. */
  readonly path: string
  /** Or the id of a context series. */
  readonly symbol: string
  /** First and last bar in use, warm-up included; null until they are known. */
  readonly used: { readonly firstMs: number; readonly lastMs: number } | null
}

/** A data file or directory that was asked for; without a symbol it is for that of the strategy. */
export type DataRequest = Omit<DataSettings, 'symbol'> & { readonly symbol: string | null }

/** The asked range, in UTC milliseconds, both ends included; null = open. */
export type RangeSettings = { readonly fromMs: number | null; readonly toMs: number | null }

export type SymbolData = {
  readonly symbol: string
  readonly market: Market
  /** Of the base timeframe. */
  readonly bars: Bars
  /** First bar of the asked range. */
  readonly from: number
}

export type MarketData = {
  /** The files in use. */
  readonly settings: readonly DataSettings[]
  /** In the order of the strategy. */
  readonly symbols: readonly SymbolData[]
  readonly warnings: readonly string[]
  readonly fingerprints: Readonly<Record<string, string>>
}

/** What a strategy looks at. */
export type DataNeeds = Pick<Strategy, 'symbols' | 'baseTimeframe' | 'context'> & {
  readonly inputs: readonly { readonly timeframes: readonly Timeframe[] }[]
}

/** @throws USAGE for data that is missing or of no use, DATA_INVALID and what else the reading of files throws */
export async function loadMarketData(
  requests: readonly DataRequest[],
  needs: DataNeeds,
  range: RangeSettings,
  cache: BarCache | null = null,
): Promise<MarketData> {
  const { symbols, baseTimeframe } = needs
  const timeframes = timeframesOf(needs)
  const isContext = (id: string | null): boolean => needs.context.some((series) => series.id === id)
  const ofBars = requests.filter(({ symbol }) => !isContext(symbol))
  refuseStrangers(requests, symbols, needs.context)
  const files = findDataFiles(ofBars, symbols, timeframes)
  const context = await loadContext(requests, needs.context, range)

  const loaded: SymbolData[] = []
  const settings: DataSettings[] = []
  const warnings: string[] = []
  const fingerprints: Record<string, string> = {}
  for (const symbol of symbols) {
    const { frames, ...found } = await loadFrames(
      files.filter((file) => file.symbol === symbol),
      symbol,
      timeframes,
      { lastMs: range.toMs ?? undefined },
      range.fromMs ?? undefined,
      cache,
    )
    const bars = frames.get(baseTimeframe)!
    const from = firstInRange(bars, marketText([symbol], baseTimeframe), range)
    loaded.push({ symbol, market: { baseTimeframe, frames, context: context.series }, bars, from })
    const endMs = bars.timestampMs[bars.length - 1]! + TIMEFRAME_MS[baseTimeframe]
    warnings.push(...found.warnings, ...coverage(context.series, symbol, endMs))
    for (const { path, used, timeframe, bars: asRead } of found.files) {
      settings.push({ path, symbol, used })
      const name = found.files.length === 1 ? symbol : `${symbol} ${timeframe}`
      for (const [what, value] of Object.entries(fingerprintBars(asRead)))
        fingerprints[`${name} ${what}`] = value
    }
  }
  return {
    settings: [...settings, ...context.settings],
    symbols: loaded,
    warnings,
    fingerprints: { ...fingerprints, ...context.fingerprints },
  }
}

/** @throws DATA_INVALID when all bars lie before the range */
export function firstInRange(bars: Bars, what: string, { fromMs, toMs }: RangeSettings): number {
  const from = fromMs === null ? 0 : firstBarAtOrAfter(bars, fromMs)
  if (from < bars.length) return from
  const wanted = { firstMs: fromMs ?? undefined, lastMs: toMs ?? undefined }
  const whole = { firstMs: bars.timestampMs[0]!, lastMs: bars.timestampMs[bars.length - 1]! }
  throw new KtrdrError(
    'DATA_INVALID',
    `There are no bars of ${what} in ${formatDateRange(wanted)}: there are those of ${formatDateRange(whole)}.`,
    { suggestions: ['Choose --start and --end within them.'], details: whole },
  )
}

/** The base timeframe, and each that an input looks at. */
function timeframesOf({ baseTimeframe, inputs }: DataNeeds): Timeframe[] {
  return [...new Set([baseTimeframe, ...inputs.flatMap(({ timeframes }) => timeframes)])]
}

/** `SP500 1d`, `AAPL, MSFT 1d` … as a headline names what is worked on. */
export function marketText(symbols: readonly string[], timeframe: Timeframe): string {
  return `${symbols.join(', ')} ${timeframe}`
}
