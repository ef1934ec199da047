import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differenceOf, lastKnown, valuesAt } from '../../../src/features/market.ts'

const ascending = fc
  .uniqueArray(fc.integer({ min: 0, max: 500 }), { maxLength: 60 })
  .map((moments) => Float64Array.from(moments.toSorted((a, b) => a - b)))

describe('what is known at a moment', () => {
  it('is the last that came no later', () => {
    fc.assert(
      fc.property(ascending, ascending, (knownMs, moments) => {
        const rows = lastKnown(knownMs, moments)
        for (const [i, moment] of moments.entries())
          expect(rows[i], `at ${moment}`).toBe(knownMs.findLastIndex((known) => known <= moment))
      }),
    )
  })

  it('is nothing before the first', () => {
    const rows = lastKnown(Float64Array.of(10, 20), Float64Array.of(9, 10, 15, 20, 99))
    expect([...rows]).toEqual([-1, 0, 0, 1, 1])
    expect([...valuesAt(Float64Array.of(1, 2), rows)]).toEqual([NaN, 1, 1, 2, 2])
  })

  it('of a difference is that of both its sides', () => {
    const long = { knownMs: Float64Array.of(1, 5, 9), value: Float64Array.of(3, 4, 5) }
    const short = { knownMs: Float64Array.of(4, 5, 7), value: Float64Array.of(1, 1, 2) }
    expect(differenceOf(long, short)).toEqual({
      knownMs: Float64Array.of(4, 5, 7, 9),
      value: Float64Array.of(2, 3, 2, 3),
    })
  })
})
