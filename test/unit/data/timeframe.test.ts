import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TIMEFRAME_MS, TIMEFRAMES, type Bars } from '../../../src/data/bars.ts'
import { compareSpacing, typicalSpacingMs } from '../../../src/data/timeframe.ts'
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

describe('the typical spacing', () => {
  const spacing = (stamps: readonly number[]) => typicalSpacingMs(barsAt(stamps))

  it('is the step of evenly spaced bars, also of two', () => {
    for (const stepMs of [1000, ...Object.values(TIMEFRAME_MS), 31 * DAY])
      for (const count of [2, 3, 20])
        expect(spacing(regular(stepMs, count)), 'its step').toBe(stepMs)
  })

  it('sees through weekends, nights and holidays', () => {
    const HOUR = TIMEFRAME_MS['1h']
    expect(typicalSpacingMs(exampleBars()), 'the S&P 500').toBe(DAY)
    expect(spacing(regular(DAY, 60, isWeekday)), 'the median step').toBe(DAY)
    expect(spacing(regular(HOUR, 24 * 60, isWeekday)), 'the median step').toBe(HOUR)
    expect(spacing(regular(HOUR, 24 * 60, isSession)), 'the median step').toBe(HOUR)
    expect(spacing(regular(60_000, 1440 * 14, isSession)), 'the median step').toBe(60_000)
  })

  it('is the lower middle one of the sorted steps, whatever they are', () => {
    const steps = fc.oneof(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 400 }),
      fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 400 }),
    )
    fc.assert(
      fc.property(steps, (gaps) => {
        const stamps = [MONDAY]
        for (const gap of gaps) stamps.push(stamps.at(-1)! + gap)
        expect(spacing(stamps)).toBe(gaps.toSorted((a, b) => a - b)[(gaps.length - 1) >> 1])
      }),
    )
  })

  it('is not that of every hundredth bar', () => {
    const gaps = Array.from({ length: 2020 }, (_, i) => (i % 20 === 0 ? 7000 : 1000 + i))
    const stamps = [MONDAY]
    for (const gap of gaps) stamps.push(stamps.at(-1)! + gap)
    expect(spacing(stamps)).toBe(gaps.toSorted((a, b) => a - b)[1009])
  })

  it('takes three days around a weekend for daily bars', () => {
    expect(spacing([MONDAY - 3 * DAY, MONDAY, MONDAY + DAY]), 'lower median').toBe(DAY)
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
          const order = compareSpacing(spacing(kept), timeframe)
          expect(order, '13 of 41 bars break at most 26 of 40 steps').toBe(0)
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
