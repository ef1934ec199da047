import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sliceBars, type Bars } from '../../../src/data/bars.ts'
import { resampleBars } from '../../../src/data/resample.ts'
import { computeFeatures } from '../../../src/features/feature-matrix.ts'
import type { FeaturePlan } from '../../../src/features/feature-plan.ts'
import { baseBars, marketOf, type Market } from '../../../src/features/market.ts'
import {
  findLookahead,
  sampleBars,
  type AnalysedColumn,
  type ComputeColumns,
} from '../../../src/jobs/find-lookahead.ts'
import { historyNeeds } from '../../../src/jobs/history-needs.ts'
import { marketFrom, marketKnownAt, marketWithOtherFuture } from '../../../src/jobs/market-views.ts'
import { recommendedHistory } from '../../../src/jobs/symbol-lookahead.ts'
import { makeLabels } from '../../../src/labels/labels.ts'
import { makeBars } from '../../support/make-bars.ts'

const HOUR_MS = 3_600_000
const BARS = 400
const hours: Bars = {
  ...makeBars(BARS, 3),
  timestampMs: Float64Array.from({ length: BARS }, (_, i) => Date.UTC(2024, 0, 1) + i * HOUR_MS),
}
const market: Market = {
  ...marketOf(hours, '1h'),
  frames: new Map([
    ['1h', hours],
    ['4h', resampleBars(hours, '1h', '4h')],
  ]),
  context: new Map([
    [
      'rates',
      {
        knownMs: hours.timestampMs.filter((_, i) => i % 7 === 3),
        value: hours.close.filter((_, i) => i % 7 === 3),
      },
    ],
  ]),
}
const samples = sampleBars(20, 100, BARS - 1)

const column = (
  name: string,
  values: ArrayLike<number>,
  knownBar: Int32Array | null = null,
): AnalysedColumn => ({ kind: knownBar ? 'label' : 'feature', name, values, knownBar })

/** A column whose value at a bar is what `valueAt` makes of the closes. */
const ofCloses =
  (name: string, valueAt: (closes: Float64Array, bar: number) => number): ComputeColumns =>
  (of) => [
    column(
      name,
      baseBars(of).close.map((_, bar, closes) => valueAt(closes, bar)),
    ),
  ]

function planOf(type: string, parameters: Record<string, number | string>): FeaturePlan {
  return {
    indicators: [{ id: type, type, parameters }],
    fuzzySets: [],
    inputs: [
      {
        kind: 'raw',
        indicator: { ref: type, indicatorId: type, output: 0 },
        timeframes: ['1h', '4h'],
        normalization: 'none',
      },
    ],
  }
}

const featuresOf =
  (plan: FeaturePlan): ComputeColumns =>
  (of) => {
    const { ids, columns } = computeFeatures(of, plan)
    return ids.map((id, i) => column(id, columns[i]!))
  }

const found = (compute: ComputeColumns) => findLookahead(market, compute, samples)

