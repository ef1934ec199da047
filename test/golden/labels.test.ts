import { describe, expect, it } from 'vitest'
import { sliceBars } from '../../src/data/bars.ts'
import { cusumEvents } from '../../src/labels/cusum.ts'
import { BUY, HOLD, SELL, type TripleBarrierSettings } from '../../src/labels/label.ts'
import { makeLabels } from '../../src/labels/labels.ts'
import { labelRegimes } from '../../src/labels/regime.ts'
import { placeBets, tripleBarrierLabels } from '../../src/labels/triple-barrier.ts'
import { uniqueness } from '../../src/labels/uniqueness.ts'
import { logReturns, rangeVolatility, returnVolatility } from '../../src/labels/volatility.ts'
import { distance } from '../support/distance.ts'
import { exampleBars } from '../support/example-bars.ts'
import { numberColumn, readTable } from '../support/read-table.ts'

const bars = sliceBars(exampleBars(), 0, 1000)

it('zigzag segments are those of upstream (test/golden/upstream) up to the last extreme', () => {
  const expected = numberColumn(readTable('test/golden/upstream/zigzag-segments.csv'), 'class')
  const { values } = makeLabels(bars, { source: 'zigzag', threshold: 0.025 })
  const lastExtreme = 998
  expect(values.subarray(0, lastExtreme), 'classes').toEqual(expected.subarray(0, lastExtreme))
  // Documented difference: the last extreme and what follows may still change, so they have no label.
  expect([...expected.subarray(lastExtreme)], 'upstream says HOLD').toEqual([1, 1])
  expect([...values.subarray(lastExtreme)], 'ours says nothing').toEqual([NaN, NaN])
})

it.each([1, 20])('forward returns over %i bars are those of upstream, to 1e-12', (horizon) => {
  const table = readTable('test/golden/upstream/forward-returns.csv')
  const expected = numberColumn(table, `horizon_${horizon}`)
  const { values } = makeLabels(bars, { source: 'forward_return', horizon })
  for (const [row, bar] of numberColumn(table, 'bar').entries()) {
    expect(distance(values[bar], expected[row]), `at bar ${bar}`).toBeLessThanOrEqual(1e-12)
  }
})

const barriers = readTable('test/golden/upstream/triple-barrier.csv')
const barrierBars = numberColumn(barriers, 'bar')
const marketLabels = readTable('test/golden/upstream/market-labels.csv')

/** |actual / expected − 1| */
function relative(actual: number | undefined, expected: number | undefined): number {
  return expected === undefined ? Infinity : distance((actual ?? NaN) / expected, 1)
}

/** Class of upstream's side of a barrier. */
function sideClass(side: number): number {
  return side === 1 ? BUY : side === -1 ? SELL : HOLD
}

const BY_RANGE: TripleBarrierSettings = {
  source: 'triple_barrier',
  ptMultiplier: 2,
  slMultiplier: 1.5,
  maxHoldingPeriod: 50,
  volSpan: 50,
  volMethod: 'atr',
  computeWeights: true,
  cusum: null,
}
const BY_RETURNS: TripleBarrierSettings = {
  ...BY_RANGE,
  ptMultiplier: 2,
  slMultiplier: 2,
  maxHoldingPeriod: 20,
  volSpan: 30,
  volMethod: 'close',
}

/** Documented difference: upstream fills the volatilities that are not known yet with that of bar `volSpan`. */
function upstreamVolatility({ volMethod, volSpan }: TripleBarrierSettings): Float64Array {
  if (volMethod === 'atr') return rangeVolatility(bars, volSpan)
  const volatility = returnVolatility(logReturns(bars.close), volSpan)
  expect([...volatility.subarray(0, 2)], 'not known yet').toEqual([NaN, NaN])
  return volatility.fill(volatility[volSpan]!, 0, 2)
}

