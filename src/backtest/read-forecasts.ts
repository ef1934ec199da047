// From forecasts to intents, many bars at once (test/support/decide.ts tells it bar by bar).

import { givesSignals, type DecisionSettings } from '../trading/decision-settings.ts'
import { BUY, FLAT, INVALID, MISSING, SELL, type Intents } from './intents.ts'

/** Fills in the bars of some forecasts; `from` is the bar that the first intent is of. */
type Read = (
  forecasts: Float32Array,
  bars: Int32Array,
  from: number,
  bits: Uint8Array,
  confidence: Float64Array,
  settings: DecisionSettings,
) => void

/**
 * The intents of the bars `from` … `to` − 1. Where nothing is wanted nothing is sure: the confidence is 0.
 * @param forecasts row-major, one row a bar: probabilities, an expected return, or a target position
 * @param bars that of each row, none twice
 */
export function intentsOfForecasts(
  forecasts: Float32Array,
  bars: Int32Array,
  from: number,
  to: number,
  settings: DecisionSettings,
): Intents {
  const bits = new Uint8Array(to - from).fill(MISSING)
  const { outputFormat } = settings
  if (!givesSignals(settings)) {
    readMarket(forecasts, bars, from, bits)
    return { from, to, bits, confidence: null }
  }
  if (outputFormat === 'position') {
    readTargets(forecasts, bars, from, bits)
    return { from, to, bits, confidence: null }
  }
  const confidence = new Float64Array(to - from)
  const read = outputFormat === 'regression' ? readReturns : readClasses
  read(forecasts, bars, from, bits, confidence, settings)
  return { from, to, bits, confidence }
}

/** Probabilities of BUY, HOLD and SELL. */
const readClasses: Read = (forecasts, bars, from, bits, confidence, { confidenceThreshold }) => {
  for (let row = 0; row < bars.length; row++) {
    const at = bars[row]! - from
    const buy = forecasts[3 * row]!
    const hold = forecasts[3 * row + 1]!
    const sell = forecasts[3 * row + 2]!
    const isBuy = buy >= hold && buy >= sell
    const p = isBuy ? buy : sell
    bits[at] = 0
    if (!Number.isFinite(buy + hold + sell)) bits[at] = INVALID
    else if ((isBuy || sell > hold) && p >= confidenceThreshold) {
      bits[at] = isBuy ? BUY : SELL
      confidence[at] = p
    }
  }
}

const readReturns: Read = (forecasts, bars, from, bits, confidence, settings) => {
  const threshold = settings.roundTripCost * settings.minEdgeMultiplier
  const certain = 3 * settings.roundTripCost * settings.minEdgeMultiplier
  for (let row = 0; row < bars.length; row++) {
    const at = bars[row]! - from
    const expected = forecasts[row]!
    const size = Math.abs(expected)
    bits[at] = 0
    if (!Number.isFinite(expected)) bits[at] = INVALID
    else if (size > threshold) {
      bits[at] = expected > 0 ? BUY : SELL
      confidence[at] = size < certain ? size / certain : 1
    }
  }
}

function readTargets(
  forecasts: Float32Array,
  bars: Int32Array,
  from: number,
  bits: Uint8Array,
): void {
  for (let row = 0; row < bars.length; row++) {
    const target = forecasts[row]!
    const held = target > 0 ? BUY : target < 0 ? SELL : FLAT
    bits[bars[row]! - from] = Number.isFinite(target) ? held : INVALID
  }
}

/** Classes of the market say nothing of what to do. */
function readMarket(
  forecasts: Float32Array,
  bars: Int32Array,
  from: number,
  bits: Uint8Array,
): void {
  const classes = forecasts.length / bars.length
  for (let row = 0; row < bars.length; row++) {
    const forecast = forecasts.subarray(row * classes, (row + 1) * classes)
    bits[bars[row]! - from] = forecast.every(Number.isFinite) ? 0 : INVALID
  }
}
