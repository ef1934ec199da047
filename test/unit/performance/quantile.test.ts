import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addValues,
  beginLowEnd,
  meanUpTo,
  quantileOf,
  wholeOf,
} from '../../../src/performance/quantile.ts'

/** Of a sample that is read in runs of so many values. */
function lowEndOf(sample: Float64Array, share: number, run = sample.length) {
  const lowEnd = beginLowEnd(sample.length, share, (place) => sample[place]!)
  for (let from = 0; from < sample.length; from += run) {
    const values = sample.subarray(from, from + run)
    addValues(lowEnd, values, values.length)
  }
  return lowEnd
}

const quantile = (sample: Float64Array, share: number): number | null =>
  quantileOf(wholeOf(sample), share)

/** By sorting, as the definition reads. */
function bySorting(sample: Float64Array, share: number): number {
  const sorted = sample.toSorted()
  const place = share * (sample.length - 1)
  const rank = Math.floor(place)
  if (rank === place) return sorted[rank]!
  return sorted[rank]! + (place - rank) * (sorted[rank + 1]! - sorted[rank]!)
}

describe('a quantile', () => {
  it('is that of numpy: numpy.quantile([3, 1, 2, 10], [0, 0.05, 0.5]) = 1, 1.15, 2.5', () => {
    const sample = Float64Array.of(3, 1, 2, 10)
    expect(quantile(sample, 0)).toBe(1)
    expect(quantile(sample, 0.05)).toBeCloseTo(1.15, 12)
    expect(quantile(sample, 0.5)).toBe(2.5)
    expect([...sample], 'it leaves the sample alone').toEqual([3, 1, 2, 10])
  })

  it('is that of the sorted sample', () => {
    const value = fc.oneof(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.constantFrom(0, 0.5, -0.5), // ties
    )
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (values, share) => {
          const sample = Float64Array.from(values)
          expect(quantile(sample, share)! + 0).toBe(bySorting(sample, share) + 0)
        },
      ),
      { numRuns: 500 },
    )
  })

  const SAMPLES: readonly [string, (i: number) => number][] = [
    ['equal', () => 1],
    ['sorted', (i) => i],
    ['reversed', (i) => -i],
    ['an organ pipe, the worst of pivots', (i) => Math.min(i, 20_000 - i)],
    ['scattered', (i) => (i * 7919) % 20_011],
    ['mostly 0', (i) => (i % 25 === 0 ? -i : 0)],
    ['sawteeth', (i) => i % 7],
  ]

  it.each(SAMPLES)('is found in a large sample that is %s', (_, valueAt) => {
    const sample = Float64Array.from({ length: 20_000 }, (_value, i) => valueAt(i))
    expect(quantile(sample, 0.05)).toBe(bySorting(sample, 0.05))
    const lowEnd = lowEndOf(sample, 0.05, 300)
    expect(lowEnd.bound, 'a guess').toBeLessThan(Infinity)
    expect(quantileOf(lowEnd, 0.05)).toBe(bySorting(sample, 0.05))
  })

  it('keeps little of the sample, whatever ties it has', () => {
    const kept = ([, valueAt]: (typeof SAMPLES)[number]) => {
      const sample = Float64Array.from({ length: 20_000 }, (_, i) => valueAt(i))
      return lowEndOf(sample, 0.05, 300).values.length
    }
    for (const sample of SAMPLES) expect(kept(sample), sample[0]).toBeLessThan(4000)
  })

  it('lies between the kept values and the bound, or is the bound, where it falls so', () => {
    const values = Float64Array.of(2, 1)
    const lowEnd = { bound: 5, values, size: 2, ties: 3 }
    expect(quantileOf({ ...lowEnd, count: 31 }, 0.05), 'rank 1.5').toBe(3.5)
    expect(quantileOf({ ...lowEnd, count: 81 }, 0.05), 'rank 4').toBe(5)
    expect(quantileOf({ ...lowEnd, count: 82 }, 0.05), 'rank 4.05, of 5 known').toBeNull()
  })

  it('is unknown where the guess was too low, and then of the whole sample', () => {
    const seen = new Set(Array.from({ length: 2048 }, (_, i) => Math.floor((i * 20_000) / 2048)))
    const misleading = Float64Array.from({ length: 20_000 }, (_, i) => (seen.has(i) ? i - 1e6 : i))
    expect(quantileOf(lowEndOf(misleading, 0.2), 0.2)).toBeNull()
    expect(quantile(misleading, 0.2)).toBe(bySorting(misleading, 0.2))
  })

  it('has below it, in the mean, what the sorted sample has', () => {
    for (const [what, valueAt] of SAMPLES) {
      const sample = Float64Array.from({ length: 20_000 }, (_, i) => valueAt(i))
      const threshold = bySorting(sample, 0.05)
      const below = sample.filter((value) => value <= threshold)
      const mean = below.reduce((sum, value) => sum + value, 0) / below.length
      expect(meanUpTo(lowEndOf(sample, 0.05), threshold), what).toBeCloseTo(mean, 9)
    }
  })
})
