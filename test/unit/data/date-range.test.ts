import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import {
  formatDateRange,
  parseDateRange,
  type DateRangeTexts,
} from '../../../src/data/date-range.ts'

const JUNE_30 = Date.UTC(2024, 5, 30)
const HOUR = 3_600_000

function refusal(texts: DateRangeTexts): KtrdrError {
  try {
    parseDateRange(texts)
  } catch (error) {
    if (error instanceof KtrdrError) return error
  }
  throw new Error('expected a refusal')
}

describe('parseDateRange', () => {
  it('takes a day as a whole at both ends (C19)', () => {
    const range = parseDateRange({ start: '2024-06-30', end: ' 2024-06-30 ' })
    expect(range, 'its first and its last millisecond').toEqual({
      firstMs: JUNE_30,
      lastMs: JUNE_30 + 24 * HOUR - 1,
    })
  })

  it('takes a moment as it is at both ends, in UTC or with an offset', () => {
    for (const text of [
      '2024-06-30T12:00',
      '2024-06-30 12:00:00',
      ' 2024-06-30T12:00Z',
      '2024-06-30T14:00+02:00',
    ])
      expect(parseDateRange({ start: text, end: text }), 'noon').toEqual({
        firstMs: JUNE_30 + 12 * HOUR,
        lastMs: JUNE_30 + 12 * HOUR,
      })
  })

  it('leaves an end open that is not given', () => {
    expect(parseDateRange({}), 'no limits').toEqual({})
    expect(parseDateRange({ end: '2024-06-29' }).firstMs, 'no start').toBeUndefined()
  })

  const REFUSED = ['', 'yesterday', '2024-06-31', '30/06/2024', '2024-06', '1719705600', '20240630']
  for (const text of REFUSED)
    it(`refuses ${JSON.stringify(text)} as USAGE with examples`, () => {
      const error = refusal({ end: text })
      expect(error.code, 'exit 2').toBe('USAGE')
      expect(error.message, 'the flag and the text').toContain(`--end ${JSON.stringify(text)} `)
      expect(error.suggestions[0], 'something to type').toBe('--end 2024-06-30')
    })

  it('refuses a start after the end, and not one within the last day', () => {
    const error = refusal({ start: '2024-07-01', end: '2024-06-30' })
    expect([error.code, error.message], 'both dates').toEqual([
      'USAGE',
      '--start 2024-07-01 is after --end 2024-06-30.',
    ])
    expect(error.suggestions, 'the other way round').toEqual([
      '--start 2024-06-30 --end 2024-07-01',
    ])
    expect(
      parseDateRange({ start: '2024-06-30T23:00', end: '2024-06-30' }).firstMs,
      'is fine',
    ).toBe(JUNE_30 + 23 * HOUR)
  })
})

describe('formatDateRange', () => {
  it('leaves an open end empty', () => {
    const texts = [
      { firstMs: JUNE_30, lastMs: JUNE_30 + HOUR },
      { firstMs: JUNE_30 },
      { lastMs: JUNE_30 },
    ]
    expect(texts.map(formatDateRange), 'as short as can be').toEqual([
      '2024-06-30 … 2024-06-30T01:00Z',
      '2024-06-30 …',
      '… 2024-06-30',
    ])
  })
})
