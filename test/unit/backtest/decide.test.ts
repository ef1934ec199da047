import { describe, expect, it } from 'vitest'
import type { DecisionSettings } from '../../../src/trading/decision-settings.ts'
import { mayEnter } from '../../../src/backtest/orders.ts'
import type { Side } from '../../../src/performance/trade.ts'
import type { Position } from '../../../src/backtest/simulation-state.ts'
import { confidenceOf, readForecast, signalTowards } from '../../support/decide.ts'
import { DECISIONS } from '../../support/simulations.ts'

const REGRESSION: DecisionSettings = { ...DECISIONS, outputFormat: 'regression' } // threshold 0.0045

const readClasses = (...probabilities: number[]) =>
  readForecast(Float32Array.from(probabilities), DECISIONS)
const readReturn = (value: number) => readForecast(Float32Array.of(value), REGRESSION)
const rules = (changes: Partial<DecisionSettings>) => ({ ...DECISIONS, ...changes })

// Reference: ktrdr-spec §7.3, with W27 and W38 fixed.

describe('a classification forecast', () => {
  it('signals its most probable class', () => {
    expect([
      readClasses(0.6, 0.3, 0.1),
      readClasses(0.3, 0.6, 0.1),
      readClasses(0.1, 0.3, 0.6),
    ]).toEqual(['BUY', 'HOLD', 'SELL'])
  })

  it('holds below the confidence threshold, not at it', () => {
    expect([
      readClasses(0.49, 0.3, 0.21),
      readClasses(0.5, 0.3, 0.2),
      readClasses(0.2, 0.3, 0.5),
    ]).toEqual(['HOLD', 'BUY', 'SELL'])
  })

  it('gives a tie to the first class', () => {
    const settings = { ...DECISIONS, confidenceThreshold: 0 }
    const tie = (...values: number[]) => readForecast(Float32Array.from(values), settings)
    expect([tie(0.4, 0.4, 0.2), tie(0.4, 0.2, 0.4), tie(0.2, 0.4, 0.4)]).toEqual([
      'BUY',
      'BUY',
      'HOLD',
    ])
  })

  it('is never renormalised: probabilities are what they say (W38)', () => {
    expect(readClasses(0.45, 0.05, 0.05), 'sums to 0.55, and a softmax would not change that').toBe(
      'HOLD',
    )
    expect(readClasses(2, 1, 0.5)).toBe('BUY')
  })

  it('is no forecast when any part is not finite', () => {
    expect([
      readClasses(NaN, 0, 1),
      readClasses(1, NaN, 0),
      readClasses(1, 0, NaN),
      readClasses(Infinity, 0, 0),
    ]).toEqual([null, null, null, null])
  })

  it('is as confident as its class is probable', () => {
    const forecast = Float32Array.of(0.625, 0.25, 0.125)
    expect(confidenceOf(forecast, 'BUY', DECISIONS)).toBe(0.625)
    expect(confidenceOf(forecast, 'SELL', DECISIONS)).toBe(0.125)
  })
})

describe('a regression forecast', () => {
  it('must exceed round-trip cost · edge multiplier in either direction', () => {
    expect([
      readReturn(0.0046),
      readReturn(0.0044),
      readReturn(0),
      readReturn(-0.0044),
      readReturn(-0.0046),
    ]).toEqual(['BUY', 'HOLD', 'HOLD', 'HOLD', 'SELL'])
  })

  it('is no forecast when it is not finite', () => {
    expect([readReturn(NaN), readReturn(Infinity)]).toEqual([null, null])
  })

  it('has confidence min(|r| / 3T, 1)', () => {
    const confidence = (value: number) => confidenceOf(Float32Array.of(value), 'BUY', REGRESSION)
    expect(confidence(0.00675)).toBeCloseTo(0.5, 7)
    expect(confidence(-0.00675)).toBeCloseTo(0.5, 7)
    expect(confidence(0.5)).toBe(1)
    const free = { ...REGRESSION, roundTripCost: 0 }
    expect(confidenceOf(Float32Array.of(0.1), 'BUY', free), 'never NaN').toBe(1)
  })
})

describe('a target position', () => {
  it('is reached from every side, from the other one by way of flat', () => {
    const signals = ([null, 'LONG', 'SHORT'] as const).map((side) =>
      [1, 0, -1].map((target) => signalTowards(target, side)),
    )
    expect(signals).toEqual([
      ['BUY', 'HOLD', 'SELL'],
      ['BUY', 'SELL', 'SELL'],
      ['BUY', 'BUY', 'SELL'],
    ])
  })

  it('is certain', () => {
    const costly = { ...DECISIONS, outputFormat: 'position', roundTripCost: 1 } as const
    expect(confidenceOf(Float32Array.of(-1), 'SELL', costly), 'no expected return').toBe(1)
  })
})

/** Whether `side` may be entered by who holds `held`. */
const enters = (
  side: Side,
  held: Side | null,
  since: Parameters<typeof mayEnter>[2],
  decisions: DecisionSettings,
  maxEntries = 1,
) => {
  const position = held === null ? null : ({ side: held, entries: 1 } as Position)
  return mayEnter(side, { position }, since, { decisions, maxEntries })
}

describe('the rules of a strategy', () => {
  it('let a flat account buy, and sell short only when allowed', () => {
    const noShorts = rules({ allowShortFromFlat: false })
    expect(enters('LONG', null, null, noShorts)).toBe(true)
    expect(enters('SHORT', null, null, noShorts)).toBe(false)
    expect(enters('SHORT', null, null, DECISIONS)).toBe(true)
    expect(enters('SHORT', null, null, { ...noShorts, outputFormat: 'regression' })).toBe(true)
    expect(enters('SHORT', null, null, { ...noShorts, outputFormat: 'position' })).toBe(true)
    expect(enters('SHORT', null, null, { ...noShorts, positionAwareness: false })).toBe(true)
  })

  it('suppress what the position already follows, with position awareness only', () => {
    expect(enters('LONG', 'LONG', null, DECISIONS)).toBe(false)
    expect(enters('SHORT', 'SHORT', null, DECISIONS)).toBe(false)
    expect(enters('LONG', 'LONG', null, rules({ positionAwareness: false }))).toBe(true)
  })

  it('let a position grow as far as it may', () => {
    expect(enters('LONG', 'LONG', null, DECISIONS, 2)).toBe(true)
    expect(enters('SHORT', 'LONG', null, DECISIONS, 2)).toBe(false)
  })

  it('separate entries from the last fill by hours and by bars', () => {
    const both = rules({ minSignalSeparationHours: 4, minSignalSeparationBars: 3 })
    expect(enters('LONG', null, null, both), 'before the first fill').toBe(true)
    expect(enters('LONG', null, { bars: 3, hours: 3.9 }, both)).toBe(false)
    expect(enters('LONG', null, { bars: 2, hours: 4 }, both)).toBe(false)
    expect(enters('LONG', null, { bars: 3, hours: 4 }, both)).toBe(true)
  })
})
