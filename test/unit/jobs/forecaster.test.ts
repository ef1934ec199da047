import { describe, expect, it } from 'vitest'
import type { DecisionSettings } from '../../../src/trading/decision-settings.ts'
import { randomStream } from '../../../src/core/rng.ts'
import { intentsOfForecasts } from '../../../src/backtest/read-forecasts.ts'
import { allForecasts, forecastIntents } from '../../../src/jobs/forecaster.ts'
import { softmax } from '../../../src/neural/loss.ts'
import { createKernelNetwork } from '../../../src/neural/kernel/network.ts'
import type { NetworkShape, Samples } from '../../../src/neural/network.ts'
import { kernelEngine } from '../../support/kernel-engine.ts'
import { DECISIONS } from '../../support/simulations.ts'

const COUNT = 2500
const SHAPES: readonly NetworkShape[] = [
  { kind: 'mlp', inputs: 3, hiddenLayers: [5], outputs: 3, activation: 'tanh', dropout: 0 },
  {
    kind: 'gru',
    inputs: 3,
    sequenceLength: 7,
    hiddenSize: 4,
    layerCount: 1,
    outputs: 1,
    dropout: 0,
  },
]

/** Samples at every second bar; of a recurrent network windows that overlap. */
function samplesOf(shape: NetworkShape): Samples {
  const { nextUnit } = randomStream(3, 'sampling')
  const features = Float32Array.from({ length: shape.inputs * (COUNT + 6) }, () => nextUnit() - 0.5)
  const firstRows = shape.kind === 'mlp' ? null : Int32Array.from({ length: COUNT }, (_, i) => i)
  return { count: COUNT, features, firstRows }
}

describe.each(SHAPES)('the forecasts of a $kind', (shape) => {
  it('are those of all samples at once, though they are worked out in blocks', () => {
    const network = createKernelNetwork(kernelEngine(), shape)
    const samples = samplesOf(shape)
    const raw = network.predict(samples)
    expect(allForecasts(network, samples)).toEqual(
      shape.outputs === 1 ? raw : softmax(raw, COUNT, shape.outputs),
    )
    network.close()
  })

  it('make the intents of all bars, whatever bar is asked first', () => {
    const network = createKernelNetwork(kernelEngine(), shape)
    const samples = samplesOf(shape)
    const bars = Int32Array.from({ length: COUNT }, (_, i) => 2 * i + 3)
    const barCount = 2 * COUNT + 10
    const raw = network.predict(samples)
    const all = shape.outputs === 1 ? raw : softmax(raw, COUNT, shape.outputs)
    const decisions: DecisionSettings = {
      ...DECISIONS,
      outputFormat: shape.outputs === 1 ? 'regression' : 'classification',
      confidenceThreshold: 0.4,
    }
    const expected = intentsOfForecasts(all, bars, 0, barCount, decisions)
    expect(new Set(expected.bits).size, 'they differ').toBeGreaterThan(2)
    const begin = () => forecastIntents(network, samples, bars, barCount, decisions)

    const source = begin()
    for (let bar = 0; bar < barCount;) {
      const intents = source(bar)
      expect(intents.from, 'blocks follow each other').toBe(bar)
      expect(source(intents.to - 1), 'worked out once').toBe(intents)
      bar = intents.to
    }
    for (const bar of [0, 2, 3, 2050, 2051, 2052, 4098, 4099, 4100, barCount - 1]) {
      const { from, to, bits, confidence } = begin()(bar)
      expect([from <= bar, bar < to], `bar ${bar} is among them`).toEqual([true, true])
      expect(bits).toEqual(expected.bits.slice(from, to))
      expect(confidence).toEqual(expected.confidence!.slice(from, to))
    }
    network.close()
  })
})
