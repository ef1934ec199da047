import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { expandingMedian } from '../../../src/labels/expanding-median.ts'

it('is the median of all values so far', () => {
  const value = fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.double({ noNaN: true, min: -9, max: 9 }),
  )
  fc.assert(
    fc.property(fc.array(value, { maxLength: 80 }), (values) => {
      const expected = values.map((_, t) => {
        const sorted = values.slice(0, t + 1).toSorted((a, b) => a - b)
        const middle = sorted.length >> 1
        return sorted.length % 2 === 1
          ? sorted[middle]!
          : (sorted[middle - 1]! + sorted[middle]!) / 2
      })
      const medians = expandingMedian(Float64Array.from(values))
      for (const [t, median] of medians.entries())
        expect(median === expected[t], `${median} at ${t}, not ${expected[t]}`).toBe(true)
    }),
    { numRuns: 300 },
  )
})

it('leaves NaN out', () => {
  expect([...expandingMedian(Float64Array.of(NaN, 3, NaN, 1))], 'of 3, then of 1 and 3').toEqual([
    NaN,
    3,
    3,
    2,
  ])
})
