import { describe, expect, it } from 'vitest'
import { edited, parsed } from './sample.ts'

describe('training settings', () => {
  const withTraining = (lines: string) => parsed(edited(['epochs: 60', lines])).training

  it.each([
    ['optimizer: adamw', { kind: 'adamw', weightDecay: 0.0001 }],
    ['optimizer: sgd', { kind: 'sgd', momentum: 0.9, weightDecay: 0.0001 }],
    ['optimizer: sgd\n  momentum: 0.5', { kind: 'sgd', momentum: 0.5, weightDecay: 0.0001 }],
    ['optimizer: { type: sgd, momentum: 0 }', { kind: 'sgd', momentum: 0, weightDecay: 0.0001 }],
    ['optimizer: rmsprop\n  weight_decay: 0', { kind: 'rmsprop', weightDecay: 0 }],
    ['optimizer: { weight_decay: 0.01 }', { kind: 'adam', weightDecay: 0.01 }],
  ])('%s is honoured', (lines, optimizer) => {
    expect(withTraining(lines).optimizer, 'the optimizer').toEqual(optimizer)
  })

  it.each([
    ['lr_scheduler: step', { kind: 'step', stepSize: 30, gamma: 0.1 }],
    ['lr_scheduler: exponential', { kind: 'exponential', gamma: 0.95 }],
    ['lr_scheduler: reduce_on_plateau', { kind: 'reduce_on_plateau', factor: 0.5, patience: 5 }],
    ['lr_scheduler: constant', { kind: 'constant' }],
    [
      'lr_scheduler: { type: step, step_size: 7, gamma: 0.3 }',
      { kind: 'step', stepSize: 7, gamma: 0.3 },
    ],
    [
      'lr_scheduler: { type: reduce_on_plateau, factor: 0.2, patience: 3, mode: min }',
      { kind: 'reduce_on_plateau', factor: 0.2, patience: 3 },
    ],
  ])('%s has the defaults of upstream’s trainer', (lines, schedule) => {
    expect(withTraining(lines).schedule, 'the schedule').toEqual(schedule)
  })

  it('honours early stopping, clipping, the seed and the loss', () => {
    expect(withTraining('early_stopping: {}').earlyStopping, 'defaults').toEqual({
      patience: 10,
      minDelta: 0.001,
      monitor: 'val_loss',
    })
    expect(withTraining('gradient_clip: 0').clipNorm, '0 disables clipping').toBeNull()
    expect(withTraining('gradient_clip: 2.5').clipNorm, 'a norm').toBe(2.5)
    expect(withTraining('seed: 7').seed, 'the seed').toBe(7)
    expect(withTraining('loss: focal').loss, 'focal').toEqual({ kind: 'focal', gamma: 2 })
  })

  it('gives regression its own defaults: Huber, no weight decay', () => {
    const text = edited(
      [
        'output_format: classification\n  confidence_threshold: 0.55',
        'output_format: regression\n  cost_model: { round_trip_cost: 0.002, min_edge_multiplier: 2 }',
      ],
      ['source: zigzag, zigzag_threshold: 0.012', 'source: forward_return'],
    )
    expect(parsed(text).training, 'training').toMatchObject({
      labels: { source: 'forward_return', horizon: 20 },
      loss: { kind: 'huber', delta: 0.01 },
      optimizer: { kind: 'adam', weightDecay: 0 },
    })
    expect(parsed(text).decisions, 'decisions').toMatchObject({
      outputFormat: 'regression',
      roundTripCost: 0.002,
      minEdgeMultiplier: 2,
    })
  })

  it('tests on what training and validation leave', () => {
    const split = (shares: string) =>
      parsed(edited(['{ train: 0.7, validation: 0.15, test: 0.15 }', shares])).training.split
    expect(split('{ train: 0.6 }'), 'the remainder').toEqual({
      train: 0.6,
      validation: 0.15,
      test: 0.25,
    })
    expect(split('{ train: 0.8, validation: 0.2 }'), 'nothing').toMatchObject({ test: 0 })
  })

  it('has an embargo only when the file asks for one', () => {
    expect(withTraining('embargo: 12').split.embargo, 'bars').toBe(12)
    expect(withTraining('embargo: 0.02').split.embargo, 'a share').toBe(0.02)
    expect(withTraining('epochs: 60').split, 'none').not.toHaveProperty('embargo')
  })
})
