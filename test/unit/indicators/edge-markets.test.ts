import { expect, it } from 'vitest'
import { sliceBars, type Bars } from '../../../src/data/bars.ts'
import { INDICATORS } from '../../../src/indicators/catalog.ts'
import { checkParameters } from '../../../src/indicators/compute.ts'
import { barsFromCloses, makeBars } from '../../support/make-bars.ts'

// Reference: the formulas in the header of each indicator, on markets where they divide by zero.

const flat = barsFromCloses(Array<number>(60).fill(100))
const rising = barsFromCloses(Array.from({ length: 60 }, (_, t) => 100 + t))
const falling = barsFromCloses(Array.from({ length: 60 }, (_, t) => 200 - t))

const OLDEST = (1 / 14) * 100 // Aroon of an extreme about to leave the window

/** Closes at 100, three quarters up its range. */
const calm = barsFromCloses(
  Array<number>(60).fill(100),
  () => 101,
  () => 97,
)
const silent = { ...calm, volume: new Float64Array(60) }

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
  ['adline', 'flat', flat, [0, 0, 0, 0, 0, 0, 0]],
  ['aroon', 'flat', flat, [OLDEST, OLDEST, 0]], // of equal extremes the earliest
  ['aroon', 'rising', rising, [100, OLDEST, 100 - OLDEST]],
  ['aroon', 'falling', falling, [OLDEST, 100, OLDEST - 100]],
  ['bollingerbandwidth', 'flat', flat, [0]],
  ['cci', 'flat', flat, [0]],
  ['cmf', 'flat', flat, [0, 0, 0, 0, 0, 0, 0, 0]],
  ['cmf', 'silent', silent, [0, 0.5, 0, 0, 0, 0, 0, 0]],
  ['distancefromma', 'flat', flat, [0]],
  ['donchianchannels', 'rising', rising, [159, 149.5, 140]],
  ['fishertransform', 'flat', flat, [0, 0]],
  ['ichimoku', 'flat', flat, [100, 100, 100, 100, 100]],
  ['keltnerchannels', 'flat', flat, [100, 100, 100]],
  ['mfi', 'flat', flat, [100]], // as upstream: nothing fell
  ['mfi', 'silent', silent, [100]],
  ['mfi', 'falling', falling, [0]],
  ['obv', 'flat', flat, [0]],
  ['obv', 'rising', rising, [59_000_000]],
  ['obv', 'falling', falling, [-59_000_000]],
  ['parabolicsar', 'flat', flat, [100]],
  ['rvi', 'flat', flat, [0, 0]],
  ['squeezeintensity', 'flat', flat, [0]],
  ['squeezeintensity', 'calm', calm, [0.5]], // never more
  ['supertrend', 'flat', flat, [100, -1]], // −1 at bar 9, and turned 50 times since
  ['volumeratio', 'flat', flat, [1]],
  ['volumeratio', 'silent', silent, [1]],
  ['vwap', 'flat', flat, [100]],
  ['vwap', 'silent', silent, [NaN]], // no price has a weight
] as const)('%s of a %s market', (type, _, bars, expected) => {
  expect(lastValues(type, bars), 'by its formula').toEqual(expected)
})

it('the rate of change of a volume that was zero is undefined', () => {
  const bars = { ...flat, volume: flat.volume.map((_, t) => (t === 59 ? 5 : 0)) }
  expect(lastValues('roc', bars, { source: 'volume' }), 'not infinite').toEqual([NaN])
})

it.each([
  ['aroon', { include_oscillator: true }],
  ['donchianchannels', { include_middle: false }],
  ['ichimoku', { displacement: 3 }],
])('%s accepts %j, as upstream does, without effect', (type, given) => {
  expect(lastValues(type, makeBars(60), given)).toEqual(lastValues(type, makeBars(60)))
})

it('the accumulation line is smoothed when asked for', () => {
  const bars = makeBars(60)
  const [line, , , , , , unsmoothed] = lastValues('adline', bars)
  expect(unsmoothed, 'the line itself').toBe(line)
  const lines = Array.from(
    { length: 4 },
    (_, k) => lastValues('adline', sliceBars(bars, 0, 60 - k))[0]!,
  )
  const mean = lines.reduce((sum, x) => sum + x, 0) / 4
  const given = { use_sma_smoothing: true, smoothing_period: 4 }
  expect(lastValues('adline', bars, given)[6], 'mean of the last four').toBeCloseTo(mean, 3)
})

