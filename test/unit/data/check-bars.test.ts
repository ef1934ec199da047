import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BAR_COLUMNS, sliceBars, TIMEFRAME_MS, type Bars } from '../../../src/data/bars.ts'
import { checkBars } from '../../../src/data/check-bars.ts'
import { findGaps } from '../../../src/data/find-gaps.ts'
import { exampleBars } from '../../support/example-bars.ts'
import { makeBars } from '../../support/make-bars.ts'

const DAY = TIMEFRAME_MS['1d']
const HOUR = TIMEFRAME_MS['1h']
const MONDAY = Date.UTC(2020, 0, 6)

type Column = keyof Omit<Bars, 'length'>

/** Ten sound daily bars, with some values of bar 4 replaced. */
function withBar(values: Partial<Record<Column, number>>): Bars {
  const bars = makeBars(10)
  bars.open[4] = bars.close[4] = 100
  bars.high[4] = 110
  bars.low[4] = 90
  for (const [column, value] of Object.entries(values)) bars[column as Column][4] = value
  return bars
}

function barsAt(stamps: readonly number[]): Bars {
  return { ...makeBars(stamps.length), timestampMs: Float64Array.from(stamps) }
}

function reordered(bars: Bars, order: readonly number[]): Bars {
  const pick = (column: Float64Array) => Float64Array.from(order, (i) => column[i]!)
  const { timestampMs, open, high, low, close, volume } = bars
  return {
    length: order.length,
    timestampMs: pick(timestampMs),
    open: pick(open),
    high: pick(high),
    low: pick(low),
    close: pick(close),
    volume: pick(volume),
  }
}

/** What checkBars says of daily bars in another order. */
function messagesOf(order: readonly number[]): string[] {
  const problems = checkBars(reordered(makeBars(30), order))
  return problems.map(({ bar, message }) => `${bar}: ${message}`)
}

describe('checkBars', () => {
  it('finds nothing wrong with sound bars', () => {
    expect(checkBars(makeBars(500)), 'a random walk of sound candles').toEqual([])
    expect(checkBars(withBar({})), 'the bar that the cases below change').toEqual([])
  })

  it('finds only the week of September 2001 in the S&P 500', () => {
    expect(checkBars(exampleBars()), 'the exchange was closed').toEqual([
      {
        severity: 'warning',
        bar: 426,
        message: '1 gap in the bars, the largest of 7 days from 2001-09-10 to 2001-09-17',
      },
    ])
  })

  const IMPOSSIBLE: readonly (readonly [
    values: Partial<Record<Column, number>>,
    message: string,
  ])[] = [
    [{ high: 99 }, 'high 99 is below open 100'],
    [{ open: 95, high: 99 }, 'high 99 is below close 100'],
    [{ low: 101 }, 'low 101 is above open 100'],
    [{ open: 105, low: 101 }, 'low 101 is above close 100'],
    [{ high: 80, low: 90 }, 'high 80 is below low 90'],
    [{ high: NaN }, 'high is NaN'],
    [{ close: Infinity }, 'close is Infinity'],
    [{ volume: NaN }, 'volume is NaN'],
    [{ low: 0 }, 'low is 0, expected a price above 0'],
    [{ open: -5 }, 'open is -5, expected a price above 0'],
    [{ volume: -1 }, 'volume is -1, expected 0 or more'],
  ]
  for (const [values, message] of IMPOSSIBLE)
    it(`refuses a candle whose ${message}`, () => {
      expect(checkBars(withBar(values)), 'one error at bar 4, with its date').toEqual([
        {
          severity: 'error',
          bar: 4,
          message: `${message} at 2020-01-05; correct or remove the bar`,
        },
      ])
    })

  it('tolerates what rounding price by price does, and no more', () => {
    expect(checkBars(withBar({ high: 100 * (1 - 0.9e-9) })), 'below 1e-9').toEqual([])
    expect(checkBars(withBar({ low: 100 * (1 + 0.9e-9) })), 'below 1e-9').toEqual([])
    expect(checkBars(withBar({ high: 100 * (1 - 2e-9) })), 'above 1e-9').toHaveLength(1)
    expect(checkBars(withBar({ low: 100 * (1 + 2e-9) })), 'above 1e-9').toHaveLength(1)
  })

  it('refuses fewer than two bars', () => {
    const bars = makeBars(2)
    expect(checkBars(bars), 'two will do').toEqual([])
    expect(checkBars(sliceBars(bars, 0, 1))[0]!.message, 'one').toBe(
      'there is 1 bar, expected at least 2',
    )
    expect(checkBars(sliceBars(bars, 0, 0))[0]!.message, 'none').toBe(
      'there are no bars, expected at least 2',
    )
  })

  it('says of a reversed file that it is reversed, once', () => {
    const bars = makeBars(300)
    const newestFirst = reordered(
      bars,
      Array.from({ length: 300 }, (_, i) => 299 - i),
    )
    expect(checkBars(newestFirst), 'one remedy for all of it').toEqual([
      {
        severity: 'error',
        message: 'the bars run from newest to oldest; reverse the rows, oldest first',
      },
    ])
  })

  it('names each bar that is out of order or there twice', () => {
    expect(messagesOf([0, 1, 3, 2, 4, 5]), 'two exchanged').toEqual([
      '3: 2020-01-03 comes after 2020-01-04; sort the rows by time, oldest first',
    ])
    expect(messagesOf([0, 1, 1, 2]), 'one repeated').toEqual([
      '2: 2020-01-02 is there twice; remove one of the two bars',
    ])
    expect(messagesOf([0, 0]), 'repeated, but not reversed').toEqual([
      '1: 2020-01-01 is there twice; remove one of the two bars',
    ])
    expect(messagesOf([0, 1, 20, 2, 3]), 'no gap is made up of disorder').toEqual([
      '3: 2020-01-03 comes after 2020-01-21; sort the rows by time, oldest first',
    ])
    expect(checkBars(withBar({ timestampMs: NaN }))[0]!.message, 'no time').toBe(
      'the timestamp is NaN',
    )
  })

  it('lists at most a thousand problems', () => {
    const bars = makeBars(5000)
    bars.high.fill(0.01)
    expect(checkBars(bars), 'enough to see').toHaveLength(1000)
  })

  it('finds any single value that is made impossible', () => {
    fc.assert(
      fc.property(
        fc.nat(99),
        fc.constantFrom(...BAR_COLUMNS),
        fc.constantFrom(NaN, Infinity, -Infinity, -1),
        (bar, column, value) => {
          const bars = makeBars(100)
          bars[column][bar] = value
          const errors = checkBars(bars).filter(({ severity }) => severity === 'error')
          expect(
            errors.map((problem) => problem.bar),
            'exactly that bar',
          ).toEqual([bar])
        },
      ),
    )
  })
})

