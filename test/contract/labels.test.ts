import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sliceBars, type Bars } from '../../src/data/bars.ts'
import type { Labels, LabelSettings, TripleBarrierSettings } from '../../src/labels/label.ts'
import { makeLabels } from '../../src/labels/labels.ts'
import { barsFromCloses, makeBars } from '../support/make-bars.ts'

const factor = fc.double({ min: 0.2, max: 4, noNaN: true })
const fewBars = fc.integer({ min: 1, max: 15 })
const share = fc.double({ min: 0, max: 1, noNaN: true })

const filter: fc.Arbitrary<TripleBarrierSettings['cusum']> = fc.option(
  fc.record({
    threshold: fc.option(fc.double({ min: 0.001, max: 0.05, noNaN: true })),
    multiplier: fc.double({ min: 0.1, max: 1, noNaN: true }),
  }),
)

const SETTINGS: Readonly<Record<LabelSettings['source'], fc.Arbitrary<LabelSettings>>> = {
  zigzag: fc.record({
    source: fc.constant('zigzag'),
    threshold: fc.double({ min: 0.005, max: 0.3, noNaN: true }),
  }),
  forward_return: fc.record({
    source: fc.constant('forward_return'),
    horizon: fc.integer({ min: 1, max: 30 }),
  }),
  triple_barrier: fc.record({
    source: fc.constant('triple_barrier'),
    ptMultiplier: factor,
    slMultiplier: factor,
    maxHoldingPeriod: fewBars,
    volSpan: fewBars,
    volMethod: fc.constantFrom('atr', 'close'),
    computeWeights: fc.boolean(),
    cusum: filter,
  }),
  regime: fc.record({
    source: fc.constant('regime'),
    macroAtrMultiplier: factor,
    microAtrMultiplier: factor,
    atrPeriod: fewBars,
    volLookback: fewBars,
    volCrisisThreshold: factor,
    progressionTolerance: share,
  }),
  context: fc.record({
    source: fc.constant('context'),
    horizon: fc.integer({ min: 1, max: 30 }),
    bullishThreshold: fc.double({ min: 0, max: 0.05, noNaN: true }),
    bearishThreshold: fc.double({ min: -0.05, max: 0, noNaN: true }),
  }),
}

/** Settings for which a walk of 300 bars has labels of every class, so that the promises below are kept by something. */
const TYPICAL: readonly LabelSettings[] = [
  { source: 'zigzag', threshold: 0.03 },
  { source: 'forward_return', horizon: 5 },
  ...(['atr', 'close'] as const).flatMap((volMethod) =>
    [null, { threshold: null, multiplier: 0.5 }, { threshold: 0.004, multiplier: 1 }].map(
      (cusum): LabelSettings => ({
        source: 'triple_barrier',
        ptMultiplier: 2,
        slMultiplier: 1.5,
        maxHoldingPeriod: 4,
        volSpan: 10,
        volMethod,
        computeWeights: true,
        cusum,
      }),
    ),
  ),
  {
    source: 'regime',
    macroAtrMultiplier: 2,
    microAtrMultiplier: 0.4,
    atrPeriod: 5,
    volLookback: 20,
    volCrisisThreshold: 1.3,
    progressionTolerance: 0.7,
  },
  { source: 'context', horizon: 3, bullishThreshold: 0.01, bearishThreshold: -0.01 },
]

const prices = fc.array(fc.integer({ min: 80, max: 120 }), { minLength: 1, maxLength: 60 })

/** Bars that range 1 up and 2 down from their close. */
function rangingBars(closes: Iterable<number>): Bars {
  return barsFromCloses(
    closes,
    (close) => close + 1,
    (close) => close - 2,
  )
}

/** All that a label says, at one bar. */
function labelAt({ values, endBar, weights }: Labels, t: number) {
  return { value: values[t], end: endBar[t], weight: weights?.[t] ?? null }
}

it.each(TYPICAL)('a walk has labels of every class by $source', (settings) => {
  const { classes, values, endBar } = makeLabels(makeBars(300, 7), settings)
  const found = new Set(values.filter((value) => !Number.isNaN(value)))
  if (classes.length > 0) expect([...found].toSorted(), 'classes').toEqual([...classes.keys()])
  expect(endBar.filter((end) => end !== -1).length, 'labelled bars').toBeGreaterThan(50)
})

it.each(TYPICAL)(
  'a walk is labelled by $source at the end of each label, no bar before',
  (settings) => {
    const bars = makeBars(300, 7)
    const labels = makeLabels(bars, settings)
    for (const [t, end] of labels.endBar.entries()) {
      if (end === -1) continue
      const early = makeLabels(sliceBars(bars, 0, end), settings)
      expect(labelAt(early, t).value, `bar ${t} one bar before`).toBeOneOf([NaN, undefined])
      const inTime = makeLabels(sliceBars(bars, 0, end + 1), settings)
      expect(labelAt(inTime, t), `bar ${t} at the end`).toEqual(labelAt(labels, t))
    }
  },
)

describe.each(Object.entries(SETTINGS))('the labels of %s', (_, settings) => {
  it('have a value, and an end at or after their bar, or neither', () => {
    fc.assert(
      fc.property(settings, prices, (given, closes) => {
        const labels = makeLabels(rangingBars(closes), given)
        expect(labels.values.length, 'one a bar').toBe(closes.length)
        expect(labels.endBar.length, 'one a bar').toBe(closes.length)
        for (const [t, value] of labels.values.entries()) {
          const end = labels.endBar[t]!
          const isSound = Number.isNaN(value) ? end === -1 : end >= t && end < closes.length
          expect(isSound, `bar ${t} has label ${value} and end ${end}`).toBe(true)
          const weight = labels.weights?.[t] ?? null
          const weighs = weight === null || (end === -1 ? Number.isNaN(weight) : weight > 0)
          expect(weighs, `bar ${t} has weight ${weight}`).toBe(true)
        }
      }),
    )
  })

  it('never change with the bars after their end', () => {
    fc.assert(
      fc.property(settings, prices, prices, fc.nat(), (given, closes, others, pick) => {
        const labels = makeLabels(rangingBars(closes), given)
        const t = pick % closes.length
        const end = labels.endBar[t]!
        fc.pre(end !== -1)
        const otherFuture = [...closes.slice(0, end + 1), ...others]
        const relabelled = makeLabels(rangingBars(otherFuture), given)
        expect(labelAt(relabelled, t), `bar ${t} in another future`).toEqual(labelAt(labels, t))
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
          expect(labelAt(early, t), `bar ${t}`).toEqual(labelAt(labels, t))
        }
      }),
    )
  })
})

it('labels are undecided one bar before their end', () => {
  fc.assert(
    fc.property(fc.oneof(...Object.values(SETTINGS)), prices, (given, closes) => {
      const bars = rangingBars(closes)
      const labels = makeLabels(bars, given)
      for (const [t, end] of labels.endBar.entries()) {
        if (end === -1) continue
        const early = makeLabels(sliceBars(bars, 0, end), given)
        expect(early.values[t], `bar ${t} before its end`).toBeNaN()
      }
    }),
  )
})
