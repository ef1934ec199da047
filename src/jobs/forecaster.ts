// What a trained network says of each bar of a backtest.

import type { DecisionSettings } from '../trading/decision-settings.ts'
import type { Intents, IntentSource } from '../backtest/intents.ts'
import { intentsOfForecasts } from '../backtest/read-forecasts.ts'
import type { Network, Samples } from '../neural/network.ts'
import { blockOf } from '../neural/with-pauses.ts'

/** Samples whose forecasts are worked out at once. Each depends on its own rows alone: where blocks begin changes nothing. */
const BLOCK = 1024

/**
 * What the forecast of each bar makes the strategy want, worked out in blocks when first needed.
 * @param bars that of each sample, ascending
 */
export function forecastIntents(
  network: Network,
  samples: Samples,
  bars: Int32Array,
  barCount: number,
  decisions: DecisionSettings,
): IntentSource {
  let intents: Intents = { from: 0, to: 0, bits: new Uint8Array(0), confidence: null }
  return (bar) => {
    if (bar >= intents.from && bar < intents.to) return intents
    const start = blockAt(bars, bar)
    const next = start + BLOCK
    const of = bars.subarray(start, next)
    intents = intentsOfForecasts(
      forecastsOf(network, samples, start, of.length),
      of,
      start === 0 ? 0 : of[0]!,
      next < bars.length ? bars[next]! : barCount,
      decisions,
    )
    return intents
  }
}

/** First sample of the block that a bar falls to: that of the last sample which is not after it. */
function blockAt(bars: Int32Array, bar: number): number {
  let start = 0
  while (start + BLOCK < bars.length && bars[start + BLOCK]! <= bar) start += BLOCK
  return start
}

/** Those of all samples, row-major; see `forecastsOf`. */
export function allForecasts(network: Network, samples: Samples): Float32Array {
  const { outputs } = network.shape
  const all = new Float32Array(samples.count * outputs)
  for (let start = 0; start < samples.count; start += BLOCK) {
    const count = Math.min(BLOCK, samples.count - start)
    all.set(forecastsOf(network, samples, start, count), start * outputs)
  }
  return all
}

/** Of `count` samples from `start` on, row-major: probabilities, or the one output as it is. */
function forecastsOf(
  network: Network,
  samples: Samples,
  start: number,
  count: number,
): Float32Array {
  const { predict, classify, shape } = network
  const block = blockOf(samples, start, count, shape)
  return shape.outputs === 1 ? predict(block) : classify(block)
}
