import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barsSinceHighest, barsSinceLowest } from '../../../src/indicators/bars-since.ts'

// Reference: the definition, looked up afresh in every window. Few values, so that equal ones are common.

describe.each([
  ['barsSinceHighest', barsSinceHighest, Math.max],
  ['barsSinceLowest', barsSinceLowest, Math.min],
] as const)('%s', (_, barsSince, extreme) => {
  it('finds the earliest extreme of every full window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (list, window) => {
          const expected = Array.from(list.keys(), (t) => {
            const seen = list.slice(Math.max(0, t + 1 - window), t + 1)
            return seen.length < window ? NaN : window - 1 - seen.indexOf(extreme(...seen))
          })
          expect([...barsSince(Float64Array.from(list), window)]).toEqual(expected)
        },
      ),
    )
  })

  it('prefers the earliest of equal ones, across the border of two blocks', () => {
    const flat = Float64Array.of(1, 1, 1, 1, 1)
    expect(barsSince(flat, 3)).toEqual(Float64Array.of(NaN, NaN, 2, 2, 2))
  })
})