describe('what looks ahead is found', () => {
  it('the zigzag of upstream, which repaints, on each timeframe', () => {
    const zigzag = featuresOf(planOf('zigzag', { threshold: 0.01, source: 'close' }))
    const findings = found(zigzag)
    expect(findings.map(({ name }) => name)).toEqual(['1h_zigzag_raw', '4h_zigzag_raw'])
    const whole = zigzag(market)
    for (const [i, { bar, lastKnownBar, value, changed, samples: count }] of findings.entries()) {
      expect(bar).toBeLessThanOrEqual(lastKnownBar)
      expect(samples).toContain(lastKnownBar)
      expect(value, 'the value with all bars').toBe(whole[i]!.values[bar])
      expect(Object.is(value, changed), 'both values differ').toBe(false)
      expect(count).toBeGreaterThan(1)
    }
  })

  it('the next close, at every sampled bar, with its values', () => {
    const next = ofCloses('next', (closes, bar) => closes[bar + 1] ?? NaN)
    expect(found(next)).toEqual([
      {
        kind: 'feature',
        name: 'next',
        samples: samples.length,
        lastKnownBar: samples[0],
        future: 'missing',
        bar: samples[0],
        value: hours.close[samples[0]! + 1],
        changed: NaN,
      },
    ])
  })

  it('a bar of a longer timeframe that has not closed yet', () => {
    const unclosed: ComputeColumns = (of) => {
      const long = of.frames.get('4h')!
      const values = baseBars(of).timestampMs.map(
        (ms) => long.close[long.timestampMs.findLastIndex((openMs) => openMs <= ms)] ?? NaN,
      )
      return [column('unclosed', values)]
    }
    expect(found(unclosed)).toMatchObject([{ name: 'unclosed', future: 'missing' }])
  })

  it('a value of a series that is not out yet', () => {
    const early: ComputeColumns = (of) => {
      const { knownMs, value } = of.context.get('rates')!
      const values = baseBars(of).timestampMs.map(
        (ms) => value[knownMs.findIndex((outMs) => outMs > ms + HOUR_MS)] ?? NaN,
      )
      return [column('early', values)]
    }
    expect(found(early)).toMatchObject([{ name: 'early', samples: samples.length }])
  })

  it('what depends on how many bars follow, though not on their prices', () => {
    const left = ofCloses('left', (closes, bar) => closes.length - bar)
    expect(found(left)).toMatchObject([{ name: 'left', future: 'missing' }])
  })

  it('what an end of the data hides, and another future shows', () => {
    const rising = makeBars(BARS, 3).close.map((_, i) => 100 + i)
    const calm = marketOf(
      { ...hours, open: rising, high: rising, low: rising, close: rising },
      '1h',
    )
    const crash = ofCloses('crash', (closes, bar) =>
      closes.subarray(bar).some((close) => close < closes[bar]! / 2) ? 1 : 0,
    )
    expect(findLookahead(calm, crash, samples)).toMatchObject([
      { name: 'crash', future: 'other', value: 0, changed: 1 },
    ])
  })

  it('a label that is decided later than it says', () => {
    const labels: ComputeColumns = (of) => {
      const { values, endBar } = makeLabels(baseBars(of), { source: 'forward_return', horizon: 5 })
      const early = endBar.map((bar) => (bar < 0 ? bar : bar - 1))
      return [column('honest', values, endBar), column('early', values, early)]
    }
    expect(found(labels)).toMatchObject([{ kind: 'label', name: 'early' }])
  })
})

it('what knows only its past is not found', () => {
  const honest: ComputeColumns = (of) => [
    ...featuresOf(planOf('rsi', { period: 14, source: 'close' }))(of),
    ...ofCloses('before', (closes, bar) => closes[bar - 1] ?? NaN)(of),
  ]
  expect(found(honest)).toEqual([])
})

describe('sampled bars', () => {
  it('are ascending bars of the range, as many as there is room for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.nat(50),
        fc.nat(3000),
        (count, from, size) => {
          const bars = sampleBars(count, from, from + size)
          expect(bars).toEqual([...new Set(bars)].toSorted((a, b) => a - b))
          for (const bar of bars) expect(bar >= from && bar < from + size).toBe(true)
          if (size >= 3 * count) expect(bars.length).toBe(count)
        },
      ),
    )
  })

  it('fall on every day of the week and every hour of the day', () => {
    for (const cycle of [5, 7]) expect(new Set(samples.map((bar) => bar % cycle)).size).toBe(cycle)
    expect(new Set(sampleBars(200, 0, 5000).map((bar) => bar % 24)).size).toBe(24)
  })
})

describe('views of a market', () => {
  const nowMs = hours.timestampMs[201]! + HOUR_MS // within a 4h bar

  it('at a moment hold what had closed and was out by then', () => {
    const known = marketKnownAt(market, nowMs)
    expect(baseBars(known)).toEqual(sliceBars(hours, 0, 202))
    expect(known.frames.get('4h')!.length).toBe(50)
    expect([...known.context.get('rates')!.knownMs].every((ms) => ms <= nowMs)).toBe(true)
    expect(known.context.get('rates')!.knownMs.length).toBe(29)
  })

  it('with another future are the same up to the moment, and possible candles after it', () => {
    const other = marketWithOtherFuture(market, nowMs)
    expect(marketKnownAt(other, nowMs)).toEqual(marketKnownAt(market, nowMs))
    for (const [timeframe, { open, high, low, close, volume, length }] of other.frames) {
      const before = market.frames.get(timeframe)!
      expect(length).toBe(before.length)
      for (let i = timeframe === '1h' ? 202 : 50; i < length; i++) {
        const [top, bottom] = [Math.max(open[i]!, close[i]!), Math.min(open[i]!, close[i]!)]
        expect(high[i]! >= top && bottom >= low[i]! && low[i]! > 0).toBe(true)
        expect(close[i]).not.toBe(before.close[i])
        expect(volume[i]).not.toBe(before.volume[i])
      }
    }
  })

  it('from a moment on hold no earlier bar, and of a series what was known last', () => {
    const fromMs = hours.timestampMs[200]!
    const later = marketFrom(market, fromMs)
    expect(baseBars(later)).toEqual(sliceBars(hours, 200, BARS))
    expect(later.frames.get('4h')!.timestampMs[0]).toBe(fromMs)
    const { knownMs } = later.context.get('rates')!
    expect([knownMs[0]! <= fromMs, knownMs[1]! > fromMs]).toEqual([true, true])
  })
})

