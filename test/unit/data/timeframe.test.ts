import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TIMEFRAME_MS, TIMEFRAMES, type Bars } from '../../../src/data/bars.ts'
import { barsPerYear, compareSpacing, inferTimeframe } from '../../../src/data/timeframe.ts'
import { sp500Rows } from '../../support/csv-files.ts'
import { exampleBars } from '../../support/example-bars.ts'
import { makeBars } from '../../support/make-bars.ts'

const DAY = TIMEFRAME_MS['1d']
const MONDAY = Date.UTC(2020, 0, 6)

function barsAt(stamps: readonly number[]): Bars {
  return { ...makeBars(stamps.length), timestampMs: Float64Array.from(stamps) }
}

/** Stamps every `stepMs` from MONDAY on, those that `keep` wants. */
function regular(stepMs: number, count: number, keep: (date: Date) => boolean = () => true) {
  const all = Array.from({ length: count }, (_, i) => MONDAY + i * stepMs)
  return all.filter((ms) => keep(new Date(ms)))
}
const isWeekday = (date: Date) => date.getUTCDay() % 6 !== 0
const isSession = (date: Date) =>
  isWeekday(date) && date.getUTCHours() >= 14 && date.getUTCHours() < 21

describe('inferTimeframe', () => {
  it('is the step of evenly spaced bars, for every timeframe', () => {
    for (const timeframe of TIMEFRAMES)
      expect(inferTimeframe(barsAt(regular(TIMEFRAME_MS[timeframe], 20))), 'its own step').toBe(
        timeframe,
      )
  })

  it('sees through weekends, nights and holidays', () => {
    const cases = [
      [inferTimeframe(exampleBars()), '1d'],
      [inferTimeframe(barsAt(regular(DAY, 60, isWeekday))), '1d'],
      [inferTimeframe(barsAt(regular(TIMEFRAME_MS['1h'], 24 * 60, isWeekday))), '1h'],
      [inferTimeframe(barsAt(regular(TIMEFRAME_MS['1h'], 24 * 60, isSession))), '1h'],
      [inferTimeframe(barsAt(regular(TIMEFRAME_MS['1m'], 1440 * 14, isSession))), '1m'],
    ]
    for (const [inferred, timeframe] of cases) expect(inferred, 'the median step').toBe(timeframe)
  })

  it('takes three days around a weekend for daily bars', () => {
    expect(inferTimeframe(barsAt([MONDAY - 3 * DAY, MONDAY, MONDAY + DAY])), 'lower median').toBe(
      '1d',
    )
  })

  it('is undefined for other spacings and for less than two bars', () => {
    for (const stepMs of [1000, 3 * 60_000, 2 * TIMEFRAME_MS['1h'], 31 * DAY])
      expect(inferTimeframe(barsAt(regular(stepMs, 20))), 'not one of ours').toBeUndefined()
    expect(inferTimeframe(barsAt([])), 'no bar').toBeUndefined()
    expect(inferTimeframe(barsAt([MONDAY])), 'one bar').toBeUndefined()
  })

  it('does not mind up to a third of the bars missing at random, or stamps a little off', () => {
    const gappy = fc.tuple(fc.constantFrom(...TIMEFRAMES), fc.array(fc.nat(39), { maxLength: 13 }))
    fc.assert(
      fc.property(
        gappy,
        fc.double({ min: -0.02, max: 0.02, noNaN: true }),
        ([timeframe, missing], off) => {
          const stepMs = TIMEFRAME_MS[timeframe]
          const all = Array.from(
            { length: 41 },
            (_, i) => MONDAY + i * stepMs + (i % 2 ? off * stepMs : 0),
          )
          const kept = all.filter((_, i) => !missing.includes(i))
          expect(inferTimeframe(barsAt(kept)), '13 of 41 bars break at most 26 of 40 steps').toBe(
            timeframe,
          )
        },
      ),
    )
  })
})

describe('compareSpacing', () => {
  it('orders a spacing and a timeframe within 5 %', () => {
    const hour = TIMEFRAME_MS['1h']
    const orders = [0.94, 0.96, 1, 1.04, 1.06].map((ratio) => compareSpacing(ratio * hour, '1h'))
    expect(orders, 'finer, three times the same, coarser').toEqual([-1, 0, 0, 0, 1])
  })
})

describe('barsPerYear', () => {
  it('of the S&P 500 is the median count of the years 2001 to 2019', () => {
    const years = sp500Rows(5105).map(([date]) => date.slice(0, 4))
    const counts = Array.from(
      { length: 19 },
      (_, i) => years.filter((year) => year === `${2001 + i}`).length,
    )
    const median = counts.toSorted((a, b) => a - b)[9]
    expect(barsPerYear(exampleBars()), 'rows counted by the text of their dates').toBe(median)
    expect(median, 'trading days of a usual year').toBe(252)
  })

  it('is the mean of the middle two of an even number of years', () => {
    const daily = regular(DAY, 366 + 365 + 366) // 2020-01-06 … 2023-01-06: full years 2021, 2022
    const without = daily.filter((ms) => ms < Date.UTC(2021, 0, 1) || ms >= Date.UTC(2021, 0, 11))
    expect(barsPerYear(barsAt(without)), '355 and 365 bars').toBe(360)
  })

  it('does not count a year that is missing as a whole', () => {
    const years = [2019, 2020, 2022].map((year) => Date.UTC(year, 5, 1))
    const monthly = years.flatMap((ms) => [ms, ms + 30 * DAY, ms + 60 * DAY])
    expect(barsPerYear(barsAt(monthly)), '2020 has 3 bars, 2021 has none').toBe(3)
  })

  it('is extrapolated from the steps where no calendar year is full', () => {
    const cases: readonly (readonly [bars: number[], perYear: number])[] = [
      [regular(DAY, 100), 365.2425],
      [regular(TIMEFRAME_MS['1h'], 500), 365.2425 * 24],
      [regular(DAY, 2), 365.2425],
      [regular(DAY, 5 * 7 + 1, isWeekday), (365.2425 * 5) / 7],
    ]
    for (const [at, perYear] of cases)
      expect(barsPerYear(barsAt(at)), 'steps per day times days of a year').toBeCloseTo(perYear, 8)
  })
})
