import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantile } from '../../../src/backtest/quantile.ts'

/** By sorting, as the definition reads. */
function quantileOf(sample: Float64Array, share: number): number {
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
          expect(quantile(sample, share) + 0).toBe(quantileOf(sample, share) + 0)
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    ['equal', () => 1],
    ['sorted', (i: number) => i],
    ['reversed', (i: number) => -i],
    ['an organ pipe, the worst of pivots', (i: number) => Math.min(i, 20_000 - i)],
    [
      'lowest where it is looked at first',
      (i: number) => (i % 128 ? (i * 7919) % 20_011 : i - 1e6),
    ],
    ['highest there', (i: number) => (i % 128 ? (i * 7919) % 20_011 : i + 1e6)],
    ['sawteeth', (i: number) => i % 7],
  ])('is found in a large sample that is %s', (_, valueAt) => {
    const sample = Float64Array.from({ length: 20_000 }, (_value, i) => valueAt(i))
    expect(quantile(sample, 0.05)).toBe(quantileOf(sample, 0.05))
  })
})
