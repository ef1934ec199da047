import { describe, expect, it } from 'vitest'
import { finishSimulation } from '../../../src/backtest/finish-simulation.ts'
import { beginSimulation, simulate } from '../../../src/backtest/simulate.ts'
import { noRejections } from '../../../src/backtest/simulation-state.ts'
import type { SimulationSettings } from '../../../src/trading/simulation-settings.ts'
import { filled } from '../../../src/core/snapshot.ts'
import type { Bars } from '../../../src/data/bars.ts'
import {
  barsOf,
  DECISIONS,
  FORECASTS,
  runAll,
  script,
  SETTINGS,
  simulationOf,
  type OneSimulation,
} from '../../support/simulations.ts'

type Script = Readonly<Record<number, 'BUY' | 'SELL'>>

function scripted(
  bars: Bars,
  signals: Script,
  changes: Partial<SimulationSettings> = {},
): OneSimulation {
  const settings = { ...SETTINGS, ...changes }
  const forecastAt = script(signals)
  return simulationOf({ bars, firstBar: 0, endBar: bars.length, forecastAt, settings })
}

describe('the money table of ktrdr-spec A.6, with both commissions in the trade (W39)', () => {
  const wholeUnits = true

  it('long: in at 100, out at 110', () => {
    const bars = barsOf([100, 100, 110], [100, 105, 110])
    const { trades, finalEquity, equity } = runAll(
      scripted(bars, { 0: 'BUY', 1: 'SELL' }, { wholeUnits }),
    )
    expect(trades).toHaveLength(1)
    const [trade] = trades
    expect(trade).toMatchObject({
      side: 'LONG',
      units: 249,
      entryBar: 1,
      exitBar: 2,
      holdingBars: 1,
    })
    expect(trade!.entryPrice).toBeCloseTo(100.05, 10)
    expect(trade!.exitPrice).toBeCloseTo(109.945, 10)
    expect(trade!.grossPnl).toBeCloseTo(2463.855, 8)
    expect(trade!.netPnl, 'the true gain').toBeCloseTo(2411.5662, 4)
    expect(trade!.commission, 'upstream counts the exit only').toBeCloseTo(24.91245 + 27.376305, 8)
    expect(trade!.returnRatio).toBeCloseTo(trade!.netPnl / (100.05 * 249), 12)
    expect(trade!.slippageCost).toBeCloseTo(249 * (0.05 + 0.055), 8)
    expect(trade!.maxFavorableExcursion, 'at the close of bar 1').toBeCloseTo(249 * 4.95, 8)
    expect(trade!.maxAdverseExcursion).toBe(0)
    expect(equity[1]).toBeCloseTo(100_000 - 24937.36245 + 249 * 105, 8)
    expect(finalEquity).toBeCloseTo(102411.5662, 4)
  })

  it('short: in at 100, out at 90', () => {
    const bars = barsOf([100, 100, 90], [100, 103, 90])
    const { trades, finalEquity, equity } = runAll(
      scripted(bars, { 0: 'SELL', 1: 'BUY' }, { wholeUnits }),
    )
    const [trade] = trades
    expect(trade).toMatchObject({ side: 'SHORT', units: 249, entryBar: 1, exitBar: 2 })
    expect(trade!.entryPrice).toBeCloseTo(99.95, 10)
    expect(trade!.exitPrice).toBeCloseTo(90.045, 10)
    expect(trade!.grossPnl).toBeCloseTo(2466.345, 8)
    expect(trade!.netPnl).toBeCloseTo(2419.0362, 4)
    expect(trade!.maxAdverseExcursion).toBeCloseTo(-249 * 3.05, 8)
    expect(equity[1], 'the entry commission is paid at the entry').toBeCloseTo(
      100_000 - 249 * 3.05 - 249 * 99.95 * 0.001,
      8,
    )
    expect(finalEquity).toBeCloseTo(102419.0362, 4)
  })
})