const forex = (day: number, hour: number) =>
  day === 0 ? hour >= 21 : day === 5 ? hour < 21 : day !== 6
const exchange = (day: number, hour: number) => day % 6 !== 0 && hour >= 14.5 && hour < 21
const weekdays = (day: number) => day % 6 !== 0

describe('findGaps', () => {
  /** Stamps from Monday on, those within the hours that `isOpen` says. */
  const calendar = (stepMs: number, days: number, isOpen: (day: number, hour: number) => boolean) =>
    Array.from({ length: (days * DAY) / stepMs }, (_, i) => MONDAY + i * stepMs).filter((ms) => {
      const date = new Date(ms)
      return isOpen(date.getUTCDay(), date.getUTCHours() + date.getUTCMinutes() / 60)
    })
  const MARKETS = {
    'hourly forex': calendar(HOUR, 60, forex),
    'forex by the minute': calendar(60_000, 21, forex),
    'hourly stocks': calendar(HOUR, 60, exchange),
    'stocks by the minute': calendar(60_000, 21, exchange),
    'daily stocks': calendar(DAY, 60, weekdays),
    'daily crypto': calendar(DAY, 60, () => true),
    'hourly crypto': calendar(HOUR, 60, () => true),
    'weekly bars': calendar(7 * DAY, 70 * 7, () => true),
  }

  for (const [market, stamps] of Object.entries(MARKETS)) {
    it(`sees none in the usual hours of ${market}`, () => {
      expect(findGaps(barsAt(stamps)), 'weekends and nights are no gaps').toEqual([])
    })

    it(`sees a missing stretch of ${market}`, () => {
      const stepMs = stamps[1]! - stamps[0]!
      const from = stamps[Math.floor(stamps.length / 2)]!
      const to = from + Math.max(8 * stepMs, 5 * DAY)
      const bars = barsAt(stamps.filter((ms) => ms < from || ms >= to))
      const after = bars.timestampMs.findIndex((ms) => ms >= to)
      expect(findGaps(bars), 'the one stretch, named by the bar after it').toEqual([
        { bar: after, ms: bars.timestampMs[after]! - bars.timestampMs[after - 1]! },
      ])
    })
  }

  it('sees a missing hour in a single day', () => {
    const minutes = calendar(60_000, 1, (_, hour) => hour < 11 || hour >= 12)
    expect(findGaps(barsAt(minutes)), 'one day tells nothing of closing hours').toEqual([
      { bar: 660, ms: HOUR + 60_000 },
    ])
  })

  it('counts gaps in checkBars and names the largest', () => {
    const days = Array.from({ length: 100 }, (_, i) => i).filter(
      (i) => i !== 90 && (i < 20 || i > 30) && (i < 50 || i > 54),
    )
    const [warning] = checkBars(barsAt(days.map((i) => MONDAY + i * DAY)))
    expect(warning, 'a single missing day is none').toEqual({
      severity: 'warning',
      bar: 20,
      message: '2 gaps in the bars, the largest of 12 days from 2020-01-25 to 2020-02-06',
    })
  })
})
