// What a report shows of the bars: candles, indicators, fuzzy sets and memberships, from the files that the operation
// was run on. Files that are gone, or are not what they were, give a sentence instead.

import { KtrdrError } from './core/errors.ts'
import { computeFeatures } from './features/feature-matrix.ts'
import { featureIds } from './features/feature-plan.ts'
import { frameColumns } from './features/frame-columns.ts'
import { closesMs, lastKnown, valuesAt } from './features/market.ts'
import { fuzzify } from './fuzzy/fuzzify.ts'
import type { IndicatorRef, IndicatorUse } from './indicators/indicator.ts'
import {
  loadMarketData,
  type DataRequest,
  type RangeSettings,
  type SymbolData,
} from './jobs/market-data.ts'
import {
  isMissing,
  type MarketFacts,
  type Missing,
  type SymbolFacts,
} from './report/report-data.ts'
import type { EquityCurve } from './report/result-files.ts'
import type { BarCache } from './data/bar-cache.ts'
import { firstBarAtOrAfter, type Timeframe } from './data/bars.ts'
import type { FeaturePlan } from './features/feature-plan.ts'
import type { Strategy } from './strategy/strategy.ts'

/** As many as are easily told apart. */
const MOST_INDICATORS = 3

/** Types whose outputs are prices, and belong over the bars. */
const PRICE_SCALED: ReadonlySet<string> = new Set([
  'simplemovingaverage',
  'exponentialmovingaverage',
  'weightedmovingaverage',
  'vwap',
  'bollingerbands',
  'keltnerchannels',
  'donchianchannels',
  'supertrend',
  'parabolicsar',
  'ichimoku',
])

/** The second output of a SuperTrend is its direction. */
function isPrice({ type }: IndicatorUse, { output }: IndicatorRef): boolean {
  return PRICE_SCALED.has(type) && (type !== 'supertrend' || output === 0)
}

/** What is looked at, by a network or by rules. */
export type LookedAt = FeaturePlan & Pick<Strategy, 'baseTimeframe' | 'context' | 'trading'>

export type MarketRequest = {
  readonly data: readonly DataRequest[]
  readonly range: RangeSettings
  /** At least one. */
  readonly symbols: readonly string[]
  readonly timeframe: Timeframe
  /** Of the operation. */
  readonly fingerprints: Readonly<Record<string, string>>
  readonly cache: BarCache | null
}

type Stretch = { readonly firstMs: number; readonly lastMs: number }

/**
 * Of each symbol, in their order.
 * @param strategy missing: there is nothing but the bars
 * @param stretches first and last moment of each that the report is about; null = all of the asked range
 */
export async function marketFacts(
  request: MarketRequest,
  strategy: LookedAt | Missing,
  stretches: readonly Stretch[] | null,
): Promise<readonly (MarketFacts | Missing)[]> {
  const { symbols, timeframe, fingerprints } = request
  const needs = isMissing(strategy)
    ? { baseTimeframe: timeframe, inputs: [], context: [] }
    : strategy
  const all = (missing: string): Missing[] => symbols.map(() => ({ missing }))
  try {
    const data = await loadMarketData(
      request.data,
      { ...needs, symbols },
      request.range,
      request.cache,
    )
    const changed = Object.entries(data.fingerprints).find(
      ([name, value]) => fingerprints[name] !== undefined && fingerprints[name] !== value,
    )
    if (changed) return all(`the bars are not what they were: ${changed[0]} differs.`)
    return data.symbols.map((one, i) => factsOf(one, strategy, stretches?.[i] ?? null))
  } catch (error) {
    if (!(error instanceof KtrdrError) || error.code === 'INVARIANT') throw error
    return all(`the bars could not be read again. ${error.message}`)
  }
}

