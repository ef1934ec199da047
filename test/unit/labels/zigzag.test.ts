import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSwings } from '../../../src/indicators/swings.ts'
import { zigzagLabels } from '../../../src/labels/zigzag.ts'

// Figures of an independent calculation of upstream's algorithm, threshold 0.04.
const closes = Float64Array.from([
  100, 101, 103, 102, 104, 107, 106, 103, 100, 98, 97, 99, 102, 105, 104, 106, 109, 108, 105, 101,
  99, 100, 103, 104,
])

describe('zigzag', () => {
  it('finds the extremes, and every bar that moved one or turned the swing', () => {
    expect(findSwings(closes, 0.04)).toEqual({
      extremes: [0, 5, 10, 16, 20, 23],
      events: [4, 5, 8, 9, 10, 12, 13, 15, 16, 19, 20, 22, 23],
    })
  })

  it('labels every bar by its swing and leaves the undecided tail without a label', () => {
    const { classes, values } = zigzagLabels(closes, 0.04)
    expect(classes, 'three classes').toEqual(['BUY', 'HOLD', 'SELL'])
    // Upstream has HOLD at bar 23, the extreme that may still move.
    const expected = [1, 0, 0, 0, 0, 1, 2, 2, 2, 2, 1, 0, 0, 0, 0, 0, 1, 2, 2, 2, 1, 0, 0, NaN]
    expect([...values], 'BUY 0, HOLD 1, SELL 2').toEqual(expected)
  })

  it('says of every label how far it looked', () => {
    const { endBar } = zigzagLabels(closes, 0.04)
    expect([...endBar], 'the next bar that moved an extreme or turned the swing').toEqual([
      4, 4, 4, 4, 5, 8, 8, 8, 9, 10, 12, 12, 13, 15, 15, 16, 19, 19, 19, 20, 22, 22, 23, -1,
    ])
  })

  it('keeps the earlier of two equal extremes', () => {
    const { extremes } = findSwings(Float64Array.of(100, 110, 105, 110, 90), 0.1)
    expect(extremes, 'bar 1, not 3').toEqual([0, 1, 4])
  })

  it('takes a move of exactly the threshold for a reversal', () => {
    expect(findSwings(Float64Array.of(100, 125, 100), 0.2).extremes.length, '125 → 100').toBe(3)
    expect(findSwings(Float64Array.of(100, 125, 101), 0.2).extremes.length, '125 → 101').toBe(2)
  })

  it.each([[[]], [[100]], [[100, 101, 100, 99]], [[7, 7, 7]]])(
    'has no label on %j, which never moves by the threshold',
    (list) => {
      const { values, endBar } = zigzagLabels(Float64Array.from(list), 0.04)
      expect(values, 'all NaN').toEqual(Float64Array.from(list, () => NaN))
      expect(endBar, 'all −1').toEqual(Int32Array.from(list, () => -1))
    },
  )

  it('alternates and lets no swing be smaller than the threshold', () => {
    const walk = fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 2, maxLength: 60 })
    fc.assert(
      fc.property(walk, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (list, threshold) => {
        const prices = Float64Array.from(list)
        const bars = findSwings(prices, threshold).extremes
        const moves = bars.slice(1).map((bar, i) => prices[bar]! / prices[bars[i]!]! - 1)
        const smallest = Math.min(Infinity, ...moves.map(Math.abs))
        expect(smallest, 'the smallest swing').toBeGreaterThanOrEqual(threshold * (1 - 1e-12))
        const turns = moves.slice(1).every((move, i) => move * moves[i]! < 0)
        expect(turns, 'up follows down').toBe(true)
      }),
    )
  })
})
