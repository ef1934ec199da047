// The figures behind the charts, by exact small cases, by their definitions, and against the metrics of the backtest.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureBarsPerYear } from '../../../src/performance/bars-per-year.ts'
import { bucketsOf, pick } from '../../../src/report/buckets.ts'
import { doubles, floats } from '../../../src/report/column-text.ts'
import { drawdownRows } from '../../../src/report/drawdown-rows.ts'
import { drawdownSeries, worstDrawdowns } from '../../../src/report/drawdowns.ts'
import { endsOf, histogram } from '../../../src/report/histogram.ts'
import { yearsOfReturns } from '../../../src/report/period-returns.ts'
import { rollingSharpe, sharpeWindow } from '../../../src/report/rolling-sharpe.ts'
import { figuresOfCurve } from '../../support/curves.ts'
import { simulatedWalk } from '../../support/simulated.ts'

const f64 = (...values: number[]): Float64Array => Float64Array.from(values)
const DAY = 86_400_000

describe('drawdowns', () => {
  const equity = f64(90, 100, 120, 108, 114, 60, 130, 117, 143)

  it('are measured from the highest value so far, at first the capital', () => {
    expect([...drawdownSeries(equity, 100)]).toEqual([-0.1, 0, 0, -0.1, -0.05, -0.5, 0, -0.1, 0])
  })

  it('are listed deepest first, each from its peak to its recovery', () => {
    expect(worstDrawdowns(equity, 100, 10)).toEqual([
      { peak: 120, peakBar: 2, deepestBar: 5, recoveredBar: 6, ratio: -0.5 },
      { peak: 100, peakBar: -1, deepestBar: 0, recoveredBar: 1, ratio: -0.1 },
      { peak: 130, peakBar: 6, deepestBar: 7, recoveredBar: 8, ratio: -0.1 },
    ])
    expect(worstDrawdowns(equity, 100, 1).length).toBe(1)
    expect(worstDrawdowns(f64(100, 80), 100, 5)).toEqual([
      { peak: 100, peakBar: 0, deepestBar: 1, recoveredBar: null, ratio: -0.2 },
    ])
    expect(worstDrawdowns(f64(100, 101), 100, 5)).toEqual([])
  })

  it('have dates and days', () => {
    const timeMs = equity.map((_, i) => i * DAY)
    expect(drawdownRows({ equity, timeMs }, 100)[0]).toEqual({
      ratio: -0.5,
      fromMs: 2 * DAY,
      deepestMs: 5 * DAY,
      recoveredMs: 6 * DAY,
      daysDown: 3,
      daysUp: 1,
    })
    expect(drawdownRows({ equity: f64(90), timeMs: f64(0) }, 100)[0]).toMatchObject({
      recoveredMs: null,
      daysUp: null,
    })
  })

  it('agree with the maximum of the metrics', () => {
    const { result, inputs } = simulatedWalk(400, 7)
    const { capital } = inputs.settings
    const { maxDrawdownRatio } = result.metrics
    expect(maxDrawdownRatio).toBeGreaterThan(0.01)
    expect(worstDrawdowns(result.equity, capital, 1)[0]!.ratio).toBeCloseTo(-maxDrawdownRatio, 14)
    expect(Math.min(...drawdownSeries(result.equity, capital))).toBeCloseTo(-maxDrawdownRatio, 14)
  })
})

describe('monthly returns', () => {
  it('compare the last equity of each month and year with the last one before', () => {
    const moments = ['2019-12-30', '2019-12-31', '2020-01-02', '2020-01-31', '2020-03-02']
    const timeMs = Float64Array.from(moments, (text) => Date.parse(text))
    const years = yearsOfReturns(timeMs, f64(100, 110, 99, 121, 242), 100)
    expect(years.map(({ year }) => year)).toEqual([2019, 2020])
    expect(years[0]!.months.map((month) => month?.toFixed(6) ?? null)).toEqual([
      ...Array<null>(11).fill(null),
      '0.100000',
    ])
    expect(years[1]!.months.slice(0, 4)).toEqual([121 / 110 - 1, null, 1, null])
    expect(years.map(({ whole }) => whole)).toEqual([110 / 100 - 1, 242 / 110 - 1])
  })

  it('multiply to the whole return', () => {
    const { result, inputs } = simulatedWalk(500, 7)
    const years = yearsOfReturns(inputs.bars.timestampMs, result.equity, 100_000)
    const months = years.flatMap((year) => year.months.flatMap((month) => month ?? []))
    expect(months.length).toBe(17)
    const all = (ratios: number[]): number =>
      ratios.reduce((product, r) => product * (1 + r), 1) - 1
    expect(all(months)).toBeCloseTo(result.metrics.totalReturnRatio, 12)
    expect(all(years.map(({ whole }) => whole!))).toBeCloseTo(result.metrics.totalReturnRatio, 12)
  })
})

