import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstBarAtOrAfter, type Stamps } from '../../../src/data/bars.ts'
import { foldWindows, type FoldWindow } from '../../../src/walkforward/fold-windows.ts'
import { parseSpan, type Span } from '../../../src/walkforward/span.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

function daily(first: string, length: number): Stamps {
  const from = Date.parse(first)
  return { length, timestampMs: Float64Array.from({ length }, (_, i) => from + i * DAY_MS) }
}

const spansOf = (train: string, test: string, step = test, isAnchored = false) => ({
  train: parseSpan('train', train),
  test: parseSpan('test', test),
  step: parseSpan('step', step),
  isAnchored,
})

const shown = (folds: readonly FoldWindow[]): string[] =>
  folds.map(({ trainFromMs, testFromMs, testToMs, isShort }) =>
    [trainFromMs, testFromMs, testToMs]
      .map((ms) => new Date(ms).toISOString().slice(0, 10))
      .concat(isShort ? 'short' : [])
      .join(' '),
  )

describe('folds by the calendar', () => {
  it('train and test on whole months, one after the other', () => {
    const folds = foldWindows(daily('2020-01-15', 731), DAY_MS, spansOf('1y', '3m'))
    expect(shown(folds)).toEqual([
      '2020-01-15 2021-01-15 2021-04-15',
      '2020-04-15 2021-04-15 2021-07-15',
      '2020-07-15 2021-07-15 2021-10-15',
      '2020-10-15 2021-10-15 2022-01-15',
    ])
  })

  it('all begin with the first bar when they are anchored', () => {
    const folds = foldWindows(daily('2020-01-15', 731), DAY_MS, spansOf('1y', '6m', '6m', true))
    expect(shown(folds)).toEqual([
      '2020-01-15 2021-01-15 2021-07-15',
      '2020-01-15 2021-07-15 2022-01-15',
    ])
  })

  it('have no gap where a month has no such day', () => {
    const folds = foldWindows(daily('2020-11-30', 800), DAY_MS, spansOf('1y', '3m'))
    expect(shown(folds).slice(0, 3)).toEqual([
      '2020-11-30 2021-11-30 2022-02-28',
      '2021-02-28 2022-02-28 2022-05-30',
      '2021-05-30 2022-05-30 2022-08-30',
    ])
  })

  it('may leave bars out between them', () => {
    const folds = foldWindows(daily('2020-01-01', 800), DAY_MS, spansOf('1y', '2w', '3m'))
    expect(shown(folds).slice(0, 2)).toEqual([
      '2020-01-01 2021-01-01 2021-01-15',
      '2020-04-01 2021-04-01 2021-04-15',
    ])
  })

  it('end with one that is shorter, if half of it is there', () => {
    const end = (days: number): string | undefined =>
      shown(foldWindows(daily('2020-01-01', 366 + 181 + days), DAY_MS, spansOf('1y', '6m'))).at(-1)
    expect(end(92)).toBe('2020-07-01 2021-07-01 2021-10-01 short')
    expect(end(184)).toBe('2020-07-01 2021-07-01 2022-01-01')
  })
})

describe('folds by bars', () => {
  it('count them', () => {
    const folds = foldWindows(daily('2020-01-01', 100), DAY_MS, spansOf('40bars', '20bars'))
    expect(shown(folds)).toEqual([
      '2020-01-01 2020-02-10 2020-03-01',
      '2020-01-21 2020-03-01 2020-03-21',
      '2020-02-10 2020-03-21 2020-04-09',
    ])
    expect(folds.every(({ isShort }) => !isShort)).toBe(true)
  })

  it('begin where the bars do, not at midnight', () => {
    const hours = Float64Array.from({ length: 100 }, (_, i) => 14.5 * HOUR_MS + i * HOUR_MS)
    const [first] = foldWindows(
      { length: 100, timestampMs: hours },
      HOUR_MS,
      spansOf('40bars', '20bars'),
    )
    expect(first!.trainFromMs).toBe(hours[0])
    expect(first!.testFromMs).toBe(hours[40])
  })
})

