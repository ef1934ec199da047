// A network of a strategy with the rows that it learns from: what the training loop needs, whoever runs it.

import { classWeights } from '../neural/class-weights.ts'
import { createKernelNetwork, type KernelEngine } from '../neural/kernel/network.ts'
import type { FitSettings, Network, NetworkShape } from '../neural/network.ts'
import type { ModelSettings } from '../strategy/strategy.ts'
import { makeShuffle, type TrainingInputs } from '../training/train.ts'
import type { TrainingSettings } from '../training/training-settings.ts'
import { engineFor } from './engine.ts'
import type { Resources } from './job.ts'
import { networkShape } from './network-shape.ts'
import type { TrainingData } from './training-data.ts'

export type Trainable = {
  readonly engine: () => KernelEngine
  readonly training: TrainingInputs
  readonly shape: NetworkShape
  readonly fit: FitSettings
}

/** @param settings of the strategy, with what was asked for instead */
export function trainableOf(
  model: ModelSettings,
  settings: TrainingSettings,
  data: Pick<TrainingData, 'featureIds' | 'classes' | 'train' | 'validation'>,
  resources: Pick<Resources, 'cores' | 'kernel' | 'startThread' | 'threads'>,
): Trainable {
  const classCount = data.classes.length
  const shape = networkShape(model, data.featureIds.length, classCount || 1)
  const { loss, optimizer, clipNorm, seed } = settings
  const weights = classCount > 0 ? classWeights(data.train.targets, classCount) : null
  return {
    engine: () => engineFor(resources, shape, settings.batchSize),
    training: {
      settings,
      train: data.train,
      validation: data.validation,
      loss: { settings: loss, classWeights: weights && Float32Array.from(weights) },
      orderOf: makeShuffle(data.train.count, seed),
    },
    shape,
    fit: { loss, classWeights: weights, optimizer, clipNorm, seed },
  }
}

export function createTrainingNetwork({ engine, shape, fit, training }: Trainable): Network {
  return createKernelNetwork(engine(), shape, fit, training.train)
}