describe('the rolling Sharpe ratio', () => {
  it('is that of the metrics, of each window', () => {
    const { result, inputs } = simulatedWalk(300, 7)
    const { timestampMs } = inputs.bars
    const perYear = measureBarsPerYear(inputs.bars, 0, 300)!
    const series = rollingSharpe(result.equity, 60, perYear)
    expect(series.findIndex((value) => !Number.isNaN(value))).toBe(60)
    for (const bar of [60, 61, 150, 299]) {
      const cut = (column: Float64Array): Float64Array => column.subarray(bar - 60, bar + 1)
      const { sharpeRatio } = figuresOfCurve(cut(result.equity), {
        timestampMs: cut(timestampMs),
        capital: result.equity[bar - 60]!,
        barsPerYear: perYear,
      })
      expect(series[bar]).toBeCloseTo(sharpeRatio!, 9)
    }
  })

  it('says nothing while nothing moves', () => {
    const flat = Float64Array.from({ length: 80 }, (_, i) => (i < 20 ? 100 + (i % 3) : 100))
    const series = rollingSharpe(flat, 20, 252)
    expect(series[25]).not.toBeNaN()
    expect([...series.subarray(45)].every(Number.isNaN)).toBe(true)
  })

  it('looks back half a year, or a quarter of what there is', () => {
    expect(sharpeWindow(1000, 252)).toBe(126)
    expect(sharpeWindow(252, 252)).toBe(63)
    expect(sharpeWindow(79, 252), 'fewer than 20 bars').toBeNull()
  })
})

describe('buckets', () => {
  const columns = fc.array(fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constant(NaN)), {
    minLength: 1,
    maxLength: 200,
  })

  it('are never more than there may be, and hold every bar', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 300 }),
        (bars, most) => {
          const { size, count } = bucketsOf(bars, most)
          expect(count).toBeLessThanOrEqual(most)
          expect(size * count).toBeGreaterThanOrEqual(bars)
          expect(size * (count - 1)).toBeLessThan(bars)
        },
      ),
    )
  })

  it('pick values that are there', () => {
    fc.assert(
      fc.property(columns, fc.integer({ min: 1, max: 60 }), (values, most) => {
        const buckets = bucketsOf(values.length, most)
        const { size } = buckets
        for (let i = 0; i < buckets.count; i++) {
          const numbers = values
            .slice(i * size, (i + 1) * size)
            .filter((value) => !Number.isNaN(value))
          const expected = {
            first: numbers[0],
            last: numbers.at(-1),
            highest: numbers.length > 0 ? Math.max(...numbers) : undefined,
            lowest: numbers.length > 0 ? Math.min(...numbers) : undefined,
          }
          for (const [what, value] of Object.entries(expected))
            expect(pick(values, buckets, what as keyof typeof expected)[i]).toBe(value ?? NaN)
        }
      }),
    )
  })

  it('leave few bars as they are', () => {
    expect([...pick([3, 1, 2], bucketsOf(3, 10), 'lowest')]).toEqual([3, 1, 2])
    expect([...pick([3, 1, 2, NaN, 7], bucketsOf(5, 2), 'last')]).toEqual([2, 7])
  })
})

describe('a histogram', () => {
  it('counts what lies between its ends, both included', () => {
    expect(histogram([0, 0.5, 1, 2, 4, 4.1, -1, NaN], 0, 4, 4).counts).toEqual([2, 1, 1, 1])
  })

  it('has ends that leave rare values out', () => {
    const values = [...Array.from({ length: 1000 }, (_, i) => i), 1e9, NaN]
    expect(endsOf(values, 0.01)).toEqual([10, 990])
    expect(endsOf([NaN], 0)).toBeNull()
    expect(endsOf([5, 5], 0)).toBeNull()
  })
})

describe('columns of a page', () => {
  it('are little-endian floats in base64', () => {
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64')
    const [single, double] = [floats([1.5, NaN, -2]), doubles([0.1, 1e300])]
    expect('f32' in single && bytes(single.f32).readFloatLE(8)).toBe(-2)
    expect('f32' in single && bytes(single.f32).readFloatLE(4)).toBeNaN()
    expect('f64' in double && bytes(double.f64).readDoubleLE(8)).toBe(1e300)
  })
})
