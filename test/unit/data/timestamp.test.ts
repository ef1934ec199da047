import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, formatTimestamp, parseTimestamp } from '../../../src/data/timestamp.ts'

const NINE = Date.UTC(2017, 3, 19, 9)
const MIDNIGHT = Date.UTC(2017, 3, 19)

/** Milliseconds, or the reason why there are none. */
function read(text: string): number | string {
  const stamp = parseTimestamp(text)
  return 'ms' in stamp ? stamp.ms : stamp.problem
}

describe('parseTimestamp', () => {
  const TEXTS: readonly (readonly [text: string, ms: number])[] = [
    ['2017-04-19', MIDNIGHT],
    ['2017-04-19 09:00', NINE],
    ['2017-04-19 09:00:00', NINE],
    ['2017-04-19T09:00:00Z', NINE],
    ['2017-04-19T09:00:00.123456789Z', NINE + 123],
    ['2017-04-19T09:00:00.5', NINE + 500],
    ['2017-04-19T11:00+02:00', NINE],
    ['2017-04-19 04:00:00-05:00', NINE],
    ['2017-04-19T14:30:00+0530', NINE],
    ['2017-04-18T23:00:00-10:00', NINE],
    ['2020-02-29', Date.UTC(2020, 1, 29)],
    ['2000-02-29', Date.UTC(2000, 1, 29)],
    ['1492592400', NINE],
    ['1492592400.0', NINE],
    ['1492592400.123', NINE + 123],
    ['1492592400000', NINE],
    ['1492592400000000', NINE],
    ['1492592399999999', NINE - 1],
    ['-631152000', Date.UTC(1950, 0, 1)],
  ]
  for (const [text, ms] of TEXTS)
    it(`reads ${text} in UTC`, () => {
      expect(read(text), 'worked out with Date.UTC').toBe(ms)
    })

  const REFUSED: readonly (readonly [text: string, why: RegExp])[] = [
    ['2021-02-30', /not a day of the calendar/],
    ['2021-02-29', /not a day of the calendar/],
    ['1900-02-29', /not a day of the calendar/],
    ['2021-04-31T10:00', /not a day of the calendar/],
    ['2021-13-01', /not a day of the calendar/],
    ['2021-00-10', /not a day of the calendar/],
    ['2021-01-00', /not a day of the calendar/],
    ['0021-01-01', /not a day of the calendar/],
    ['2021-01-01T24:00', /not a time of day/],
    ['2021-01-01T10:60', /not a time of day/],
    ['2021-01-01T10:00:60', /not a time of day/],
    ['2021-01-01T10:00+15:00', /impossible offset/],
    ['2021-01-01T10:00+01:60', /impossible offset/],
    ['2021-01-01Z', /not a timestamp/],
    ['2021-1-1', /not a timestamp/],
    ['2021/01/01', /not a timestamp/],
    ['2021-01', /not a timestamp/],
    ['2021-01-01T10', /not a timestamp/],
    ['Mon Jan 04 2021', /not a timestamp/],
    ['01/02/2021', /day-month or month-day/],
    ['1.2.21 10:00', /day-month or month-day/],
    ['20210101', /unit cannot be told/],
    ['0', /unit cannot be told/],
    ['1492592400000000000', /finer than microseconds/],
    ['1.4925924e9', /not a timestamp/],
    ['NaN', /not a timestamp/],
    ['', /not a timestamp/],
  ]
  for (const [text, why] of REFUSED)
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(read(text), 'the reason').toMatch(why)
    })

  it('reads back every moment in each of its spellings', () => {
    const moment = fc.integer({ min: Date.UTC(1974, 0), max: Date.UTC(2999, 0) })
    fc.assert(
      fc.property(moment, (ms) => {
        const iso = new Date(ms).toISOString()
        const spellings = [iso, iso.slice(0, -1), iso.replace('T', ' '), `${ms}`, `${ms}000`]
        expect(spellings.map(read), 'ECMAScript writes the ISO text').toEqual(
          spellings.map(() => ms),
        )
        expect(read(formatTimestamp(ms)), 'as ktrdr shows it').toBe(ms)
        expect(read((ms / 1000).toFixed(3)), 'as epoch seconds').toBe(ms)
      }),
    )
  })
})

describe('what is shown', () => {
  it('is as short as the moment allows', () => {
    const moments = [MIDNIGHT, NINE, NINE + 7000, NINE + 7008, NaN, 1e300]
    expect(moments.map(formatTimestamp), 'no part that is zero').toEqual([
      '2017-04-19',
      '2017-04-19T09:00Z',
      '2017-04-19T09:00:07Z',
      '2017-04-19T09:00:07.008Z',
      'NaN',
      '1e+300',
    ])
  })

  it('is a duration in its largest unit', () => {
    const durations = [86_400_000, 9e9, 5_400_000, 60_000, 1500]
    expect(durations.map(formatDuration), 'one decimal').toEqual([
      '1 day',
      '104.2 days',
      '1.5 hours',
      '1 minute',
      '1.5 seconds',
    ])
  })
})
