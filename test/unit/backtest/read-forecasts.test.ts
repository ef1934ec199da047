import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DecisionSettings } from '../../../src/trading/decision-settings.ts'
import { BUY, FLAT, INVALID, MISSING, SELL } from '../../../src/backtest/intents.ts'
import { intentsOfForecasts } from '../../../src/backtest/read-forecasts.ts'
import { confidenceOf, readForecast, signalTowards } from '../../support/decide.ts'
import { DECISIONS } from '../../support/simulations.ts'

// Reference: readForecast and confidenceOf, one bar after the other.

type Format = DecisionSettings['outputFormat']

const WIDTHS: Readonly<Record<Format, number>> = {
  classification: 3,
  regression: 1,
  position: 1,
  regime_classification: 4,
  context_classification: 3,
}
const FORMATS = Object.keys(WIDTHS) as Format[]
const TARGETS = { LONG: BUY, SHORT: SELL, NONE: FLAT } as const

/** What is wanted on one bar, and how surely. */
function wanted(forecast: Float32Array | null, settings: DecisionSettings): [number, number] {
  if (forecast === null) return [MISSING, 0]
  if (!forecast.every(Number.isFinite)) return [INVALID, 0]
  if (settings.outputFormat === 'position') {
    // A target is what brings one there from the other side.
    const [fromLong, fromShort] = (['LONG', 'SHORT'] as const).map((side) =>
      signalTowards(forecast[0]!, side),
    )
    if (fromLong !== fromShort) return [TARGETS.NONE, 0]
    return [fromLong === 'BUY' ? TARGETS.LONG : TARGETS.SHORT, 0]
  }
  const signal = readForecast(forecast, settings)!
  if (signal === 'HOLD') return [0, 0]
  return [signal === 'BUY' ? BUY : SELL, confidenceOf(forecast, signal, settings)]
}

/** Values that tie, stand on the threshold, or are no numbers, among others. */
const outputs = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 0.25, 0.5, 0.75, 1, 0.0045, -0.0045, 0.01, -1, -0) },
  { weight: 4, arbitrary: fc.float({ min: -1, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
)

const scenarios = fc
  .record({
    format: fc.constantFrom(...FORMATS),
    confidenceThreshold: fc.constantFrom(0, 0.25, 0.5, 0.6),
    roundTripCost: fc.constantFrom(0, 0.003),
    from: fc.nat({ max: 20 }),
    rows: fc.array(fc.option(fc.array(outputs, { minLength: 4, maxLength: 4 })), { maxLength: 60 }),
  })
  .map(({ format, from, rows, ...changes }) => ({
    settings: { ...DECISIONS, ...changes, outputFormat: format },
    from,
    forecasts: rows.map((row) => row && Float32Array.from(row.slice(0, WIDTHS[format]))),
  }))

/** The intents of bars from `from` on, of which some have no forecast. */
function intentsOf(
  forecasts: readonly (Float32Array | null)[],
  from: number,
  settings: DecisionSettings,
) {
  const known = forecasts.flatMap((forecast, i) => (forecast ? [{ forecast, bar: from + i }] : []))
  const values = Float32Array.from(known.flatMap(({ forecast }) => [...forecast]))
  const bars = Int32Array.from(known, ({ bar }) => bar)
  return intentsOfForecasts(values, bars, from, from + forecasts.length, settings)
}

describe('the intents of forecasts', () => {
  it('are what each forecast says by itself, as surely', () => {
    fc.assert(
      fc.property(scenarios, ({ settings, from, forecasts }) => {
        const { bits, confidence, ...range } = intentsOf(forecasts, from, settings)
        expect(range).toEqual({ from, to: from + forecasts.length })
        const expected = forecasts.map((forecast) => wanted(forecast, settings))
        expect([...bits], 'bits').toEqual(expected.map(([each]) => each))
        if (confidence !== null)
          expect([...confidence], 'confidence').toEqual(expected.map(([, sure]) => sure))
      }),
      { numRuns: 500 },
    )
  })

  it('of probabilities take the first of equals, and hold below the threshold, not at it', () => {
    const rows = [
      [0.5, 0.3, 0.2],
      [0.4921875, 0.3, 0.2],
      [0.2, 0.3, 0.5],
      [0.5, 0.5, 0.5],
      [0.4, 0.5, 0.5],
      [NaN, 0, 1],
    ]
    const forecasts = [...rows.map((row) => Float32Array.from(row)), null]
    const { bits, confidence } = intentsOf(forecasts, 7, DECISIONS)
    expect([...bits]).toEqual([BUY, 0, SELL, BUY, 0, INVALID, MISSING])
    expect([...confidence!]).toEqual([0.5, 0, 0.5, 0.5, 0, 0, 0])
  })

  it('of returns are as sure as they are larger than the threshold, three times at most', () => {
    const settings: DecisionSettings = { ...DECISIONS, outputFormat: 'regression' }
    const threshold = 0.003 * 1.5
    const rows = [0.0044, 0.006, -0.009, 0.5].map((value) => Float32Array.of(value))
    const { bits, confidence } = intentsOf(rows, 0, settings)
    expect([...bits]).toEqual([0, BUY, SELL, BUY])
    const third = (value: number) => Math.fround(value) / (3 * threshold)
    expect([...confidence!]).toEqual([0, third(0.006), third(0.009), 1])
  })

  it('of targets are certain: long, short, or neither', () => {
    const settings: DecisionSettings = { ...DECISIONS, outputFormat: 'position' }
    const rows = [1, -1, 0, NaN].map((value) => Float32Array.of(value))
    const { bits, confidence } = intentsOf(rows, 0, settings)
    expect([...bits]).toEqual([BUY, SELL, FLAT, INVALID])
    expect(confidence).toBeNull()
  })
})
