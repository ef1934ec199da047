import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sliceBars } from '../../src/data/bars.ts'
import type { LabelSettings } from '../../src/labels/label.ts'
import { makeLabels } from '../../src/labels/labels.ts'
import { barsFromCloses, makeBars } from '../support/make-bars.ts'

const SETTINGS: Readonly<Partial<Record<LabelSettings['source'], fc.Arbitrary<LabelSettings>>>> = {
  zigzag: fc.record({
    source: fc.constant('zigzag'),
    threshold: fc.double({ min: 0.005, max: 0.3, noNaN: true }),
  }),
  forward_return: fc.record({
    source: fc.constant('forward_return'),
    horizon: fc.integer({ min: 1, max: 30 }),
  }),
}

const prices = fc.array(fc.integer({ min: 80, max: 120 }), { minLength: 1, maxLength: 60 })

describe.each(Object.entries(SETTINGS))('the labels of %s', (_, settings) => {
  it('have a value, and an end at or after their bar, or neither', () => {
    fc.assert(
      fc.property(settings, prices, (given, closes) => {
        const labels = makeLabels(barsFromCloses(closes), given)
        expect(labels.values.length, 'one a bar').toBe(closes.length)
        expect(labels.endBar.length, 'one a bar').toBe(closes.length)
        for (const [t, value] of labels.values.entries()) {
          const end = labels.endBar[t]!
          const isSound = Number.isNaN(value) ? end === -1 : end >= t && end < closes.length
          expect(isSound, `bar ${t} has label ${value} and end ${end}`).toBe(true)
        }
      }),
    )
  })

  it('never change with the bars after their end', () => {
    fc.assert(
      fc.property(settings, prices, prices, fc.nat(), (given, closes, others, pick) => {
        const labels = makeLabels(barsFromCloses(closes), given)
        const t = pick % closes.length
        const end = labels.endBar[t]!
        fc.pre(end !== -1)
        const otherFuture = [...closes.slice(0, end + 1), ...others]
        const relabelled = makeLabels(barsFromCloses(otherFuture), given)
        expect(relabelled.values[t], `label of bar ${t} in another future`).toBe(labels.values[t])
        expect(relabelled.endBar[t], `how far it looked`).toBe(end)
      }),
      { numRuns: 2000 },
    )
  })

  it('are known, and the same, when the data stops at their end', () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 1000 }), (given, seed) => {
        const bars = makeBars(80, seed)
        const labels = makeLabels(bars, given)
        for (const [t, end] of labels.endBar.entries()) {
          if (end === -1) continue
          const early = makeLabels(sliceBars(bars, 0, end + 1), given)
          expect(early.values[t], `label of bar ${t}`).toBe(labels.values[t])
          expect(early.endBar[t], `end of the label of bar ${t}`).toBe(end)
        }
      }),
    )
  })
})

it('labels are undecided one bar before their end', () => {
  fc.assert(
    fc.property(fc.oneof(...Object.values(SETTINGS)), prices, (given, closes) => {
      const bars = barsFromCloses(closes)
      const labels = makeLabels(bars, given)
      for (const [t, end] of labels.endBar.entries()) {
        if (end === -1) continue
        const early = makeLabels(sliceBars(bars, 0, end), given)
        expect(early.values[t], `bar ${t} before its end`).toBeNaN()
      }
    }),
  )
})