describe.each([
  ['atr', BY_RANGE, 4.41524969924017],
  ['close', BY_RETURNS, 4.481464807224124],
] as const)(
  'the triple barrier of upstream (test/golden/upstream) by %s',
  (method, settings, w0) => {
    const column = (name: string): Float64Array => numberColumn(barriers, `${method}_${name}`)
    const labelledUpstream = bars.length - settings.maxHoldingPeriod
    const rows = [...barrierBars.entries()].filter(([, bar]) => bar < labelledUpstream)
    const volatility = upstreamVolatility(settings)
    const bets = placeBets(bars, volatility, null, settings)
    const ours = tripleBarrierLabels(bars, settings)

    it('has the volatility, to 1e-9', () => {
      const [upper, lower] = [column('upper'), column('lower')]
      for (const [row, bar] of rows) {
        const ratios = [upper[row]! / settings.ptMultiplier, lower[row]! / settings.slMultiplier]
        for (const ratio of ratios)
          expect(relative(volatility[bar], ratio), `at bar ${bar}`).toBeLessThanOrEqual(1e-9)
      }
    })

    it('has the class and the holding period of every bet', () => {
      const [side, held] = [column('side').map(sideClass), column('hold')]
      for (const [row, bar] of rows) {
        expect(bets.outcomes[bar], `class at bar ${bar}`).toBe(side[row])
        expect(bets.closedAt[bar]! - bar, `bars from bar ${bar} on`).toBe(held[row])
      }
    })

    it('has the weights, to 1e-9', () => {
      const weight = column('weight')
      const weights = uniqueness(bets.closedAt.slice().fill(-1, labelledUpstream))
      for (const [row, bar] of rows)
        expect(relative(weights[bar], weight[row]), `at bar ${bar}`).toBeLessThanOrEqual(1e-9)
      const labelled = weights.subarray(0, labelledUpstream)
      const mean = labelled.reduce((sum, share) => sum + share, 0) / labelledUpstream
      expect(relative(labelled[0]! / mean, w0), 'scaled to a mean of 1').toBeLessThanOrEqual(1e-9)
    })

    it('is ours wherever no bar after the end of a bet has a say', () => {
      // Documented differences: no bet without a known volatility; bets near the end are labelled when they have ended, and
      // those that the data leaves open weigh on the others.
      const unknown = settings.volMethod === 'atr' ? 0 : 2
      expect(ours.values.subarray(0, unknown), 'no volatility yet').toEqual(
        new Float64Array(unknown).fill(NaN),
      )
      const outcomes = bets.outcomes.slice().fill(NaN, 0, unknown)
      expect(ours.values, 'classes').toEqual(outcomes)
      const late = ours.values.subarray(labelledUpstream)
      expect(late.filter((value) => !Number.isNaN(value)).length, 'late labels').toBeGreaterThan(5)
      const weight = column('weight')
      const apartFrom = Math.max(0, ...bets.closedAt.subarray(0, unknown))
      for (const [row, bar] of rows) {
        const isApart = bar >= apartFrom && ours.endBar[bar]! <= labelledUpstream
        const apart = isApart ? relative(ours.weights![bar], weight[row]) : 0
        expect(apart, `weight at bar ${bar}`).toBeLessThanOrEqual(1e-9)
      }
    })
  },
)

describe('the CUSUM events of upstream (test/golden/upstream)', () => {
  const returns = logReturns(bars.close)
  const volatility = returnVolatility(returns, 50)

  it('are found with a fixed threshold', () => {
    const events = cusumEvents(returns, new Float64Array(bars.length).fill(0.01))
    expect(Float64Array.from(events)).toEqual(numberColumn(marketLabels, 'cusum_fixed'))
  })

  it('are found with the automatic threshold, half the mean volatility of the whole series', () => {
    // Documented difference: ours takes the mean up to each bar.
    const known = volatility.subarray(2)
    const mean = known.reduce((sum, deviation) => sum + deviation, 0) / known.length
    const events = cusumEvents(returns, new Float64Array(bars.length).fill(0.5 * mean))
    expect(Float64Array.from(events)).toEqual(numberColumn(marketLabels, 'cusum_auto'))
  })
})

it('regimes are those of upstream (test/golden/upstream), given its thresholds', () => {
  const settings = {
    source: 'regime',
    macroAtrMultiplier: 3,
    microAtrMultiplier: 1,
    atrPeriod: 14,
    volLookback: 120,
    volCrisisThreshold: 2,
    progressionTolerance: 0.5,
  } as const
  // Documented difference: these are medians of the whole series; ours are those up to each bar.
  const [macro, micro] = [0.04877465524271255, 0.016258218414237517]
  const { values } = labelRegimes(bars.close, macro, micro, settings)
  const expected = numberColumn(marketLabels, 'regime')
  const lastTurned = 812
  expect(values.subarray(0, lastTurned), 'classes').toEqual(expected.subarray(0, lastTurned))
  // Documented difference: the last swing has not turned, so it has no label; upstream closes it at its extreme so far.
  const undecided = new Float64Array(bars.length - lastTurned).fill(NaN)
  expect(values.subarray(lastTurned), 'ours says nothing').toEqual(undecided)
  expect([...expected.subarray(lastTurned, 814)], 'upstream says TRENDING_UP').toEqual([0, 0])

  const ours = makeLabels(bars, settings).values
  const same = ours.filter((regime, t) => regime === expected[t]).length
  expect(same, 'thresholds of the time change few labels: 771 of 812 stay').toBe(771)
})

it('contexts are those of upstream (test/golden/upstream)', () => {
  const settings = { horizon: 5, bullishThreshold: 0.005, bearishThreshold: -0.005 }
  const { values } = makeLabels(bars, { source: 'context', ...settings })
  expect(values).toEqual(numberColumn(marketLabels, 'context'))
})
