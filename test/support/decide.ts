// From one forecast to a signal, in the words of ktrdr §7.3 (W38 fixed): what src/backtest/read-forecasts.ts must say of
// many at once.

import { SIGNALS } from '../../src/labels/label.ts'
import { givesSignals, type DecisionSettings } from '../../src/trading/decision-settings.ts'
import type { Side } from '../../src/performance/trade.ts'

export type Signal = (typeof SIGNALS)[number]

/**
 * The raw signal of a forecast; `null` when the forecast is not finite. A class wins by the largest
 * probability, the first among equals, and holds below the confidence threshold; a class of the market always holds.
 */
export function readForecast(forecast: Float32Array, settings: DecisionSettings): Signal | null {
  if (settings.outputFormat === 'regression') {
    const expected = forecast[0]!
    const threshold = settings.roundTripCost * settings.minEdgeMultiplier
    if (!Number.isFinite(expected)) return null
    if (expected > threshold) return 'BUY'
    return expected < -threshold ? 'SELL' : 'HOLD'
  }
  if (!givesSignals(settings)) return forecast.every(Number.isFinite) ? 'HOLD' : null
  const buy = forecast[0]!
  const hold = forecast[1]!
  const sell = forecast[2]!
  if (!Number.isFinite(buy + hold + sell)) return null
  if (buy >= hold && buy >= sell) return buy < settings.confidenceThreshold ? 'HOLD' : 'BUY'
  if (hold >= sell) return 'HOLD'
  return sell < settings.confidenceThreshold ? 'HOLD' : 'SELL'
}

/** How sure a BUY or SELL is, in [0, 1]: its probability, or the return in units of three thresholds. */
export function confidenceOf(
  forecast: Float32Array,
  signal: Signal,
  settings: DecisionSettings,
): number {
  if (settings.outputFormat === 'position') return 1
  if (settings.outputFormat === 'classification') return forecast[SIGNALS.indexOf(signal)]!
  const certain = 3 * settings.roundTripCost * settings.minEdgeMultiplier
  const expected = Math.abs(forecast[0]!)
  return expected < certain ? expected / certain : 1
}

/** What brings a position on `side` to the target, −1, 0 or 1. From one side to the other it goes by way of flat. */
export function signalTowards(target: number, side: Side | null): Signal {
  if (target > 0) return 'BUY'
  if (target < 0) return 'SELL'
  return side === null ? 'HOLD' : side === 'LONG' ? 'SELL' : 'BUY'
}
