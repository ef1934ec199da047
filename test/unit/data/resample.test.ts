import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BAR_COLUMNS, sliceBars, TIMEFRAME_MS, TIMEFRAMES } from '../../../src/data/bars.ts'
import type { Bars, Timeframe } from '../../../src/data/bars.ts'
import { resampleBars, sourceTimeframe } from '../../../src/data/resample.ts'
import { barsOfRows, sp500Rows } from '../../support/csv-files.ts'

const MINUTE_MS = TIMEFRAME_MS['1m']
const at = (text: string) => Date.parse(`${text}Z`)

/** [stamp, open, high, low, close, volume] */
type Row = readonly [stampMs: number, ...numbers: [number, number, number, number, number]]

function barsOf(rows: readonly Row[]): Bars {
  const column = (field: number) => Float64Array.from(rows, (row) => row[field]!)
  return {
    length: rows.length,
    timestampMs: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  }
}

function rowsOf(bars: Bars): Row[] {
  return Array.from({ length: bars.length }, (_, i) => [
    bars.timestampMs[i]!,
    ...(BAR_COLUMNS.map((column) => bars[column][i]!) as [number, number, number, number, number]),
  ])
}

/** Some moment at which a bar of the timeframe begins; 2024-01-01 is a Monday. */
const gridMs = (timeframe: Timeframe) => (timeframe === '1w' ? at('2024-01-01T00:00') : 0)

/** The same by its definition: for each bucket with bars, in order, everything that begins in it. */
function bucketsByDefinition(rows: readonly Row[], to: Timeframe): Row[] {
  const sizeMs = TIMEFRAME_MS[to]
  const buckets = Map.groupBy(rows, ([ms]) => Math.floor((ms - gridMs(to)) / sizeMs))
  return [...buckets].map(([bucket, own]) => [
    gridMs(to) + bucket * sizeMs,
    own[0]![1],
    Math.max(...own.map((row) => row[2])),
    Math.min(...own.map((row) => row[3])),
    own.at(-1)![4],
    own.reduce((sum, row) => sum + row[5], 0),
  ])
}

/** Bars on the grid of `from`, with holes; whole volumes, whose sums are exact in any order. */
function gridBars(from: Timeframe, steps: number) {
  return fc
    .tuple(
      fc.integer({ min: 0, max: 20_000 }),
      fc.array(
        fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 90 }), fc.nat(1000)),
        { minLength: 1, maxLength: steps },
      ),
    )
    .map(([start, cells]) => {
      let slot = start
      return barsOf(
        cells.map(([skip, price, volume]) => {
          slot += skip > 36 ? skip : 1
          return [
            gridMs(from) + slot * TIMEFRAME_MS[from],
            price,
            price + 2,
            price / 2,
            price + 1,
            volume,
          ]
        }),
      )
    })
}

const pairs = TIMEFRAMES.flatMap((from, i) => TIMEFRAMES.slice(i).map((to) => ({ from, to })))
const pair = fc.constantFrom(...pairs)

