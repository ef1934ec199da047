// Ways to break training, and the exact lines that the author reads.

import { describe } from 'vitest'
import { itTells } from './broken-files.ts'

describe('training, broken', () => {
  itTells([
    {
      what: 'a misspelt label source',
      edits: [['source: zigzag', 'source: zig_zag']],
      lines: [
        '34:21 training.labels.source: expected one of zigzag, forward_return, triple_barrier, regime or context, was "zig_zag"; did you mean "zigzag"?',
      ],
    },
    {
      what: 'forecast labels for classes',
      edits: [['source: zigzag, zigzag_threshold: 0.012', 'source: forward_return']],
      lines: [
        '34:21 training.labels.source: forward_return labels need output_format: regression; or write source: zigzag',
      ],
    },
    {
      what: 'classes of the market for a forecast',
      edits: [
        [
          'output_format: classification\n  confidence_threshold: 0.55',
          'output_format: regression\n  cost_model: { round_trip_cost: 0.002, min_edge_multiplier: 2 }',
        ],
        ['source: zigzag, zigzag_threshold: 0.012', 'source: regime'],
      ],
      lines: [
        '34:21 training.labels.source: must be forward_return for regression, was regime; write source: forward_return',
      ],
    },
    {
      what: 'a barrier at the entry',
      edits: [
        ['source: zigzag, zigzag_threshold: 0.012', 'source: triple_barrier, pt_multiplier: 0'],
      ],
      lines: [
        '34:52 training.labels.pt_multiplier: expected a number above 0 and at most 1000, was 0',
      ],
    },
    {
      what: 'a tolerance above the whole',
      edits: [
        ['source: zigzag, zigzag_threshold: 0.012', 'source: regime, progression_tolerance: 2'],
      ],
      lines: ['34:52 training.labels.progression_tolerance: expected a number from 0 to 1, was 2'],
    },
    {
      what: 'a context that is bullish and bearish',
      edits: [
        [
          'source: zigzag, zigzag_threshold: 0.012',
          'source: context, bullish_threshold: 0.001, bearish_threshold: 0.002',
        ],
      ],
      lines: [
        '34:75 training.labels.bearish_threshold: bearish_threshold 0.002 is above bullish_threshold 0.001; no bar can be both: write bearish_threshold ≤ bullish_threshold',
      ],
    },
    {
      what: 'a bullish threshold below the bearish one that is not given',
      edits: [
        ['source: zigzag, zigzag_threshold: 0.012', 'source: context, bullish_threshold: -1'],
      ],
      lines: [
        '34:49 training.labels.bullish_threshold: bearish_threshold -0.005 is above bullish_threshold -1; no bar can be both: write bearish_threshold ≤ bullish_threshold',
      ],
    },
    {
      what: 'a swing of 120 %',
      edits: [['0.012', '1.2']],
      lines: [
        '34:47 training.labels.zigzag_threshold: expected a number above 0 and below 1, was 1.2',
      ],
    },
    {
      what: 'a horizon of nothing',
      edits: [
        [
          'output_format: classification\n  confidence_threshold: 0.55',
          'output_format: regression\n  cost_model: { round_trip_cost: 0.002, min_edge_multiplier: 2 }',
        ],
        ['source: zigzag, zigzag_threshold: 0.012', 'source: forward_return, horizon: 0'],
      ],
      lines: ['34:46 training.labels.horizon: expected an integer from 1 to 100000, was 0'],
    },
    {
      what: 'no epochs',
      edits: [['epochs: 60', 'epochs: 0']],
      lines: ['35:11 training.epochs: expected an integer from 1 to 1000000, was 0'],
    },
    {
      what: 'half an epoch',
      edits: [['epochs: 60', 'epochs: 1.5']],
      lines: ['35:11 training.epochs: expected an integer from 1 to 1000000, was 1.5'],
    },
    {
      what: 'a batch that is too big',
      edits: [['batch_size: 64', 'batch_size: 5000']],
      lines: ['36:15 training.batch_size: expected an integer from 1 to 4096, was 5000'],
    },
    {
      what: 'a loss of the other format',
      edits: [['epochs: 60', 'loss: huber']],
      lines: ['35:9 training.loss: must be cross_entropy or focal for classification, was "huber"'],
    },
    {
      what: 'a loss for classes under a forecast',
      edits: [
        [
          'output_format: classification\n  confidence_threshold: 0.55',
          'output_format: regression\n  cost_model: { round_trip_cost: 0.002, min_edge_multiplier: 2 }',
        ],
        ['source: zigzag, zigzag_threshold: 0.012', 'source: forward_return'],
        ['epochs: 60', 'loss: focal'],
      ],
      lines: ['35:9 training.loss: must be huber or mse for regression, was "focal"'],
    },
    {
      what: 'a misspelt optimizer',
      edits: [['epochs: 60', 'optimizer: adamm']],
      lines: [
        '35:14 training.optimizer: expected one of adam, adamw, sgd or rmsprop, was "adamm"; did you mean "adam"?',
      ],
    },
    {
      what: 'a momentum of 1',
      edits: [['epochs: 60', 'optimizer: { type: sgd, momentum: 1 }']],
      lines: ['35:37 training.optimizer.momentum: expected a number at least 0 and below 1, was 1'],
    },
    {
      what: 'a learning rate inside the optimizer',
      edits: [['epochs: 60', 'optimizer: { type: sgd, learning_rate: 0.1 }']],
      lines: [
        '35:27 training.optimizer.learning_rate: is not a key of the format; it belongs in training',
      ],
    },
    {
      what: 'a momentum in two places',
      edits: [['epochs: 60', 'optimizer: { type: sgd, momentum: 0.8 }\n  momentum: 0.9']],
      lines: ['36:13 training.momentum: is given in training.optimizer too; keep one of the two'],
    },
    {
      what: 'a schedule that is a number',
      edits: [['epochs: 60', 'lr_scheduler: 30']],
      lines: [
        '35:17 training.lr_scheduler: expected one of constant, step, exponential or reduce_on_plateau, was 30; write for example {type: step, step_size: 30}, or leave it out for a constant rate',
      ],
    },
    {
      what: 'early stopping that is perhaps enabled',
      edits: [['epochs: 60', 'early_stopping: { enabled: yes }']],
      lines: [
        '35:30 training.early_stopping.enabled: expected true or false, was "yes"; write true',
      ],
    },
    ...(
      [
        ['profit_target_atr', 'pt_multiplier', 55],
        ['stop_loss_atr', 'sl_multiplier', 55],
        ['max_holding_bars', 'max_holding_period', 60],
      ] as const
    ).map(([key, meant, column]) => ({
      what: `${key} beside ${meant}`,
      edits: [
        [
          'source: zigzag, zigzag_threshold: 0.012',
          `source: triple_barrier, ${meant}: 5, ${key}: 5`,
        ],
      ] as const,
      lines: [
        `34:${column} training.labels.${key}: means ${meant}, which is given too; keep one of the two`,
      ],
    })),
    {
      what: 'a barrier of another name at the entry',
      edits: [
        ['source: zigzag, zigzag_threshold: 0.012', 'source: triple_barrier, stop_loss_atr: 0'],
      ],
      lines: [
        '34:52 training.labels.stop_loss_atr: expected a number above 0 and at most 1000, was 0',
      ],
    },
    {
      what: 'a loss by its name elsewhere',
      edits: [['epochs: 60', 'loss_function: focal\n  focal_gamma: 1.5']],
      lines: ['35:3 training.loss_function: is not a key of the format; did you mean "loss"?'],
    },
    {
      what: 'a learning rate by its name elsewhere',
      edits: [['learning_rate: 0.0007', 'lr: 0.0007']],
      lines: ['37:3 training.lr: is not a key of the format; did you mean "learning_rate"?'],
    },
    {
      what: 'early stopping that is true',
      edits: [['epochs: 60', 'early_stopping: true']],
      lines: [
        '35:19 training.early_stopping: expected a mapping, was true; write for example {patience: 10}, or leave it out to train all epochs',
      ],
    },
    {
      what: 'clipping that is true',
      edits: [['epochs: 60', 'gradient_clip: true']],
      lines: ['35:18 training.gradient_clip: expected a number, was true; write 0 for no clipping'],
    },
    {
      what: 'shares that exceed the whole',
      edits: [['train: 0.7', 'train: 0.8']],
      lines: ['38:15 training.data_split: train 0.8 + validation 0.15 + test 0.15 is more than 1'],
    },
    {
      what: 'an empty training slice',
      edits: [['train: 0.7', 'train: 0']],
      lines: ['38:24 training.data_split.train: expected a number above 0 and below 1, was 0'],
    },
    ...[0, 1.5, -3].map((embargo) => ({
      what: `an embargo of ${embargo}`,
      edits: [['epochs: 60', `embargo: ${embargo}`]] as const,
      lines: [
        `35:12 training.embargo: expected a number of bars from 1, or a share of the rows between 0 and 1, was ${embargo}; write for example 10 or 0.01, or leave it out for none`,
      ],
    })),
    {
      what: 'an embargo in quotes',
      edits: [['epochs: 60', 'embargo: "5"']],
      lines: [
        '35:12 training.embargo: expected a number of bars from 1, or a share of the rows between 0 and 1, was "5"; write 5 without quotes',
      ],
    },
    {
      what: 'an embargo on all of validation',
      edits: [['epochs: 60', 'embargo: 0.15']],
      lines: [
        '35:12 training.embargo: 0.15 of the rows is all of data_split.validation (0.15); write a smaller share, or a number of bars',
      ],
    },
    {
      what: 'an embargo on all of training',
      edits: [
        ['epochs: 60', 'embargo: 0.25'],
        ['train: 0.7, validation: 0.15, test: 0.15', 'train: 0.2, validation: 0.3'],
      ],
      lines: [
        '35:12 training.embargo: 0.25 of the rows is all of data_split.train (0.2); write a smaller share, or a number of bars',
      ],
    },
    {
      what: 'a negative seed',
      edits: [['epochs: 60', 'seed: -1']],
      lines: ['35:9 training.seed: expected an integer from 0 to 4294967295, was -1'],
    },
  ])
})
