import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { after, parseSpan, spanText, spanWords } from '../../../src/walkforward/span.ts'

const NO_STAMPS = { length: 0, timestampMs: new Float64Array(0) }
const day = (text: string): number => Date.parse(text)
const stampsOf = (...texts: string[]) => ({
  length: texts.length,
  timestampMs: Float64Array.from(texts, day),
})

describe('a length of a window', () => {
  it.each([
    ['2y', { unit: 'months', count: 24 }, '2y', '2 years'],
    ['18m', { unit: 'months', count: 18 }, '18m', '18 months'],
    ['12m', { unit: 'months', count: 12 }, '1y', '1 year'],
    ['6w', { unit: 'days', count: 42 }, '6w', '6 weeks'],
    ['90d', { unit: 'days', count: 90 }, '90d', '90 days'],
    [' 500bars ', { unit: 'bars', count: 500 }, '500bars', '500 bars'],
    ['1bar', { unit: 'bars', count: 1 }, '1bars', '1 bar'],
  ] as const)('%s', (text, span, again, words) => {
    expect(parseSpan('train', text)).toEqual(span)
    expect(spanText(span)).toBe(again)
    expect(spanWords(span)).toBe(words)
    expect(parseSpan('train', again)).toEqual(span)
  })

  it.each(['', '2', 'y', '0y', '1.5y', '-1m', '3h', '2y6m', '9999999999d'])('not "%s"', (text) => {
    expect(() => parseSpan('test', text)).toThrow(`--test is "${text}"`)
  })
})

describe('a moment some lengths after another', () => {
  it.each([
    ['2024-01-31', 1, '2024-02-29'],
    ['2023-01-31', 1, '2023-02-28'],
    ['2023-01-31', 2, '2023-03-31'],
    ['2023-11-30', 3, '2024-02-29'],
    ['2023-12-15T14:30:00Z', 1, '2024-01-15T14:30:00Z'],
    ['1969-12-31T23:59:59Z', 2, '1970-02-28T23:59:59Z'],
  ])('%s and %i months is %s', (from, count, to) => {
    const ms = after(day(from), { unit: 'months', count: 1 }, count, NO_STAMPS)
    expect(new Date(ms).toISOString()).toBe(new Date(to).toISOString())
    expect(after(day(from), { unit: 'months', count }, 1, NO_STAMPS)).toBe(ms)
  })

  it('ascends with the number of months, and keeps the time of the day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 4e12 }),
        fc.integer({ min: 0, max: 500 }),
        (ms, count) => {
          const [a, b] = [count, count + 1].map((times) =>
            after(ms, { unit: 'months', count: 1 }, times, NO_STAMPS),
          ) as [number, number]
          expect(b).toBeGreaterThan(a)
          expect(new Date(a).toISOString().slice(11)).toBe(new Date(ms).toISOString().slice(11))
        },
      ),
    )
  })

  it('counts bars where they are, and is just behind the last one, or nowhere', () => {
    const stamps = stampsOf('2024-01-01', '2024-01-02', '2024-01-05')
    const bars = (from: string, count: number): number =>
      after(day(from), { unit: 'bars', count }, 1, stamps)
    expect(bars('2024-01-01', 2)).toBe(day('2024-01-05'))
    expect(bars('2024-01-03', 1), 'from the first bar that is not before').toBe(
      day('2024-01-05') + 1,
    )
    expect(bars('2024-01-03', 2)).toBe(Infinity)
  })
})