describe('the history that is needed', () => {
  const needsOf = (compute: ComputeColumns) =>
    historyNeeds(market, compute, samples).map(({ practically, exactly }) => [practically, exactly])

  it('of a moving window is the window', () => {
    const mean = (bars: number) =>
      ofCloses('mean', (closes, bar) => {
        if (bar < bars - 1) return NaN
        return closes.subarray(bar - bars + 1, bar + 1).reduce((sum, close) => sum + close) / bars
      })
    expect(needsOf(mean(20))).toEqual([[20, 20]])
    expect(needsOf(mean(21))).toEqual([[50, 50]])
  })

  it('of bars of a longer timeframe is counted in bars of the base timeframe', () => {
    const momentum = featuresOf(planOf('momentum', { period: 10, source: 'close' }))
    expect(needsOf(momentum), '11 bars of 1 h and of 4 h').toEqual([
      [20, 20],
      [50, 50],
    ])
  })

  it('of a running sum never ends', () => {
    const sum = ofCloses('sum', (closes, bar) =>
      closes.subarray(0, bar + 1).reduce((a, b) => a + b),
    )
    expect(needsOf(sum)).toEqual([[null, null]])
  })

  it('of an exponential average is the closed form of its beginning', () => {
    // On closes 1, 2, 3, … an average with α = 0.1 that has seen h of them lags 9·(1 − 0.9^(h−1)).
    const line = Float64Array.from({ length: BARS }, (_, i) => i + 1)
    const straight = marketOf({ ...hours, open: line, high: line, low: line, close: line }, '1h')
    const average: ComputeColumns = (of) => {
      const values = new Float64Array(baseBars(of).close)
      for (let i = 1; i < values.length; i++)
        values[i] = values[i - 1]! + 0.1 * (values[i]! - values[i - 1]!)
      return [column('average', values)]
    }
    const [need] = historyNeeds(straight, average, [BARS - 2])
    const lag = (bars: number) => 9 * (1 - Math.pow(0.9, bars - 1))
    const largest = BARS - lag(BARS) // the last average
    for (const { bars, ratio } of need!.changes)
      expect(ratio, `${bars} bars`).toBeCloseTo((lag(BARS - 1) - lag(bars)) / largest, 12)
    expect(need!.changes.map(({ bars }) => bars)).toEqual([10, 20, 50, 100])
    expect(need!.practically, '0.9^49 · 9 / 391 = 0.00013').toBe(50)
    expect(need!.exactly, '0.9^99 · 9 / 391 = 7e-7').toBeNull()
  })

  it('is null in JSON where there is no value yet', () => {
    const [need] = historyNeeds(
      market,
      ofCloses('lagged', (closes, bar) => closes[bar - 15] ?? NaN),
      samples,
    )
    expect(need!.changes.slice(0, 2)).toEqual([
      { bars: 10, ratio: null },
      { bars: 20, ratio: 0 },
    ])
  })
})

describe('the history that is recommended', () => {
  const need = (practically: number | null, ...ratios: (number | null)[]) => ({
    kind: 'feature' as const,
    name: 'any',
    changes: ratios.map((ratio, i) => ({ bars: [10, 20, 50, 100][i]!, ratio })),
    practically,
    exactly: null,
  })

  it('settles the slowest of those that change after their first value', () => {
    const window = need(50, null, null, 0, 0)
    const average = need(20, 0.1, 0, 0, 0)
    const slow = need(100, null, 0.1, 0.01, 1e-9)
    expect(recommendedHistory([window])).toBe(0)
    expect(recommendedHistory([window, average]), 'a strategy may not ask for less').toBe(50)
    expect(recommendedHistory([slow, average, window])).toBe(100)
    expect(recommendedHistory([slow, need(null, 1, 1, 1, 1)])).toBeNull()
    expect(recommendedHistory([])).toBe(0)
  })
})