describe('resampleBars', () => {
  it('takes the first open, highest high, lowest low, last close and the sum of the volumes', () => {
    const bars = barsOf([
      [at('2024-03-01T10:00'), 10, 12, 9, 11, 100],
      [at('2024-03-01T10:15'), 11, 19, 10, 12, 50],
      [at('2024-03-01T10:30'), 12, 13, 5, 6, 25],
      [at('2024-03-01T10:45'), 6, 8, 6, 7, 5],
    ])
    expect(rowsOf(resampleBars(bars, '15m', '1h'))).toEqual([
      [at('2024-03-01T10:00'), 10, 19, 5, 7, 180],
    ])
  })

  it('begins weeks on Monday and leaves the last one out until it is over', () => {
    const bars = barsOfRows(sp500Rows(12)) // Monday 2000-01-03 … Wednesday 2000-01-19
    const weeks = resampleBars(bars, '1d', '1w')
    expect([...weeks.timestampMs].map((ms) => new Date(ms).toISOString().slice(0, 10))).toEqual([
      '2000-01-03',
      '2000-01-10',
    ])
    expect([weeks.open[0], weeks.close[1]], 'of Monday, of Friday the 14th').toEqual([
      bars.open[0],
      bars.close[9],
    ])
    expect(resampleBars(sliceBars(bars, 0, 10), '1d', '1w').length, 'Friday is not Sunday').toBe(1)
  })

  it('gives the last bar when its last part is there', () => {
    const minutes = (count: number) =>
      barsOf(
        Array.from({ length: count }, (_, i) => [
          at('2024-03-01T10:00') + i * MINUTE_MS,
          1,
          1,
          1,
          1,
          1,
        ]),
      )
    expect(resampleBars(minutes(4), '1m', '5m').length).toBe(0)
    expect(resampleBars(minutes(5), '1m', '5m').length).toBe(1)
    expect(resampleBars(minutes(9), '1m', '5m').length).toBe(1)
  })

  it('never has in a bar what ends after it: hours that begin at half past', () => {
    const hour = (text: string, close: number): Row => [at(text), close, close, close, close, 1]
    const bars = barsOf([
      hour('2024-03-01T09:30', 1),
      hour('2024-03-01T10:30', 2),
      hour('2024-03-01T11:30', 3), // ends at 12:30, when the bar from 08:00 to 12:00 is long known
      hour('2024-03-01T12:30', 4),
      hour('2024-03-01T20:30', 5),
    ])
    expect(
      rowsOf(resampleBars(bars, '1h', '4h')).map(([ms, open, , , close]) => [ms, open, close]),
    ).toEqual([
      [at('2024-03-01T08:00'), 1, 2],
      [at('2024-03-01T12:00'), 3, 4],
    ])
  })

  it('does not mind stamps that are a little off the grid', () => {
    const stamps = ['10:00:02', '10:00:59', '10:02:01', '10:03:00', '10:03:58', '10:05:01']
    const bars = barsOf(stamps.map((time, i) => [at(`2024-03-01T${time}`), i, i, i, i, 1]))
    expect(rowsOf(resampleBars(bars, '1m', '5m')).map(([ms, , , , close]) => [ms, close])).toEqual([
      [at('2024-03-01T10:00'), 4],
    ])
  })

  it('carries NaN on', () => {
    const bars = barsOf([
      [0, 1, NaN, 1, 1, 1],
      [MINUTE_MS * 15, 1, 1, 1, 1, NaN],
    ])
    const [half] = rowsOf(resampleBars(bars, '15m', '30m'))
    expect(half).toEqual([0, 1, NaN, 1, 1, NaN])
  })

  it('is what the buckets are by definition, but for one that is not over', () => {
    fc.assert(
      fc.property(
        pair.chain(({ from, to }) => gridBars(from, 300).map((bars) => ({ from, to, bars }))),
        ({ from, to, bars }) => {
          const whole = bucketsByDefinition(rowsOf(bars), to)
          const lastKnownMs = bars.timestampMs[bars.length - 1]! + TIMEFRAME_MS[from]
          const isOver = lastKnownMs >= whole.at(-1)![0] + TIMEFRAME_MS[to]
          expect(rowsOf(resampleBars(bars, from, to))).toEqual(isOver ? whole : whole.slice(0, -1))
        },
      ),
    )
  })

  it('knows nothing of what comes: of any beginning it gives the beginning', () => {
    const anyStamps = fc
      .array(fc.integer({ min: 1, max: 20 * MINUTE_MS }), { minLength: 1, maxLength: 60 })
      .map((steps) => {
        let ms = 0
        return barsOf(steps.map((step, i) => [(ms += step), i, i + 1, i - 1, i, 1]))
      })
    const cases = fc.oneof(
      fc.record({ bars: gridBars('1m', 200), to: fc.constantFrom<Timeframe>('5m', '15m', '1h') }),
      fc.record({ bars: anyStamps, to: fc.constantFrom<Timeframe>('5m', '1h') }),
    )
    fc.assert(
      fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), ({ bars, to }, share) => {
        const beginning = sliceBars(bars, 0, Math.floor(share * bars.length))
        const part = rowsOf(resampleBars(beginning, '1m', to))
        expect(rowsOf(resampleBars(bars, '1m', to)).slice(0, part.length)).toEqual(part)
      }),
      { numRuns: 500 },
    )
  })

  it('a bar that was known stays as it was, even when another comes too close behind', () => {
    const row = (text: string, close: number): Row => [at(text), close, close, close, close, 1]
    const known = [row('2024-03-01T10:03', 1), row('2024-03-01T10:04:01', 2)]
    const late = [...known, row('2024-03-01T10:04:02', 3)]
    const [before, after] = [known, late].map((rows) =>
      rowsOf(resampleBars(barsOf(rows), '1m', '5m')),
    )
    expect(before!.map((bar) => bar[4])).toEqual([2])
    expect(after![0]).toEqual(before![0])
  })

  it('gives the same by way of a timeframe between, but for the last bar', () => {
    const ways = pairs.flatMap(({ from, to: between }) =>
      pairs.filter((one) => one.from === between).map(({ to }) => ({ from, between, to })),
    )
    fc.assert(
      fc.property(
        fc
          .constantFrom(...ways)
          .chain((way) => gridBars(way.from, 200).map((bars) => ({ ...way, bars }))),
        ({ from, between, to, bars }) => {
          const straight = rowsOf(resampleBars(bars, from, to))
          const by = rowsOf(resampleBars(resampleBars(bars, from, between), between, to))
          expect(straight.slice(0, by.length)).toEqual(by)
          expect(straight.length - by.length, 'the one between may not be over').toBeLessThan(2)
        },
      ),
    )
  })

  it('gives the bars themselves for their own timeframe, and refuses a shorter one', () => {
    const bars = barsOfRows(sp500Rows(5))
    expect(resampleBars(bars, '1d', '1d')).toBe(bars)
    expect(() => resampleBars(bars, '1d', '4h')).toThrow('4h bars cannot be made of 1d bars')
  })
})

describe('sourceTimeframe', () => {
  it('is the longest that is not longer', () => {
    expect(sourceTimeframe('1d', ['1m', '4h', '1w'])).toBe('4h')
    expect(sourceTimeframe('1d', ['1d', '4h'])).toBe('1d')
    expect(sourceTimeframe('1h', ['4h', '1d'])).toBeUndefined()
    expect(sourceTimeframe('1h', [])).toBeUndefined()
  })
})
