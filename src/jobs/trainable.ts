// A network of a strategy with the rows that it learns from: what the training loop needs, whoever runs it.

import { classWeights } from '../neural/class-weights.ts'
import { createKernelNetwork, type KernelEngine } from '../neural/kernel/network.ts'
import type { FitSettings, Network, NetworkShape } from '../neural/network.ts'
import { withPauses } from '../neural/with-pauses.ts'
import type { ModelSettings } from '../strategy/strategy.ts'
import { makeShuffle, type TrainingInputs } from '../training/train.ts'
import type { TrainingSettings } from '../training/training-settings.ts'
import { engineFor } from './engine.ts'
import type { Resources } from './job.ts'
import { networkShape } from './network-shape.ts'
import type { TrainingData } from './training-data.ts'

export type Trainable = {
  readonly engine: () => KernelEngine
  /** For the midst of long predictions, see Resources. */
  readonly pause: () => void
  readonly training: TrainingInputs
  readonly shape: NetworkShape
  readonly fit: FitSettings
}

/** @param settings of the strategy, with what was asked for instead */
export function trainableOf(
  model: ModelSettings,
  settings: TrainingSettings,
  data: Pick<TrainingData, 'featureIds' | 'classes' | 'train' | 'validation'>,
  resources: Pick<Resources, 'breathe' | 'cores' | 'kernel' | 'startThread' | 'threads'>,
): Trainable {
  const classCount = data.classes.length
  const shape = networkShape(model, data.featureIds.length, classCount || 1)
  const { loss, optimizer, clipNorm, seed } = settings
  const weights = classCount > 0 ? classWeights(data.train.targets, classCount) : null
  return {
    engine: () => engineFor(resources, shape, settings.batchSize),
    pause: resources.breathe ?? (() => {}),
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

export function createTrainingNetwork(trainable: Trainable): Network {
  const { engine, shape, fit, training, pause } = trainable
  return withPauses(createKernelNetwork(engine(), shape, fit, training.train), pause)
}
