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
    .describe(
      'What the network learns to say: zigzag and triple_barrier signals, the forward_return, or the regime or context of the market.',
    )
    .default('zigzag'),
  zigzag_threshold: z
    .number()
    .gt(0)
    .lt(1)
    .describe('zigzag: smallest swing, a share.')
    .default(0.02),
  label_lookahead: z.number().describe('zigzag: has no effect and never had.').optional(),
  horizon: bars.describe('forward_return (20), context (5): bars ahead.').optional(),
  pt_multiplier: factor.describe('triple_barrier: upper barrier, in volatilities.').default(2),
  sl_multiplier: factor.describe('triple_barrier: lower barrier, in volatilities.').default(1.5),
  max_holding_period: bars.describe('triple_barrier: bars until the last barrier.').default(50),
  vol_span: bars.describe('triple_barrier: span of the mean that is the volatility.').default(50),
  vol_method: z
    .string()
    .describe('triple_barrier: volatility from ranges (atr), or from close to close (close, std).')
    .default('atr'),
  profit_target_atr: factor.describe('triple_barrier: another name of pt_multiplier.').optional(),
  stop_loss_atr: factor.describe('triple_barrier: another name of sl_multiplier.').optional(),
  max_holding_bars: bars.describe('triple_barrier: another name of max_holding_period.').optional(),
  compute_weights: z
    .boolean()
    .describe('triple_barrier: weigh labels by their uniqueness.')
    .default(false),
  cusum_threshold: z
    .number()
    .describe(
      'triple_barrier: only bars at which a CUSUM of log returns passes this; 0 or less: an automatic threshold. Default: all bars.',
    )
    .optional(),
  cusum_multiplier: factor
    .describe('triple_barrier: the automatic threshold, in volatilities.')
    .default(0.5),
  macro_atr_mult: factor.describe('regime: smallest long swing, in ATRs.').default(3),
  micro_atr_mult: factor.describe('regime: smallest short swing, in ATRs.').default(1),
  atr_period: bars.describe('regime: bars of the ATR and of the volatility ahead.').default(14),
  vol_lookback: bars.describe('regime: bars of the usual volatility.').default(120),
  vol_crisis_threshold: factor
    .describe('regime: VOLATILE above this many times the usual volatility.')
    .default(2),
  progression_tolerance: z
    .number()
    .min(0)
    .max(1)
    .describe('regime: share of short swings that must go with a trend.')
    .default(0.5),
  trending_threshold: z.number().describe('regime: has no effect and never had.').optional(),
  bullish_threshold: z
    .number()
    .describe('context: BULLISH above this return over the horizon, a share.')
    .default(0.005),
  bearish_threshold: z
    .number()
    .describe('context: BEARISH below this return over the horizon, a share.')
    .default(-0.005),
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
    z.boolean().describe('false: constant; true names no schedule, so constant too.'),
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
    enabled: z.boolean().describe('false: as if the section were not there.').default(true),
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

const embargo = z
  .union([z.int().min(1).max(1_000_000), share])
  .describe(
    'Bars before each border of the split in which no label may end either; below 1, a share of the rows. Default: none.',
  )
  .register(notes, {
    expected: 'a number of bars from 1, or a share of the rows between 0 and 1',
    remedy: 'write for example 10 or 0.01, or leave it out for none',
  })

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
    embargo: embargo.optional(),
    purge: ignored('rows are always purged by the end of their label'),
    checkpoint: ignored('ktrdr.yaml and the options of ktrdr train decide'),
    method: ignored('there is one method of training'),
    fitness_metrics: ignored('the validation loss decides'),
    validation_split: ignored('data_split decides'),
    analytics: ignored('every epoch is recorded'),
    progress_update_frequency: ignored('--progress decides'),
  },
  'write for example {epochs: 100, learning_rate: 0.001}',
)
