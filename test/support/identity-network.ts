import type { Network, Rows } from '../../src/neural/network.ts'
import { createReferenceNetwork } from '../../src/neural/reference/network.ts'

/** A network of one layer whose outputs are its inputs: the features of a row are its logits or its forecast. */
export function identityNetwork(width: number): Network {
  const network = createReferenceNetwork({
    kind: 'mlp',
    inputs: width,
    hiddenLayers: [],
    outputs: width,
    activation: 'relu',
    dropout: 0,
  })
  const eye = new Float32Array(width * width)
  for (let i = 0; i < width; i++) eye[i * width + i] = 1
  network.write({
    weights: {
      'layers.0.weight': { tensor: eye, shape: [width, width] },
      'layers.0.bias': { tensor: new Float32Array(width), shape: [width] },
    },
    slots: {},
  })
  return network
}

/** Rows that such a network answers with `outputs`. */
export function rowsOf(
  outputs: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[] | null = null,
): Rows {
  return {
    count: targets.length,
    features: Float32Array.from(outputs.flat()),
    targets: Float32Array.from(targets),
    firstRows: null,
    weights: weights && Float32Array.from(weights),
  }
}
