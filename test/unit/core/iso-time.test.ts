import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoTimes } from '../../../src/core/iso-time.ts'

const LAST_MS = 8.64e15

describe('moments as text', () => {
  it('are spelled as Date does it, whatever came before', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.integer({ min: -LAST_MS, max: LAST_MS }), fc.integer({ max: 200_000_000 })),
        ),
        (moments) => {
          const timeText = isoTimes()
          for (const ms of moments) expect(timeText(ms)).toBe(new Date(ms).toISOString())
        },
      ),
    )
  })

  it.each([
    0,
    -1,
    1,
    999,
    86_399_999,
    86_400_000,
    -86_400_000,
    1e12 + 0.75,
    -1.5,
    LAST_MS,
    -LAST_MS,
    253_402_300_800_000,
  ])('at %d', (ms) => expect(isoTimes()(ms)).toBe(new Date(ms).toISOString()))
})
