import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitByTime } from '../../../src/features/data-split.ts'
import type { Labels } from '../../../src/labels/label.ts'

const labelsEndingAfter = (n: number, reach: number): Labels => ({
  classes: ['BUY', 'HOLD', 'SELL'],
  weights: null,
  values: new Float64Array(n),
  endBar: Int32Array.from({ length: n }, (_, bar) => bar + reach),
})

describe('the split', () => {
  it('is by time, and no label of a slice ends in a later one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.nat(40),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.integer({ min: 1, max: 3 }),
        (n, reach, train, rest, spacing) => {
          const shares = { train, validation: (1 - train) * rest }
          const bars = Int32Array.from({ length: n }, (_, i) => i * spacing)
          const labels = labelsEndingAfter(n * spacing + 1, reach)
          const split = splitByTime(bars, labels, shares)
          const last = (slice: Int32Array): number => slice.at(-1) ?? -1
          for (const [slice, later] of [
            [split.train, [...split.validation, ...split.test]],
            [split.validation, [...split.test]],
          ] as const) {
            const border = later[0]
            if (border === undefined) continue
            expect(last(slice), 'order').toBeLessThan(border)
            for (const bar of slice)
              expect(labels.endBar[bar], `label of bar ${bar}`).toBeLessThan(border)
          }
          const crossing = (from: number, to: number): number =>
            [...bars.subarray(from, to)].filter((bar) => to < n && bar + reach >= bars[to]!).length
          const validationFrom = Math.floor(n * shares.train)
          const testFrom = Math.floor(n * (shares.train + shares.validation))
          const kept = split.train.length + split.validation.length + split.test.length
          expect(n - kept, 'no more is dropped than reaches over a border').toBe(
            crossing(0, validationFrom) + crossing(validationFrom, testFrom),
          )
        },
      ),
    )
  })

  it('drops exactly the rows that reach over a border', () => {
    const bars = Int32Array.from({ length: 100 }, (_, i) => i)
    const { train, validation, test } = splitByTime(bars, labelsEndingAfter(100, 5), {
      train: 0.7,
      validation: 0.15,
    })
    expect([train.length, validation.length, test.length]).toEqual([65, 10, 15])
    expect([train[0], train.at(-1), validation[0], validation.at(-1), test[0]]).toEqual([
      0, 64, 70, 79, 85,
    ])
  })

  it.each([
    [10, 10],
    [0.1, 10],
    [0.005, 0],
  ])('with an embargo of %d keeps %i bars more before each border', (embargo, gap) => {
    const bars = Int32Array.from({ length: 100 }, (_, i) => i)
    const { train, validation, test } = splitByTime(bars, labelsEndingAfter(100, 5), {
      train: 0.6,
      validation: 0.2,
      embargo,
    })
    expect([train.length, validation.length, test.length]).toEqual([55 - gap, 15 - gap, 20])
    expect([validation[0], test[0]], 'the borders stay').toEqual([60, 80])
  })

  it('drops what looks behind the last bar, or into the embargo before it, where more bars follow', () => {
    const bars = Int32Array.from({ length: 100 }, (_, i) => i)
    const labels = labelsEndingAfter(100, 5)
    const shares = { train: 0.8, validation: 0.2, isFollowed: true }
    const last = (embargo?: number) => {
      const split = splitByTime(bars, labels, { ...shares, ...(embargo ? { embargo } : {}) })
      return [split.train.at(-1), split.validation.at(-1), split.test.length]
    }
    expect(last()).toEqual([74, 94, 0])
    expect(last(3), 'bars').toEqual([71, 91, 0])
    expect(last(0.1), 'a share of the rows').toEqual([64, 84, 0])
    const { validation } = splitByTime(bars, labels, { train: 0.8, validation: 0.2 })
    expect(validation.at(-1), 'nothing follows').toBe(99)
  })
})
