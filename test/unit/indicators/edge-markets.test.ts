import { expect, it } from 'vitest'
import type { Bars } from '../../../src/data/bars.ts'
import { INDICATORS } from '../../../src/indicators/catalog.ts'
import { checkParameters } from '../../../src/indicators/compute.ts'
import { barsFromCloses, makeBars } from '../../support/make-bars.ts'

// Reference: the formulas in the header of each indicator, on markets where they divide by zero.

const flat = barsFromCloses(Array<number>(60).fill(100))
const rising = barsFromCloses(Array.from({ length: 60 }, (_, t) => 100 + t))
const falling = barsFromCloses(Array.from({ length: 60 }, (_, t) => 200 - t))

/** The values of each output at the last bar, with default parameters where none are given. */
function lastValues(type: string, bars: Bars, given: Record<string, unknown> = {}): number[] {
  const indicator = INDICATORS.get(type)!
  const { parameters } = checkParameters(indicator, given)
  return indicator.compute(bars, parameters).map((column) => column.at(-1)!)
}

it.each([
  ['rsi', 'flat', flat, [50]],
  ['rsi', 'rising', rising, [100]],
  ['rsi', 'falling', falling, [0]],
  ['stochastic', 'flat', flat, [50, 50]],
  ['stochastic', 'rising', rising, [100, 100]],
  ['stochastic', 'falling', falling, [0, 0]],
  ['williamsr', 'flat', flat, [-50]],
  ['williamsr', 'rising', rising, [0]],
  ['williamsr', 'falling', falling, [-100]],
  ['adx', 'flat', flat, [0, 0, 0]],
  ['atr', 'flat', flat, [0]],
  ['bollingerbands', 'flat', flat, [100, 100, 100]],
  ['macd', 'flat', flat, [0, 0, 0]],
  ['roc', 'flat', flat, [0]],
  ['momentum', 'falling', falling, [-10]],
] as const)('%s of a %s market', (type, _, bars, expected) => {
  expect(lastValues(type, bars), 'by its formula').toEqual(expected)
})

it('the rate of change of a volume that was zero is undefined', () => {
  const bars = { ...flat, volume: flat.volume.map((_, t) => (t === 59 ? 5 : 0)) }
  expect(lastValues('roc', bars, { source: 'volume' }), 'not infinite').toEqual([NaN])
})

it('a source other than the close is the one that is averaged', () => {
  const bars = makeBars(3)
  const expected = (bars.volume[1]! + bars.volume[2]!) / 2
  const actual = lastValues('simplemovingaverage', bars, { period: 2, source: 'volume' })
  expect(actual, 'mean of the volumes').toEqual([expected])
})

it('Wilder’s average true range differs from the simple one only after its seed', () => {
  const bars = barsFromCloses([1, 2, 4, 8])
  // True ranges 0, 1, 2, 4. Seed (0 + 1) / 2; then (½ + 2) / 2 = 1¼ and (1¼ + 4) / 2.
  const wilder = lastValues('atr', bars, { period: 2, smoothing: 'wilder' })
  expect(wilder, 'by hand').toEqual([2.625])
  expect(lastValues('atr', bars, { period: 2 }), 'the simple mean').toEqual([3])
})
