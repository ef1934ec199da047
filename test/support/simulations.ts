// Small simulations for tests: bars from opens and closes, scripted forecasts, and "any simulation" for
// property tests, with forecasts that trade often and costs, gaps, NaN and missing forecasts of every kind.

import fc from 'fast-check'
import type { DecisionSettings } from '../../src/trading/decision-settings.ts'
import { finishSimulation, type SimulationResult } from '../../src/backtest/finish-simulation.ts'
import { BUY, INVALID, MISSING, SELL, type Intents } from '../../src/backtest/intents.ts'
import { beginSimulation, simulate } from '../../src/backtest/simulate.ts'
import { simulationInputs, type SimulationInputs } from '../../src/backtest/simulation-inputs.ts'
import type { SimulationSettings } from '../../src/trading/simulation-settings.ts'
import type { Bars } from '../../src/data/bars.ts'
import { confidenceOf, readForecast } from './decide.ts'

export const DECISIONS: DecisionSettings = {
  outputFormat: 'classification',
  confidenceThreshold: 0.5,
  roundTripCost: 0.003,
  minEdgeMultiplier: 1.5,
  positionAwareness: true,
  allowShortFromFlat: true,
  minSignalSeparationHours: 0,
  minSignalSeparationBars: 0,
}

export const SETTINGS: SimulationSettings = {
  capital: 100_000,
  commission: 0.001,
  slippage: 0.0005,
  positionSize: 0.25,
  wholeUnits: false,
  decisions: DECISIONS,
}

export const HOUR_MS = 3_600_000
const EPOCH_MS = Date.UTC(2024, 0, 1)

/** Bars of one hour unless `timestampMs` says otherwise; high and low are the larger and smaller price. */
export function barsOf(
  open: readonly number[],
  close: readonly number[] = open,
  timestampMs: readonly number[] = open.map((_, i) => EPOCH_MS + i * HOUR_MS),
): Bars {
  return {
    length: open.length,
    timestampMs: Float64Array.from(timestampMs),
    open: Float64Array.from(open),
    high: Float64Array.from(open, (price, i) => Math.max(price, close[i]!)),
    low: Float64Array.from(open, (price, i) => Math.min(price, close[i]!)),
    close: Float64Array.from(close),
    volume: new Float64Array(open.length).fill(1000),
  }
}

export const FORECASTS = {
  BUY: Float32Array.of(0.75, 0.125, 0.125),
  HOLD: Float32Array.of(0.125, 0.75, 0.125),
  SELL: Float32Array.of(0.125, 0.125, 0.75),
} as const

/** Forecasts by bar; a bar that is not named holds. */
export function script(signals: Readonly<Record<number, 'BUY' | 'SELL'>>) {
  return (bar: number): Float32Array => FORECASTS[signals[bar] ?? 'HOLD']
}

/** What a simulation of one instrument is made from, one forecast a bar. */
export type Scenario = {
  readonly symbol?: string
  readonly bars: Bars
  readonly firstBar: number
  readonly endBar: number
  readonly forecastAt: (bar: number) => Float32Array | null
  readonly settings: SimulationSettings
}

export type OneSimulation = Scenario & SimulationInputs

/** Its intents are worked out bar by bar. */
export function simulationOf(scenario: Scenario): OneSimulation {
  const { symbol = 'X', bars, firstBar, endBar, settings } = scenario
  const intentsAt = (bar: number): Intents => intentOf(bar, scenario.forecastAt(bar), settings)
  return {
    ...scenario,
    ...simulationInputs([{ symbol, bars, firstBar, endBar, intentsAt }], settings),
  }
}

function intentOf(
  bar: number,
  forecast: Float32Array | null,
  { decisions }: SimulationSettings,
): Intents {
  const signal = forecast === null ? null : readForecast(forecast, decisions)
  const intent = (bits: number, confidence = 0): Intents => ({
    from: bar,
    to: bar + 1,
    bits: Uint8Array.of(bits),
    confidence: Float64Array.of(confidence),
  })
  if (forecast === null) return intent(MISSING)
  if (signal === null) return intent(INVALID)
  if (signal === 'HOLD') return intent(0)
  return intent(signal === 'BUY' ? BUY : SELL, confidenceOf(forecast, signal, decisions))
}

export function runAll(inputs: SimulationInputs): SimulationResult {
  const state = beginSimulation(inputs)
  simulate(state, inputs, inputs.timeline.length)
  return finishSimulation(state, inputs)
}

const share = (max: number) => fc.double({ min: 0, max, noNaN: true })

const anySettings: fc.Arbitrary<SimulationSettings> = fc.record({
  capital: fc.double({ min: 100, max: 1e6, noNaN: true }),
  commission: share(0.02),
  slippage: share(0.01),
  positionSize: fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 1, noNaN: true })),
  wholeUnits: fc.boolean(),
  decisions: fc.record({
    outputFormat: fc.constantFrom('classification', 'regression'),
    confidenceThreshold: fc.constantFrom(0, 0.5, 0.9),
    roundTripCost: fc.constantFrom(0, 0.003),
    minEdgeMultiplier: fc.constant(1.5),
    positionAwareness: fc.boolean(),
    allowShortFromFlat: fc.boolean(),
    minSignalSeparationHours: fc.constantFrom(0, 4, 30),
    minSignalSeparationBars: fc.constantFrom(0, 3),
  }),
})

/** One bar of a random path: gaps and moves as ratios of the price, hours since the bar before. */
const anyStep = fc.record({
  gap: fc.double({ min: -0.1, max: 0.15, noNaN: true }),
  move: fc.double({ min: -0.1, max: 0.15, noNaN: true }),
  hours: fc.integer({ min: 1, max: 72 }),
  forecast: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(FORECASTS.BUY, FORECASTS.SELL, FORECASTS.HOLD) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(Float32Array.of(NaN, NaN, NaN)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.float({ min: -1, max: 1, noNaN: true }), share(1), share(1))
        .map((values) => Float32Array.from(values, (value) => value + 0)), // no softmax gives −0
    },
  ),
})

/** Any simulation of 1 to 60 bars after up to 5 bars of warm-up. */
export const anySimulation: fc.Arbitrary<OneSimulation> = fc
  .record({
    price: fc.double({ min: 0.01, max: 100_000, noNaN: true }),
    steps: fc.array(anyStep, { minLength: 6, maxLength: 60 }),
    firstBar: fc.integer({ min: 0, max: 5 }),
    settings: anySettings,
  })
  .map(({ price, steps, firstBar, settings }) => {
    const opens: number[] = []
    const closes: number[] = []
    const times: number[] = []
    let close = price
    let time = EPOCH_MS
    for (const step of steps) {
      const open = close * (1 + step.gap)
      close = open * (1 + step.move)
      time += step.hours * HOUR_MS
      opens.push(open)
      closes.push(close)
      times.push(time)
    }
    return simulationOf({
      bars: barsOf(opens, closes, times),
      firstBar,
      endBar: steps.length,
      forecastAt: (bar: number) => steps[bar]!.forecast,
      settings,
    })
  })
