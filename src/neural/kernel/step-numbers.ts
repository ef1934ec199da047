// What thread 0 writes down for all threads before a step.

import { dropoutKey } from '../dropout.ts'
import type { OptimizerSettings } from '../network.ts'
import { adamNumbers, l2Factor, rmspropNumbers, sgdNumbers } from '../optimizer.ts'

/** The numbers of an optimizer's routine, in the order of routines/optimizers.ts. */
export function writeOptimizerNumbers(
  floats: Float32Array,
  at: number,
  settings: OptimizerSettings,
  step: number,
  learningRate: number,
): void {
  const l2 = l2Factor(settings)
  switch (settings.kind) {
    case 'adam':
    case 'adamw': {
      const n = adamNumbers(settings, step, learningRate)
      floats[at] = n.b1
      floats[at + 1] = n.c1
      floats[at + 2] = n.b2
      floats[at + 3] = n.c2
      floats[at + 4] = n.stepSize
      floats[at + 5] = n.vScale
      floats[at + 6] = n.epsilon
      floats[at + 7] = n.keep
      floats[at + 8] = l2
      return
    }
    case 'sgd': {
      const { rate, mu } = sgdNumbers(settings, learningRate)
      floats[at] = rate
      floats[at + 1] = mu
      floats[at + 2] = l2
      return
    }
    case 'rmsprop': {
      const { rate, alpha, rest, epsilon } = rmspropNumbers(learningRate)
      floats[at] = rate
      floats[at + 1] = alpha
      floats[at + 2] = rest
      floats[at + 3] = epsilon
      floats[at + 4] = l2
    }
  }
}

export function writeDropoutKeys(
  words: Int32Array,
  at: number,
  layers: number,
  seed: number,
  step: number,
): void {
  for (let layer = 0; layer < layers; layer++) {
    const { k0, k1 } = dropoutKey(seed, step, layer)
    words[at + 2 * layer] = k0
    words[at + 2 * layer + 1] = k1
  }
}
