import { describe, expect, it, onTestFinished } from 'vitest'
import { randomStream } from '../../../src/core/rng.ts'
import { createKernelNetwork } from '../../../src/neural/kernel/network.ts'
import type { NetworkShape, Samples } from '../../../src/neural/network.ts'
import { windowLength } from '../../../src/neural/window-length.ts'
import { withPauses } from '../../../src/neural/with-pauses.ts'
import { kernelEngine } from '../../support/kernel-engine.ts'

const GRU = { kind: 'gru', inputs: 3, hiddenSize: 200, layerCount: 2, dropout: 0 } as const
const SHAPES: readonly (readonly [string, NetworkShape, count: number])[] = [
  [
    'a small MLP',
    { kind: 'mlp', inputs: 3, hiddenLayers: [5], outputs: 3, activation: 'tanh', dropout: 0 },
    9000,
  ],
  ['a large GRU of one output', { ...GRU, sequenceLength: 20, outputs: 1 }, 300],
  ['a large GRU of three', { ...GRU, sequenceLength: 20, outputs: 3 }, 300],
]

/** Of a recurrent network windows at every second row. */
function samplesOf(shape: NetworkShape, count: number): Samples {
  const { nextUnit } = randomStream(3, 'sampling')
  const rows = 2 * count + windowLength(shape)
  const features = Float32Array.from({ length: shape.inputs * rows }, () => nextUnit() - 0.5)
  if (shape.kind === 'mlp')
    return { count, features: features.subarray(0, count * shape.inputs), firstRows: null }
  return { count, features, firstRows: Int32Array.from({ length: count }, (_, i) => 2 * i) }
}

describe.each(SHAPES)('with pauses %s', (_, shape, count) => {
  const open = (pause: () => void) => {
    const network = createKernelNetwork(kernelEngine(), shape)
    onTestFinished(() => network.close())
    return { network, paused: withPauses(network, pause) }
  }

  it('predicts to the same bits, and stops for a moment now and then', () => {
    let pauses = 0
    const { network, paused } = open(() => pauses++)
    const samples = samplesOf(shape, count)
    expect(paused.predict(samples)).toEqual(network.predict(samples))
    expect(pauses).toBeGreaterThan(1)
    if (shape.outputs > 1) expect(paused.classify(samples)).toEqual(network.classify(samples))
  })

  it('can be left in the midst of it, and is the same afterwards', () => {
    let isLeaving = true
    const { network, paused } = open(() => {
      if (isLeaving) throw new Error('enough')
    })
    const samples = samplesOf(shape, count)
    expect(() => paused.predict(samples)).toThrow('enough')
    isLeaving = false
    expect(paused.predict(samples)).toEqual(network.predict(samples))
  })

  it('takes few samples at once', () => {
    let pauses = 0
    const { paused } = open(() => pauses++)
    paused.predict(samplesOf(shape, 50))
    expect(pauses).toBe(0)
  })
})
