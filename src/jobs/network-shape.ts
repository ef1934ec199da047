// The shape of the network that a strategy asks for.

import type { NetworkShape } from '../neural/network.ts'
import type { ModelSettings } from '../strategy/strategy.ts'

export function networkShape(model: ModelSettings, inputs: number, outputs: number): NetworkShape {
  if (model.type === 'mlp') {
    const { type: kind, hiddenLayers, activation, dropout } = model
    return { kind, inputs, hiddenLayers, outputs, activation, dropout }
  }
  const { type: kind, sequenceLength, hiddenSize, layerCount, dropout } = model
  return { kind, inputs, sequenceLength, hiddenSize, layerCount, outputs, dropout }
}