/** What a backtest has traded, with what its bars show. */
export async function symbolFacts(
  request: Omit<MarketRequest, 'symbols'>,
  strategy: LookedAt | Missing,
  { timeMs, closes }: EquityCurve,
): Promise<SymbolFacts[]> {
  const symbols = closes.map(({ symbol }) => symbol)
  const traded = closes.map(({ close }) => {
    const first = close.findIndex((price) => !Number.isNaN(price))
    return { timeMs: timeMs.subarray(first), close: close.subarray(first) }
  })
  const stretches = traded.map((one) => ({ firstMs: one.timeMs[0]!, lastMs: timeMs.at(-1)! }))
  const markets = await marketFacts({ ...request, symbols }, strategy, stretches)
  return markets.map((market, i) => ({
    symbol: symbols[i]!,
    market,
    ...(isMissing(market) ? traded[i]! : { timeMs: market.timeMs, close: market.close }),
  }))
}

function factsOf(
  { market, bars, from }: SymbolData,
  strategy: LookedAt | Missing,
  stretch: Stretch | null,
): MarketFacts | Missing {
  const begin = stretch === null ? from : bars.timestampMs.indexOf(stretch.firstMs)
  const end = stretch === null ? bars.length : firstBarAtOrAfter(bars, stretch.lastMs + 1)
  if (begin < 0 || end <= begin) return { missing: 'the bars are not those of the result.' }
  const cut = (column: Float64Array): Float64Array => column.subarray(begin, end)
  return {
    timeMs: cut(bars.timestampMs),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    ...(isMissing(strategy)
      ? { indicators: [], fuzzySets: strategy, memberships: strategy }
      : ofStrategy(market, strategy, cut)),
  }
}

function ofStrategy(
  market: SymbolData['market'],
  strategy: LookedAt,
  cut: (column: Float64Array) => Float64Array,
): Pick<MarketFacts, 'indicators' | 'fuzzySets' | 'memberships'> {
  const { baseTimeframe, inputs, indicators } = strategy
  const columnsOf = frameColumns(market)
  const closes = closesMs(market.frames.get(baseTimeframe)!, baseTimeframe)
  const useOf = ({ indicatorId }: IndicatorRef) => indicators.find(({ id }) => id === indicatorId)!
  /** An output as it was known at each bar of the base timeframe. */
  const valuesOf = (ref: IndicatorRef, timeframe: Timeframe): Float64Array => {
    const own = columnsOf(timeframe, useOf(ref))[ref.output]!
    if (timeframe === baseTimeframe) return cut(own)
    const known = closesMs(market.frames.get(timeframe)!, timeframe)
    return cut(valuesAt(own, lastKnown(known, closes)))
  }
  const setOf = (id: string) => strategy.fuzzySets.find((set) => set.id === id)!
  const refs = inputs.map((input) => ({
    ref: input.kind === 'raw' ? input.indicator : setOf(input.fuzzySetId).indicator,
    timeframe: input.timeframes.includes(baseTimeframe) ? baseTimeframe : input.timeframes[0]!,
    set: input.kind === 'raw' ? null : setOf(input.fuzzySetId),
  }))
  const distinct = [...new Map(refs.map((one) => [one.ref.ref, one])).values()]
  const features = computeFeatures(market, strategy)
  const fuzzyIds = new Set(
    featureIds({ ...strategy, inputs: inputs.filter(({ kind }) => kind === 'fuzzy') }),
  )
  const fuzzyColumns = features.ids.flatMap((id, i) => (fuzzyIds.has(id) ? [i] : []))
  return {
    indicators: distinct.slice(0, MOST_INDICATORS).map(({ ref, timeframe }) => ({
      name: timeframe === baseTimeframe ? ref.ref : `${ref.ref} ${timeframe}`,
      values: valuesOf(ref, timeframe),
      isPriceScaled: isPrice(useOf(ref), ref),
    })),
    fuzzySets: refs.flatMap(({ ref, timeframe, set }) =>
      set === null
        ? []
        : [
            {
              id: set.id,
              indicator: ref.ref,
              values: valuesOf(ref, timeframe),
              words: set.memberships.map(({ name }) => name),
              degreesAt: (x: Float64Array) => fuzzify(set, x),
            },
          ],
    ),
    memberships: {
      ids: fuzzyColumns.map((i) => features.ids[i]!.replace(`${baseTimeframe}_`, '')),
      columns: fuzzyColumns.map((i) => cut(features.columns[i]!)),
    },
  }
}
