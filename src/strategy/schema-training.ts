// The grammar of `training`: labels, loss, optimizer, schedule, split.

import * as z from 'zod'
import { ignored, notes, section } from './schema-words.ts'

export const LABEL_SOURCES = [
  'zigzag',
  'forward_return',
  'triple_barrier',
  'regime',
  'context',
] as const
export const OPTIMIZERS = ['adam', 'adamw', 'sgd', 'rmsprop'] as const
export const SCHEDULES = ['constant', 'step', 'exponential', 'reduce_on_plateau'] as const

const bars = z.int().min(1).max(100_000)
const factor = z.number().gt(0).max(1000)
const momentum = z.number().min(0).lt(1).describe('Of sgd. Default: 0.9.')
const weightDecay = z
  .number()
  .min(0)
  .max(10)
  .describe('Default: 0.0001 for classification, 0 for regression.')

const labels = section({
  source: z
    .enum(LABEL_SOURCES)
    .describe('triple_barrier, regime and context: not yet supported.')
    .default('zigzag'),
  zigzag_threshold: z
    .number()
    .gt(0)
    .lt(1)
    .describe('zigzag: smallest swing, a share.')
    .default(0.02),
  label_lookahead: z.number().describe('zigzag: has no effect and never had.').optional(),
  horizon: bars
    .describe('forward_return: bars ahead (20); also of regime (24) and context (5).')
    .optional(),
  pt_multiplier: factor.describe('triple_barrier.').optional(),
  sl_multiplier: factor.describe('triple_barrier.').optional(),
  max_holding_period: bars.describe('triple_barrier.').optional(),
  vol_span: bars.describe('triple_barrier.').optional(),
  vol_method: z.string().describe('triple_barrier.').optional(),
  compute_weights: z.boolean().describe('triple_barrier.').optional(),
  cusum_threshold: z.number().describe('triple_barrier.').optional(),
  cusum_multiplier: z.number().describe('triple_barrier.').optional(),
  macro_atr_mult: factor.describe('regime.').optional(),
  micro_atr_mult: factor.describe('regime.').optional(),
  atr_period: bars.describe('regime.').optional(),
  vol_lookback: bars.describe('regime.').optional(),
  vol_crisis_threshold: factor.describe('regime.').optional(),
  progression_tolerance: z.number().min(0).max(1).describe('regime.').optional(),
  trending_threshold: z.number().describe('regime.').optional(),
  bullish_threshold: z.number().describe('context.').optional(),
  bearish_threshold: z.number().describe('context.').optional(),
})

const optimizer = z
  .union([
    z.enum(OPTIMIZERS),
    section({
      type: z.enum(OPTIMIZERS).default('adam'),
      momentum: momentum.optional(),
      weight_decay: weightDecay.optional(),
    }),
  ])
  .register(notes, {
    expected: 'one of adam, adamw, sgd or rmsprop',
    remedy: 'write for example adam',
  })

const schedule = z
  .union([
    z.enum(SCHEDULES),
    section({
      type: z.enum(SCHEDULES).register(notes, { remedy: 'write for example type: step' }),
      step_size: z.int().min(1).max(1_000_000).describe('step: epochs (30).').optional(),
      gamma: z.number().gt(0).max(1).describe('step (0.1), exponential (0.95).').optional(),
      factor: z.number().gt(0).lt(1).describe('reduce_on_plateau (0.5).').optional(),
      patience: z.int().min(0).max(1_000_000).describe('reduce_on_plateau: epochs (5).').optional(),
      mode: z.literal('min').describe('reduce_on_plateau.').optional(),
    }),
  ])
  .describe('Of the learning rate, stepped once an epoch. Default: constant.')
  .register(notes, {
    expected: 'one of constant, step, exponential or reduce_on_plateau',
    remedy: 'write for example {type: step, step_size: 30}, or leave it out for a constant rate',
  })

const earlyStopping = section(
  {
    patience: z.int().min(1).max(1_000_000).describe('Epochs without improvement.').default(10),
    min_delta: z.number().min(0).max(1000).describe('What counts as improvement.').default(0.001),
    monitor: z.enum(['val_loss', 'val_accuracy']).default('val_loss'),
  },
  'write for example {patience: 10}, or leave it out to train all epochs',
).describe('Stop when the validation no longer improves. Default: never.')

const share = z.number().gt(0).lt(1)
const dataSplit = section({
  train: share.default(0.7),
  validation: share.default(0.15),
  test: z.number().min(0).lt(1).describe('Default: what the others leave.').optional(),
}).describe('Shares of the labelled bars, in time order.')

const later = (what: string) => z.unknown().describe(`Not yet supported: ${what}.`).optional()

export const training = section(
  {
    labels: labels.prefault({}),
    epochs: z.int().min(1).max(1_000_000).default(100),
    batch_size: z.int().min(1).max(4096).default(32),
    learning_rate: z.number().gt(0).max(10).default(0.001),
    loss: z
      .enum(['cross_entropy', 'focal', 'huber', 'mse'])
      .describe('cross_entropy (default) or focal; for regression huber (default) or mse.')
      .optional(),
    focal_gamma: z.number().min(0).max(100).default(2),
    huber_delta: z.number().gt(0).max(1000).default(0.01),
    optimizer: optimizer.default('adam'),
    momentum: momentum.optional(),
    weight_decay: weightDecay.optional(),
    lr_scheduler: schedule.optional(),
    early_stopping: earlyStopping.optional(),
    gradient_clip: z
      .number()
      .max(1_000_000)
      .describe('Largest global norm of the gradient; 0 or less: no clipping.')
      .register(notes, { expected: 'a number', remedy: 'write 0 for no clipping' })
      .default(1),
    data_split: dataSplit.prefault({}),
    seed: z.int().min(0).max(0xffffffff).default(42),
    purge: later('labels are purged at the borders of the split anyway'),
    embargo: later('an embargo between the slices'),
    checkpoint: later('settings of checkpoints in a strategy'),
    method: ignored('there is one method of training'),
    fitness_metrics: ignored('the validation loss decides'),
    validation_split: ignored('data_split decides'),
    analytics: ignored('every epoch is recorded'),
    progress_update_frequency: ignored('--progress decides'),
  },
  'write for example {epochs: 100, learning_rate: 0.001}',
)