it('a rate of the accumulation line is 0 where the line was 0', () => {
  const bars = { ...calm, volume: calm.volume.with(0, 0) }
  const indicator = INDICATORS.get('adline')!
  const [, , , rate] = indicator.compute(bars, checkParameters(indicator, {}).parameters)
  expect(rate!.slice(9, 12), 'the line is 0, m, 2m …').toEqual(Float64Array.of(NaN, 0, 1000))
})

it('the volume-weighted price counts heavy bars more, over a window or from the first bar', () => {
  const bars = { ...barsFromCloses([10, 20, 40]), volume: Float64Array.of(1, 0, 3) }
  expect(lastValues('vwap', bars, { period: 2 }), 'nothing was traded at 20').toEqual([40])
  expect(lastValues('vwap', bars, { period: 0 }), '(10 + 3 · 40) / 4').toEqual([32.5])
  const wide = { ...bars, high: Float64Array.of(10, 20, 46) }
  expect(lastValues('vwap', wide, { period: 1 }), '(46 + 40 + 40) / 3').toEqual([42])
  const given = { period: 1, use_typical_price: false }
  expect(lastValues('vwap', wide, given), 'the close').toEqual([40])
})

it('the distance from an average is in percent of that average', () => {
  const bars = barsFromCloses([1, 4])
  // Simple: 4 above 2½. Exponential with α = ⅔, adjusted: (⅓ · 1 + 4) / (⅓ + 1) = 3¼.
  expect(lastValues('distancefromma', bars, { period: 2 })[0]).toBeCloseTo(60, 12)
  const exponential = lastValues('distancefromma', bars, { period: 2, ma_type: 'EMA' })
  expect(exponential[0]).toBeCloseTo((0.75 / 3.25) * 100, 12)
  expect(lastValues('distancefromma', bars, { period: 1 }), 'itself').toEqual([0])
})

it('SuperTrend follows a rise, turns when the close touches its band, and turns back', () => {
  // True ranges 0, 2, 2, 2, 2, 2, 5, 3½, 4¼: with period 2 the bands are 1, 2, 2, 2, 2, 3½, 4¼, 3⅞ away from the close.
  const bars = barsFromCloses([10, 12, 14, 16, 18, 20, 15, 18.5, 14.25])
  const indicator = INDICATORS.get('supertrend')!
  const { parameters } = checkParameters(indicator, { period: 2, multiplier: 1 })
  const [trend, direction] = indicator.compute(bars, parameters)
  // The upper band waits at 18 until the close of 20, which moves it to 15 + 3½.
  const expected = [NaN, 11, 12, 14, 16, 18, 18.5, 14.25, 18.125]
  expect(trend, 'the active band').toEqual(Float64Array.from(expected))
  expect(direction).toEqual(Float64Array.of(NaN, 1, 1, 1, 1, 1, -1, 1, -1))
})

it('the parabolic stop reverses when a bar just touches it', () => {
  const touched = (closes: number[], high: number[], low: number[]): Float64Array => {
    const bars = {
      ...barsFromCloses(closes),
      high: Float64Array.from(high),
      low: Float64Array.from(low),
    }
    const indicator = INDICATORS.get('parabolicsar')!
    return indicator.compute(bars, checkParameters(indicator, {}).parameters)[0]!
  }
  // 100 + 0.02 · (150 − 100) = 101 and 200 + 0.02 · (150 − 200) = 199.
  const up = touched([101, 120, 130], [102, 150, 140], [100, 105, 101])
  expect(up, 'from below: the highest high').toEqual(Float64Array.of(NaN, 100, 150))
  const down = touched([198, 170, 160], [200, 190, 199], [195, 150, 155])
  expect(down, 'from above: the lowest low').toEqual(Float64Array.of(NaN, 200, 150))
})

it('zigzag marks the extremes, of any column, also where a volume is zero', () => {
  const { parameters } = checkParameters(INDICATORS.get('zigzag')!, { source: 'volume' })
  const bars = { ...barsFromCloses(Array(6).fill(1)), volume: Float64Array.of(0, 0, 5, 8, 2, 2) }
  const [line] = INDICATORS.get('zigzag')!.compute(bars, parameters)
  expect(line).toEqual(Float64Array.of(0, NaN, NaN, 8, 2, NaN))
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
