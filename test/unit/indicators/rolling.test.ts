import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  rollingDeviation,
  rollingMax,
  rollingMean,
  rollingMin,
  rollingSum,
  rollingWeightedMean,
} from '../../../src/indicators/rolling.ts'
import { distance } from '../../support/distance.ts'
import { makeBars } from '../../support/make-bars.ts'

// Reference: the textbook definition, computed afresh on every window.

const mean = (window: number[]): number => window.reduce((sum, x) => sum + x, 0) / window.length

const DEFINITIONS: readonly (readonly [
  string,
  (values: Float64Array, window: number) => Float64Array,
  (window: number[]) => number,
])[] = [
  ['rollingMax', rollingMax, (window) => Math.max(...window)],
  ['rollingMin', rollingMin, (window) => Math.min(...window)],
  ['rollingSum', rollingSum, (window) => window.reduce((sum, x) => sum + x, 0)],
  ['rollingMean', rollingMean, mean],
  [
    'rollingWeightedMean',
    rollingWeightedMean,
    (window) =>
      window.reduce((sum, x, i) => sum + (i + 1) * x, 0) /
      ((window.length * (window.length + 1)) / 2),
  ],
  [
    'rollingDeviation',
    (values, window) => rollingDeviation(values, window).deviation,
    (window) => {
      const middle = mean(window)
      const squares = window.reduce((sum, x) => sum + (x - middle) * (x - middle), 0)
      return Math.sqrt(squares / (window.length - 1))
    },
  ],
  ['rollingDeviation.mean', (values, window) => rollingDeviation(values, window).mean, mean],
]

describe.each(DEFINITIONS)('%s', (_, rolling, define) => {
  it('equals its definition on every full window and is NaN before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 60 }),
        fc.integer({ min: 2, max: 20 }),
        (list, window) => {
          const actual = rolling(Float64Array.from(list), window)
          expect(actual.length, 'one value a bar').toBe(list.length)
          for (const [t, value] of actual.entries()) {
            const seen = list.slice(Math.max(0, t + 1 - window), t + 1)
            const expected = seen.length < window ? NaN : define(seen)
            expect(distance(value, expected), `bar ${t} of window ${window}`).toBeLessThan(1e-7)
          }
        },
      ),
    )
  })

  it.each([NaN, 1e300, -1e300])('forgets %d as soon as it has left the window', (foreign) => {
    const window = 20
    const values = makeBars(100).close
    const disturbed = values.with(30, foreign)
    const clean = rolling(values, window)
    const actual = rolling(disturbed, window)
    expect(actual.subarray(0, 30), 'before').toEqual(clean.subarray(0, 30))
    expect(actual.subarray(50), 'after').toEqual(clean.subarray(50))
  })

  it('does not drift over 500 000 bars', () => {
    const values = makeBars(500_000).close
    const actual = rolling(values, 20)
    for (const end of [1000, 250_000, 500_000]) {
      const expected = define([...values.subarray(end - 20, end)])
      expect(Math.abs(actual[end - 1]! / expected - 1), `at bar ${end - 1}`).toBeLessThan(1e-12)
    }
  })
})

it('the deviation of a flat window is exactly zero and its mean exactly the value', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
      fc.integer({ min: 2, max: 50 }),
      (x, n) => {
        const { mean: middle, deviation } = rollingDeviation(new Float64Array(3 * n).fill(x), n)
        expect(
          deviation.subarray(n - 1).every((value) => value === 0),
          'no deviation',
        ).toBe(true)
        expect(
          middle.subarray(n - 1).every((value) => value === x),
          'the value itself',
        ).toBe(true)
      },
    ),
  )
})

it('a small deviation survives a large level', () => {
  const values = Float64Array.from({ length: 100 }, (_, t) => 1e9 + (t % 2))
  const { deviation } = rollingDeviation(values, 20)
  // Ten zeros and ten ones: the sample variance is 20 · ¼ / 19.
  expect(deviation[99], 'as if the level were 0').toBeCloseTo(Math.sqrt(5 / 19), 9)
})
