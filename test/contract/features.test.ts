import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import { bytesOf } from '../../src/core/snapshot.ts'
import { TIMEFRAME_MS, type Bars, type Timeframe } from '../../src/data/bars.ts'
import { computeFeatures } from '../../src/features/feature-matrix.ts'
import type { FeaturePlan, NetworkInput } from '../../src/features/feature-plan.ts'
import { closesMs, type Market } from '../../src/features/market.ts'
import { INDICATORS, refusal } from '../../src/indicators/catalog.ts'
import { checkParameters } from '../../src/indicators/compute.ts'
import { makeBars } from '../support/make-bars.ts'

// What no feature may do, whatever the timeframes: look at what was not known when its bar closed.

const TIMEFRAMES: readonly Timeframe[] = ['15m', '1h', '4h', '1d']
const SERIES = 'rates'
const START_MS = Date.UTC(2021, 2, 1)

const TYPES = [...INDICATORS.keys()].filter((type) => refusal(type) === undefined)

/** Bars of a timeframe from a common start on, with a hole as a weekend leaves one. */
function barsOn(timeframe: Timeframe, hours: number, seed: number): Bars {
  const stepMs = TIMEFRAME_MS[timeframe]
  const stamps = Array.from(
    { length: Math.floor((hours * 3_600_000) / stepMs) },
    (_, i) => START_MS + i * stepMs,
  ).filter((stampMs) => {
    const hour = (stampMs - START_MS) / 3_600_000
    return hour < 30 || hour >= 60
  })
  return { ...makeBars(stamps.length, seed), timestampMs: Float64Array.from(stamps) }
}

function marketOn(base: Timeframe, hours: number): Market {
  const frames = TIMEFRAMES.map((timeframe, i) => [timeframe, barsOn(timeframe, hours, i)] as const)
  const moments = Array.from({ length: Math.floor(hours / 5) }, (_, i) => START_MS + i * 18_000_000)
  const rates = {
    knownMs: Float64Array.from(moments.slice(1)),
    value: makeBars(moments.length - 1, 9).close,
  }
  return { baseTimeframe: base, frames: new Map(frames), context: new Map([[SERIES, rates]]) }
}

/** The market with everything that was not known at `nowMs` replaced. */
function withOtherFuture({ baseTimeframe, frames, context }: Market, nowMs: number): Market {
  const changed = [...frames].map(([timeframe, bars]) => {
    const closes = closesMs(bars, timeframe)
    const other = (column: Float64Array): Float64Array =>
      column.map((value, i) => (closes[i]! <= nowMs ? value : 2 * value + 1))
    const { length, timestampMs, open, high, low, close, volume } = bars
    const columns = { open: other(open), high: other(high), low: other(low), close: other(close) }
    return [timeframe, { length, timestampMs, ...columns, volume: other(volume) }] as const
  })
  const series = [...context].map(
    ([id, { knownMs, value }]) =>
      [
        id,
        { knownMs, value: value.map((x, i) => (knownMs[i]! <= nowMs ? x : 2 * x + 1)) },
      ] as const,
  )
  return { baseTimeframe, frames: new Map(changed), context: new Map(series) }
}

function planOf(types: readonly string[], timeframes: readonly Timeframe[]): FeaturePlan {
  const indicators = types.map((type, i) => ({
    id: `i${i}`,
    type,
    parameters: checkParameters(INDICATORS.get(type)!, {}).parameters,
    ...(i % 3 === 2 ? { dataSource: SERIES } : {}),
  }))
  const inputs = indicators.flatMap(({ id, type }): NetworkInput[] => {
    const outputs = Math.max(1, INDICATORS.get(type)!.outputs.length)
    return Array.from({ length: outputs }, (_, output) => ({
      kind: 'raw',
      indicator: { ref: `${id}.${output}`, indicatorId: id, output },
      timeframes,
      normalization: 'none',
    }))
  })
  return { indicators, fuzzySets: [], inputs }
}

const hashesOf = (columns: readonly Float64Array[], rows: number): string[] =>
  columns.map((column) => sha256(bytesOf(column.slice(0, rows))))

describe.each(TIMEFRAMES)('features of %s bars', (base) => {
  it('of any indicators on any timeframes are the same whatever comes later', () => {
    const market = marketOn(base, 24 * 12)
    const closes = closesMs(market.frames.get(base)!, base)
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 6 }),
        fc.subarray([...TIMEFRAMES], { minLength: 1 }),
        fc.nat(closes.length - 1),
        (types, timeframes, bar) => {
          const plan = planOf(types, timeframes)
          const all = computeFeatures(market, plan)
          const other = computeFeatures(withOtherFuture(market, closes[bar]!), plan)
          expect(hashesOf(other.columns, bar + 1), `up to bar ${bar}`).toEqual(
            hashesOf(all.columns, bar + 1),
          )
        },
      ),
      { numRuns: 60 },
    )
  })

  it('change with the last bar that is known, and not with the first that is not', () => {
    const market = marketOn(base, 24 * 20)
    const bars = market.frames.get(base)!
    const closes = closesMs(bars, base)
    const bar = bars.length - 2
    const plan = planOf(['momentum'], TIMEFRAMES)
    const valuesAt = (nowMs: number): number[] =>
      computeFeatures(withOtherFuture(market, nowMs), plan).columns.map((column) => column[bar]!)
    const known = valuesAt(closes[bar]!)
    const earlier = valuesAt(closes[bar]! - 1)
    for (const [i, timeframe] of TIMEFRAMES.entries()) {
      const closesNow = closesMs(market.frames.get(timeframe)!, timeframe).includes(closes[bar]!)
      expect(known[i] !== earlier[i], `a ${timeframe} bar that closes just then is known`).toBe(
        closesNow,
      )
    }
    expect(known.every(Number.isFinite), 'all of them are warm').toBe(true)
  })
})
