import { describe, expect, it } from 'vitest'
import { BUY, HOLD, SELL, type TripleBarrierSettings } from '../../../src/labels/label.ts'
import { placeBets, tripleBarrierLabels } from '../../../src/labels/triple-barrier.ts'
import { rangeVolatility } from '../../../src/labels/volatility.ts'
import { d24Bars } from '../../support/d24.ts'
import { barsFromCloses, makeBars } from '../../support/make-bars.ts'

const SETTINGS: TripleBarrierSettings = {
  source: 'triple_barrier',
  ptMultiplier: 1.5,
  slMultiplier: 1,
  maxHoldingPeriod: 5,
  volSpan: 4,
  volMethod: 'atr',
  computeWeights: true,
  cusum: null,
}

const DECIDED_UPSTREAM = 19 // the last 5 of 24 bars have no label there

describe('the triple barrier of 24 bars, with figures of an independent calculation', () => {
  const { values, endBar, weights } = tripleBarrierLabels(d24Bars, SETTINGS)

  it('stands as far off as the volatility says', () => {
    const volatility = rangeVolatility(d24Bars, 4)
    for (const [t, expected] of [0.025, 0.024845, 0.024553, 0.024533, 0.024319, 0.023918].entries())
      expect(volatility[t], `bar ${t}`).toBeCloseTo(expected, 6)
  })

  it('is touched above (BUY) or below (SELL)', () => {
    const sides = [1, 1, 1, 1, 1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1, -1, -1, -1]
    const expected = sides.map((side) => (side === 1 ? BUY : SELL))
    expect([...values.subarray(0, DECIDED_UPSTREAM)], 'classes').toEqual(expected)
  })

  it('is touched after so many bars', () => {
    const held = [...endBar.subarray(0, DECIDED_UPSTREAM)].map((end, t) => end - t)
    expect(held, 'bars').toEqual([2, 3, 3, 2, 1, 2, 1, 1, 1, 1, 2, 1, 1, 3, 2, 1, 2, 1, 1])
  })

  it('weighs each label by its uniqueness', () => {
    const expected = [
      0.75, 0.444444, 0.388889, 0.333333, 0.333333, 0.75, 0.5, 1, 1, 1, 0.75, 0.5, 1, 0.611111,
      0.416667, 0.333333, 0.75, 0.5, 1,
    ]
    for (const [t, weight] of expected.entries())
      expect(weights![t], `bar ${t}`).toBeCloseTo(weight, 6)
  })

  it('labels what has ended at the end of the data, and only that', () => {
    expect([...values.subarray(DECIDED_UPSTREAM)], 'bars 19 to 23').toEqual([
      SELL,
      BUY,
      BUY,
      NaN,
      NaN,
    ])
    expect([...endBar.subarray(DECIDED_UPSTREAM)], 'their ends').toEqual([20, 22, 22, -1, -1])
  })
})

/** The bet of bar 0 at 100, with a volatility of 0.02: barriers at 102 and 99. */
function firstBet(path: readonly (readonly [high: number, low: number, close: number])[]) {
  const bars = barsFromCloses([100, ...path.map(([, , close]) => close)])
  for (const [i, [high, low]] of path.entries()) {
    bars.high[i + 1] = high
    bars.low[i + 1] = low
  }
  const volatility = new Float64Array(bars.length).fill(0.02)
  const barriers = { ptMultiplier: 1, slMultiplier: 0.5, maxHoldingPeriod: 4 }
  const { outcomes, closedAt } = placeBets(bars, volatility, null, barriers)
  return [outcomes[0], closedAt[0]]
}

describe('a bet', () => {
  const quiet = [100.5, 99.5, 100] as const

  it('counts a barrier that is just reached', () => {
    expect(firstBet([quiet, [102, 99.5, 101]]), 'the upper one').toEqual([BUY, 2])
    expect(firstBet([quiet, [101, 99, 99.5]]), 'the lower one').toEqual([SELL, 2])
  })

  it('that reaches both in one bar goes by the close of that bar', () => {
    expect(firstBet([[103, 98, 100]]), 'at the entry').toEqual([BUY, 1])
    expect(firstBet([[103, 98, 99.9]]), 'below it').toEqual([SELL, 1])
  })

  it('takes the first barrier, whatever follows', () => {
    expect(firstBet([quiet, [101, 98, 100], [110, 100, 110]]), 'SELL at bar 2').toEqual([SELL, 2])
  })

  it('that runs out of time goes by its return, small ones saying nothing', () => {
    // Band: 0.02 · √4 · ½ = 0.02, within barriers at 110 and 90.
    const bars = (last: number) => barsFromCloses([100, 100, 100, 100, last])
    const volatility = new Float64Array(5).fill(0.02)
    const barriers = { ptMultiplier: 5, slMultiplier: 5, maxHoldingPeriod: 4 }
    const outcome = (last: number) => placeBets(bars(last), volatility, null, barriers).outcomes[0]
    expect([98, 98.1, 100, 101.9, 102].map(outcome), 'from 98 to 102').toEqual([
      SELL,
      HOLD,
      HOLD,
      HOLD,
      BUY,
    ])
  })

  it('is not opened without a volatility', () => {
    const volatility = Float64Array.of(0, NaN, 0.01, 0.01)
    const barriers = { ptMultiplier: 1, slMultiplier: 1, maxHoldingPeriod: 1 }
    const { closedAt } = placeBets(barsFromCloses([1, 1, 1, 1]), volatility, null, barriers)
    expect([...closedAt], 'none, none, closed, open').toEqual([-1, -1, 3, 4])
  })
})

it('with CUSUM, events alone have labels, and weigh by the bars that they span', () => {
  const settings = { ...SETTINGS, cusum: { threshold: 0.015, multiplier: 0.5 } }
  const { values, endBar, weights } = tripleBarrierLabels(d24Bars, settings)
  const labelled = [...values.keys()].filter((t) => !Number.isNaN(values[t]))
  expect(labelled, 'the events of an independent calculation').toEqual([5, 8, 12, 16, 19])
  expect(
    labelled.map((t) => endBar[t]),
    'as without the filter',
  ).toEqual([7, 9, 13, 18, 20])
  expect(
    labelled.map((t) => weights![t]),
    'no two are open at once',
  ).toEqual([1, 1, 1, 1, 1])
})

it('the automatic threshold of CUSUM goes by its multiplier', () => {
  const bars = makeBars(400, 3)
  const eventsWith = (multiplier: number): number => {
    const cusum = { threshold: null, multiplier }
    const { endBar } = tripleBarrierLabels(bars, { ...SETTINGS, cusum })
    return endBar.filter((end) => end !== -1).length
  }
  expect(eventsWith(0.25), 'a lower threshold, more events').toBeGreaterThan(eventsWith(0.5))
  expect(eventsWith(0.5), 'but not none').toBeGreaterThan(0)
})
