// A network's layers in a few words: "MLP 11-16-8-3", "LSTM 24 × 20-64-64-3".

import type { NetworkShape } from './network.ts'

export function shapeText(shape: NetworkShape): string {
  if (shape.kind === 'mlp')
    return `MLP ${[shape.inputs, ...shape.hiddenLayers, shape.outputs].join('-')}`
  const { kind, inputs, sequenceLength, hiddenSize, layerCount, outputs } = shape
  const hidden = Array.from({ length: layerCount }, () => hiddenSize)
  return `${kind.toUpperCase()} ${sequenceLength} × ${[inputs, ...hidden, outputs].join('-')}`
}
