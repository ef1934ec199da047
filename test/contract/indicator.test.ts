import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sliceBars, type Bars } from '../../src/data/bars.ts'
import { INDICATORS } from '../../src/indicators/catalog.ts'
import { checkParameters } from '../../src/indicators/compute.ts'
import type {
  Indicator,
  Parameters,
  ParameterSpec,
  ParameterValue,
} from '../../src/indicators/indicator.ts'
import { barsFromCloses, makeBars } from '../support/make-bars.ts'

/** Values within the bounds, small enough that 200 bars hold several windows. */
function valuesOf(spec: ParameterSpec): fc.Arbitrary<ParameterValue> {
  switch (spec.kind) {
    case 'integer':
      return fc.integer({ min: spec.min, max: Math.min(spec.max, 40) })
    case 'number':
      return fc.double({
        min: spec.min,
        max: spec.max,
        minExcluded: spec.exclusiveMin === true,
        maxExcluded: spec.exclusiveMax === true,
        noNaN: true,
      })
    case 'boolean':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...spec.choices)
  }
}

function parametersOf(indicator: Indicator): fc.Arbitrary<Parameters> {
  const specs = Object.entries(indicator.parameters)
  return fc.record(Object.fromEntries(specs.map(([name, spec]) => [name, valuesOf(spec)])))
}

const lengths = fc.integer({ min: 0, max: 200 })
const seeds = fc.integer({ min: 0, max: 1000 })

const ALL = [...INDICATORS.values()]
const FEATURES = ALL.filter(({ repaints }) => repaints === undefined)
const REPAINTING = ALL.filter(({ repaints }) => repaints === true)

const still = barsFromCloses(Array<number>(100).fill(7.1))
const silent = { ...makeBars(100), volume: new Float64Array(100) }
const STANDSTILLS: readonly (readonly [string, Bars, readonly string[]])[] = [
  ['does not move', still, []],
  ['nobody trades in', silent, ['vwap']], // an average without any weight
]

describe.each(ALL)('indicator $type', (indicator) => {
  const parameters = parametersOf(indicator)
  const columnCount = Math.max(1, indicator.outputs.length)

  it('gives one column of full length and one warm-up for each output', () => {
    fc.assert(
      fc.property(parameters, lengths, (given, length) => {
        const columns = indicator.compute(makeBars(length), given)
        expect(columns.length, 'one column an output').toBe(columnCount)
        expect(indicator.warmup(given).length, 'one warm-up an output').toBe(columnCount)
        for (const column of columns) expect(column.length, 'one value a bar').toBe(length)
      }),
    )
  })

  it('is a pure function of the bars', () => {
    const { parameters: defaults } = checkParameters(indicator, {})
    const bars = makeBars(200)
    const first = indicator.compute(bars, defaults)
    expect(indicator.compute(bars, defaults), 'the same columns again').toEqual(first)
    expect(bars, 'the bars are untouched').toEqual(makeBars(200))
  })

  it('has defaults within its own bounds', () => {
    const { parameters: defaults } = checkParameters(indicator, {})
    expect(checkParameters(indicator, defaults).problems, 'problems with the defaults').toEqual([])
  })
})

describe.each(FEATURES)('indicator $type, as a feature', (indicator) => {
  const parameters = parametersOf(indicator)

  it('is NaN exactly on its warm-up, however few the bars', () => {
    fc.assert(
      fc.property(parameters, lengths, seeds, (given, length, seed) => {
        const warmup = indicator.warmup(given)
        for (const [i, column] of indicator.compute(makeBars(length, seed), given).entries()) {
          const blank = column.findIndex((value) => Number.isFinite(value))
          const firstValue = blank === -1 ? length : blank
          expect(firstValue, `first value of output ${i}`).toBe(Math.min(warmup[i]!, length))
          const isNaNBefore = column.subarray(0, firstValue).every(Number.isNaN)
          expect(isNaNBefore, 'nothing but NaN during warm-up').toBe(true)
          const isFiniteAfter = column.subarray(firstValue).every(Number.isFinite)
          expect(isFiniteAfter, 'nothing but numbers after it').toBe(true)
        }
      }),
    )
  })

  it('never looks ahead: values on a prefix of the bars are a bit-identical prefix', () => {
    fc.assert(
      fc.property(parameters, lengths, lengths, seeds, (given, length, cut, seed) => {
        const bars = makeBars(length, seed)
        const known = Math.min(cut, length)
        const all = indicator.compute(bars, given)
        const early = indicator.compute(sliceBars(bars, 0, known), given)
        for (const [i, column] of all.entries()) {
          expect(early[i], `output ${i} on the first ${known} bars`).toEqual(column.slice(0, known))
        }
      }),
    )
  })

  it.each(STANDSTILLS)('stays finite after its warm-up on a market that %s', (_, bars, exempt) => {
    const { parameters: defaults } = checkParameters(indicator, {})
    const warmup = indicator.warmup(defaults)
    for (const [i, column] of indicator.compute(bars, defaults).entries()) {
      const isFinite = column.subarray(warmup[i]!).every(Number.isFinite)
      expect(isFinite, `output ${i}`).toBe(!exempt.includes(indicator.type))
    }
  })
})

it.each(REPAINTING)('$type does repaint', (indicator) => {
  const { parameters } = checkParameters(indicator, {})
  const bars = barsFromCloses([100, 106, 112])
  const [early] = indicator.compute(sliceBars(bars, 0, 2), parameters)
  const [late] = indicator.compute(bars, parameters)
  expect(early![1], 'an extreme at first').toBe(106)
  expect(late![1], 'until the next bar goes further').toBeNaN()
})