describe('windows that cannot be', () => {
  it('are those of data that is too short, and it is said how long it is', () => {
    expect(() => foldWindows(daily('2020-01-01', 500), DAY_MS, spansOf('1y', '6m'))).toThrow(
      'The data is 1.4 years long (500 bars, 2020-01-01 … 2021-05-14), which makes 1 fold of --train 1y and --test 6m; a walk-forward needs 2.',
    )
    expect(() => foldWindows(daily('2020-01-01', 90), DAY_MS, spansOf('1y', '6m'))).toThrow(
      'The data is 90 days long (90 bars, 2020-01-01 … 2020-03-30), which makes 0 folds',
    )
  })

  it.each([
    [500, '1y', '6m'],
    [90, '5y', '2w'],
    [77, '100bars', '5bars'],
  ])('have a remedy that works, of %i days for %s and %s', (days, train, test) => {
    const stamps = daily('2020-01-01', days)
    try {
      foldWindows(stamps, DAY_MS, spansOf(train, test))
      expect.unreachable()
    } catch (error) {
      const [remedy] = (error as { suggestions: string[] }).suggestions
      const [, longer, shorter] = /--train (\S+) --test (\S+)/.exec(remedy!)!
      expect(foldWindows(stamps, DAY_MS, spansOf(longer!, shorter!)).length).toBeGreaterThan(1)
    }
  })

  it.each([
    ['6m', '3m'],
    ['6w', '1m'],
    ['20bars', '19bars'],
    ['20bars', '1w'],
    ['2w', '13bars'],
  ])('are tests of %s every %s: they would overlap', (test, step) => {
    expect(() => foldWindows(daily('2020-01-01', 900), DAY_MS, spansOf('1y', test, step))).toThrow(
      'the same bars would be traded by several folds',
    )
  })

  it('are too many to train', () => {
    const stamps = daily('1950-01-01', 20_000)
    expect(() => foldWindows(stamps, DAY_MS, spansOf('10bars', '1bar'))).toThrow(
      'more than 10000 folds',
    )
  })
})

const span = (most: number): fc.Arbitrary<Span> =>
  fc.oneof(
    fc.record({ unit: fc.constant('months' as const), count: fc.integer({ min: 1, max: most }) }),
    fc.record({
      unit: fc.constant('days' as const),
      count: fc.integer({ min: 5, max: 30 * most }),
    }),
    fc.record({
      unit: fc.constant('bars' as const),
      count: fc.integer({ min: 5, max: 20 * most }),
    }),
  )

/** Bars of days, some of which are missing. */
const anyStamps = fc
  .record({
    firstMs: fc.integer({ min: 0, max: 20_000 }).map((days) => days * DAY_MS + 9 * HOUR_MS),
    gaps: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 200, maxLength: 900 }),
  })
  .map(({ firstMs, gaps }): Stamps => {
    let ms = firstMs
    const timestampMs = Float64Array.from(gaps, (days) => (ms += days * DAY_MS))
    return { length: gaps.length, timestampMs }
  })

describe('any folds', () => {
  it('test every bar at most once, each right after its train window', () => {
    fc.assert(
      fc.property(
        anyStamps,
        span(10),
        span(3),
        fc.option(span(6), { nil: null }),
        fc.boolean(),
        (stamps, train, test, step, isAnchored) => {
          const spans = { train, test, step: step ?? test, isAnchored }
          let folds: FoldWindow[]
          try {
            folds = foldWindows(stamps, DAY_MS, spans)
          } catch (error) {
            fc.pre(!/walk-forward needs|several folds/.test(String(error)))
            throw error
          }
          const first = folds[0]!.trainFromMs
          for (const [i, fold] of folds.entries()) {
            const { trainFromMs, testFromMs, testToMs, isShort } = fold
            expect(trainFromMs).toBeLessThan(testFromMs)
            expect(testFromMs).toBeLessThan(testToMs)
            if (isAnchored) expect(trainFromMs).toBe(first)
            if (isShort) expect(i).toBe(folds.length - 1)
            expect(firstBarAtOrAfter(stamps, testFromMs), 'a bar is tested').toBeLessThan(
              firstBarAtOrAfter(stamps, testToMs),
            )
            const next = folds[i + 1]
            if (next === undefined) continue
            expect(next.testFromMs).toBeGreaterThanOrEqual(testToMs)
            expect(next.trainFromMs).toBeGreaterThanOrEqual(trainFromMs)
          }
          if (step === null) {
            const tested = folds.reduce(
              (sum, { testFromMs, testToMs }) =>
                sum + firstBarAtOrAfter(stamps, testToMs) - firstBarAtOrAfter(stamps, testFromMs),
              0,
            )
            const from = firstBarAtOrAfter(stamps, folds[0]!.testFromMs)
            const to = firstBarAtOrAfter(stamps, folds.at(-1)!.testToMs)
            expect(tested, 'without a gap between them').toBe(to - from)
          }
        },
      ),
    )
  })
})
