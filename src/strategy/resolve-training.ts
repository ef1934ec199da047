// The `training` section → `TrainingSettings`, with the defaults that depend on other keys.

import type { LossSettings, OptimizerSettings } from '../neural/network.ts'
import type { ScheduleSettings } from '../neural/schedule.ts'
import type { SplitSettings, TrainingSettings } from '../training/training-settings.ts'
import { resolveLabels } from './label-settings.ts'
import type { StrategyFile } from './schema.ts'
import type { FormatInFile } from './settings.ts'

type TrainingInFile = StrategyFile['training']

export function resolveTraining(training: TrainingInFile, format: FormatInFile): TrainingSettings {
  const stopping = training.early_stopping
  return {
    labels: resolveLabels(training.labels),
    loss: resolveLoss(training, format),
    optimizer: resolveOptimizer(training, format),
    schedule: resolveSchedule(training.lr_scheduler),
    earlyStopping: stopping?.enabled
      ? {
          patience: stopping.patience,
          minDelta: stopping.min_delta,
          monitor: stopping.monitor,
        }
      : null,
    epochs: training.epochs,
    batchSize: training.batch_size,
    learningRate: training.learning_rate,
    clipNorm: training.gradient_clip > 0 ? training.gradient_clip : null,
    split: resolveSplit(training),
    seed: training.seed,
  }
}

function resolveLoss(training: TrainingInFile, format: FormatInFile): LossSettings {
  const kind = training.loss ?? (format === 'regression' ? 'huber' : 'cross_entropy')
  switch (kind) {
    case 'focal':
      return { kind, gamma: training.focal_gamma }
    case 'huber':
      return { kind, delta: training.huber_delta }
    case 'cross_entropy':
    case 'mse':
      return { kind }
  }
}

/**
 * Regression has no decay unless asked for: its targets are so small that the weights would vanish.
 */
function resolveOptimizer(training: TrainingInFile, format: FormatInFile): OptimizerSettings {
  const given = training.optimizer
  const own = typeof given === 'object' ? given : { type: given }
  const usual = format === 'regression' ? 0 : 1e-4
  const weightDecay = own.weight_decay ?? training.weight_decay ?? usual
  if (own.type !== 'sgd') return { kind: own.type, weightDecay }
  return { kind: 'sgd', momentum: own.momentum ?? training.momentum ?? 0.9, weightDecay }
}

/** Defaults of upstream's trainer. A schedule that is only said to be there or not is constant. */
function resolveSchedule(given: TrainingInFile['lr_scheduler']): ScheduleSettings {
  const own =
    typeof given === 'object' ? given : { type: typeof given === 'string' ? given : 'constant' }
  switch (own.type) {
    case 'constant':
      return { kind: 'constant' }
    case 'step':
      return { kind: 'step', stepSize: own.step_size ?? 30, gamma: own.gamma ?? 0.1 }
    case 'exponential':
      return { kind: 'exponential', gamma: own.gamma ?? 0.95 }
    case 'reduce_on_plateau':
      return { kind: 'reduce_on_plateau', factor: own.factor ?? 0.5, patience: own.patience ?? 5 }
  }
}

/** The test slice is what the others leave, to 12 digits: 0.15 and not 0.15000000000000002. */
function resolveSplit({
  data_split: { train, validation },
  embargo,
}: TrainingInFile): SplitSettings {
  const test = Math.max(0, Number((1 - train - validation).toFixed(12)))
  return { train, validation, test, ...(embargo === undefined ? {} : { embargo }) }
}