describe('orders', () => {
  const flat = barsOf([100, 100, 100, 100, 100])

  it('fill at the next open, never on the bar of the signal', () => {
    const bars = barsOf([100, 200, 300, 400], [150, 250, 350, 450])
    const { trades } = runAll(scripted(bars, { 1: 'BUY', 2: 'SELL' }, { slippage: 0 }))
    expect([trades[0]!.entryPrice, trades[0]!.exitPrice]).toEqual([300, 400])
  })

  it('on the last bar never fill, and are reported', () => {
    const result = runAll(scripted(flat, { 4: 'BUY' }))
    expect(result.trades).toEqual([])
    expect(result.unfilledSignals).toBe(1)
    expect(runAll(scripted(flat, { 3: 'BUY' })).unfilledSignals).toBe(0)
  })

  it('of the opposite side close and do not reverse', () => {
    const result = runAll(scripted(flat, { 0: 'BUY', 1: 'SELL' }))
    expect(result.trades.map(({ side, exitBar }) => [side, exitBar])).toEqual([['LONG', 2]])
    const reversed = runAll(scripted(flat, { 0: 'BUY', 1: 'SELL', 2: 'SELL' }))
    expect(reversed.trades.map(({ side, entryBar }) => [side, entryBar])).toEqual([
      ['LONG', 1],
      ['SHORT', 3],
    ])
  })

  it('that round to zero units are counted and nothing else happens (W28)', () => {
    const dear = barsOf([30_000, 30_000, 30_000, 30_000])
    const signals = { 0: 'BUY', 1: 'BUY', 2: 'SELL' } as const
    const whole = runAll(scripted(dear, signals, { wholeUnits: true }))
    expect(whole.rejectedOrders).toEqual({ ...noRejections(), zeroSize: 3 })
    expect(whole.rejections.map(({ bar, side }) => [bar, side])).toEqual([
      [1, 'LONG'],
      [2, 'LONG'],
      [3, 'SHORT'],
    ])
    expect(whole.finalEquity).toBe(100_000)
    const fractional = runAll(scripted(dear, signals))
    expect(fractional.rejectedOrders.zeroSize).toBe(0)
    expect(fractional.trades[0]!.units).toBeCloseTo(25_000 / 1.001 / 30_000, 12)
  })

  it('that would add to the position are counted when nothing suppresses them', () => {
    const decisions = { ...DECISIONS, positionAwareness: false }
    const result = runAll(scripted(flat, { 0: 'BUY', 1: 'BUY', 2: 'BUY' }, { decisions }))
    expect(result.rejectedOrders.alreadyInPosition).toBe(2)
    expect(result.trades).toHaveLength(1)
  })

  it('have nothing to be sized by once a short has lost more than everything', () => {
    const bars = barsOf([100, 100, 100, 500, 500, 500])
    const result = runAll(scripted(bars, { 0: 'SELL', 2: 'BUY', 3: 'BUY' }, { positionSize: 1 }))
    expect(result.finalEquity).toBeLessThan(0)
    expect(result.rejectedOrders.noEquity).toBe(1)
    expect(result.metrics.annualizedReturnRatio).toBeNull()
    expect(result.metrics.sharpeRatio).toBeNull()
  })

  it('wait for the separation from the last fill, exits do not (W27)', () => {
    const bars = barsOf(Array.from({ length: 12 }, () => 100))
    const decisions = { ...DECISIONS, minSignalSeparationHours: 4 } // bars of one hour
    const always: Script = { 0: 'BUY', 1: 'SELL', 2: 'BUY', 3: 'BUY', 4: 'BUY', 5: 'BUY', 6: 'BUY' }
    const { trades } = runAll(scripted(bars, always, { decisions }))
    expect(trades.map(({ entryBar, exitBar }) => [entryBar, exitBar])).toEqual([
      [1, 2], // the exit comes one hour after the entry
      [7, 11], // the exit at bar 2 + 4 hours: decided on bar 6
    ])
  })
})

describe('a simulation', () => {
  it('counts bars without a forecast and forecasts that are not numbers, and holds on both', () => {
    const bars = barsOf([100, 100, 100, 100])
    const forecasts = [null, Float32Array.of(NaN, 1, 0), FORECASTS.HOLD, null]
    const forecastAt = (bar: number) => forecasts[bar]!
    const result = runAll(simulationOf({ ...scripted(bars, {}), forecastAt }))
    expect([result.missingForecasts, result.invalidForecasts]).toEqual([2, 1])
    expect(result.equity).toEqual(Float64Array.of(100_000, 100_000, 100_000, 100_000))
  })

  it('closes an open position at the last close and puts the cost into the last point (W26)', () => {
    const bars = barsOf([100, 100, 100], [100, 100, 120])
    const inputs = scripted(bars, { 0: 'BUY' })
    const state = beginSimulation(inputs)
    simulate(state, inputs, 3)
    const result = finishSimulation(state, inputs)
    expect(result.trades[0]).toMatchObject({ exitBar: 2, exitReason: 'end of data' })
    expect(result.trades[0]!.exitPrice).toBe(120 * (1 - 0.0005))
    expect(result.equity).toHaveLength(3)
    const cost = result.trades[0]!.units * (120 * 0.0005 + 120 * (1 - 0.0005) * 0.001)
    expect(result.finalEquity).toBeCloseTo(filled(state.equity)[2]! - cost, 8)
    expect(result.barsInPosition).toBe(2)
  })

  it('returns exactly at until, clamped to its end', () => {
    const inputs = scripted(barsOf([100, 100, 100, 100]), {})
    const state = beginSimulation(inputs)
    simulate(state, inputs, 2)
    expect(state.nextStep).toBe(2)
    simulate(state, inputs, 1)
    expect(state.nextStep, 'never goes back').toBe(2)
    simulate(state, inputs, 99)
    expect(state.nextStep).toBe(4)
  })

  it('asks for the forecast of each bar once, in order', () => {
    const asked: number[] = []
    const inputs = scripted(barsOf([100, 100, 100, 100]), {})
    const forecastAt = (bar: number) => {
      asked.push(bar)
      return FORECASTS.BUY
    }
    runAll(simulationOf({ ...inputs, firstBar: 1, forecastAt }))
    expect(asked).toEqual([1, 2, 3])
  })

  it('refuses ranges and settings that make no sense, and to finish before the end', () => {
    const inputs = scripted(barsOf([100, 100]), {})
    const begin = (changes: Partial<SimulationSettings>) => () =>
      simulationOf({ ...inputs, settings: { ...SETTINGS, ...changes } })
    for (const changes of [
      { capital: 0 },
      { slippage: 1 },
      { commission: -1 },
      { positionSize: 1.1 },
    ])
      expect(begin(changes)).toThrow(expect.objectContaining({ code: 'INVARIANT' }))
    expect(() => simulationOf({ ...inputs, endBar: 3 })).toThrow('does not fit 2 bars')
    expect(() => simulationOf({ ...inputs, firstBar: 2 })).toThrow('does not fit')
    expect(() => finishSimulation(beginSimulation(inputs), inputs)).toThrow('stands at step 0 of 2')
  })
})
