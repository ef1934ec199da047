import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/core/hash.ts'
import { bytesOf, type Tensor } from '../../../src/core/snapshot.ts'
import {
  advanceTraining,
  batchesPerEpoch,
  copyTensors,
  isTrained,
  loopPosition,
  makeShuffle,
} from '../../../src/training/train.ts'
import type { TrainingState } from '../../../src/training/training-state.ts'
import {
  anyTraining,
  begin,
  makeTraining,
  trainThrough,
  type SmallTraining,
} from '../../support/trainings.ts'

const hashOf = (tensors: Readonly<Record<string, Tensor>>): string =>
  sha256(...Object.entries(tensors).flatMap(([name, { tensor }]) => [name, bytesOf(tensor)]))

/** Trains epoch by epoch and calls back after each. */
function trainByEpochs(
  training: SmallTraining,
  after: (state: TrainingState) => void,
): TrainingState {
  const state = begin(training)
  const perEpoch = batchesPerEpoch(training.inputs) + 1
  while (!isTrained(state, training.inputs)) {
    advanceTraining(state, training.inputs, (state.epoch + 1) * perEpoch)
    after(state)
  }
  return state
}

describe('the position in the loop', () => {
  it('counts batches and validations, and is reached exactly, for all trainings and targets', () => {
    fc.assert(
      fc.property(anyTraining, fc.nat(40), (training, until) => {
        const { inputs } = training
        const state = begin(training)
        advanceTraining(state, inputs, until)
        if (!isTrained(state, inputs)) expect(loopPosition(state, inputs)).toBe(until)
        expect(state.step, 'every batch is one optimizer step').toBe(
          state.epoch * batchesPerEpoch(inputs) + state.batch,
        )
        expect(state.history.map(({ epoch }) => epoch)).toEqual(
          Array.from({ length: state.epoch }, (_, i) => i + 1),
        )
      }),
    )
  })

  it('does not move any more when the training is done', () => {
    const training = makeTraining({ epochs: 2 })
    const state = trainThrough(training)
    const weights = hashOf(state.network.read().weights)
    advanceTraining(state, training.inputs, Infinity)
    expect([state.epoch, state.batch, state.step]).toEqual([2, 0, 6])
    expect(hashOf(state.network.read().weights)).toBe(weights)
  })
})

describe('an epoch', () => {
  it.each([
    [12, 4, [4, 4, 4]],
    [10, 4, [4, 4, 2]],
    [9, 4, [4, 4, 1]],
    [3, 4, [3]],
  ])('of %i rows in batches of %i has batches of %j', (rows, batchSize, sizes) => {
    const training = makeTraining({ rows, batchSize })
    const state = begin(training)
    const seen: number[] = []
    for (const [i] of sizes.entries()) {
      const before = state.running.rows
      advanceTraining(state, training.inputs, i + 1)
      seen.push(state.running.rows - before)
    }
    expect(seen).toEqual(sizes)
    expect(state.batch).toBe(sizes.length)
    expect(state.epoch, 'its validation is still to come').toBe(0)
    advanceTraining(state, training.inputs, sizes.length + 1)
    expect([state.epoch, state.batch, state.running.rows]).toEqual([1, 0, 0])
  })

  it('weighs its batches by their rows, the ragged last one too', () => {
    // Reference: with a learning rate of 0 the loss of an epoch is the mean over all rows, however they are batched.
    const lossWith = (batchSize: number): number =>
      trainThrough(
        makeTraining({ rows: 11, batchSize, learningRate: 0, loss: { kind: 'mse' }, epochs: 1 }),
      ).history[0]!.trainLoss
    for (const batchSize of [2, 3, 4, 10]) expect(lossWith(batchSize)).toBeCloseTo(lossWith(11), 6)
  })

  it('is recorded with the learning rate that it used', () => {
    const training = makeTraining({
      epochs: 5,
      learningRate: 0.5,
      schedule: { kind: 'step', stepSize: 2, gamma: 0.5 },
    })
    expect(trainThrough(training).history.map(({ learningRate }) => learningRate)).toEqual([
      0.5, 0.5, 0.25, 0.25, 0.125,
    ])
  })
})

describe('the best model', () => {
  it('is that of the lowest validation loss, and a copy (W8)', () => {
    fc.assert(
      fc.property(anyTraining, (training) => {
        const weights: string[] = []
        const state = trainByEpochs(training, ({ network, best }) => {
          weights.push(hashOf(network.read().weights))
          const live = Object.values(network.read().weights).map(({ tensor }) => tensor.buffer)
          for (const { tensor } of Object.values(best?.weights ?? {}))
            expect(live, 'no memory is shared with the live weights').not.toContain(tensor.buffer)
        })
        if (training.inputs.validation.count === 0) {
          expect(state.best).toBeNull()
          return
        }
        const losses = state.history.map(({ valLoss }) => valLoss!)
        const index = losses.indexOf(Math.min(...losses))
        expect(state.best).toMatchObject({
          epoch: index + 1,
          valLoss: losses[index],
          valAccuracy: state.history[index]!.valAccuracy,
        })
        expect(hashOf(state.best!.weights), 'the weights of that very epoch').toBe(weights[index])
      }),
      { numRuns: 200 },
    )
  })

  it('is the first of equals', () => {
    const { best, history } = trainThrough(makeTraining({ learningRate: 0, epochs: 3 }))
    expect(new Set(history.map(({ valLoss }) => valLoss)).size).toBe(1)
    expect(best!.epoch).toBe(1)
  })

  it('copies every tensor with its shape', () => {
    const { weights } = begin(makeTraining()).network.read()
    const copy = copyTensors(weights)
    expect(copy).toStrictEqual(weights)
    weights['layers.0.bias']!.tensor[0] = 99
    expect(copy['layers.0.bias']!.tensor[0]).not.toBe(99)
  })
})

describe('a training without validation rows', () => {
  it('has no validation figures and no best model, and is judged by its training loss', () => {
    const schedule = { kind: 'reduce_on_plateau', factor: 0.5, patience: 0 } as const
    const earlyStopping = { patience: 2, minDelta: 1, monitor: 'val_loss' } as const
    const state = trainThrough(
      makeTraining({
        validationRows: 0,
        schedule,
        earlyStopping,
        learningRate: 0,
        epochs: 9,
        batchSize: 10,
      }),
    )
    expect(state.best).toBeNull()
    for (const { valLoss, valAccuracy } of state.history)
      expect([valLoss, valAccuracy]).toEqual([null, null])
    expect(state.schedule.bestLoss).toBe(state.history[0]!.trainLoss)
    expect(state.patience).toMatchObject({ bestScore: -state.history[0]!.trainLoss, stopped: true })
    expect(state.epoch, 'two epochs without improvement after the first').toBe(3)
  })
})

describe('the shuffle', () => {
  it('takes each row once an epoch, differs by epoch, and is a function of the epoch alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.maxSafeNat(), (rows, seed) => {
        const orderOf = makeShuffle(rows, seed)
        const first = orderOf(3).slice()
        expect(first.toSorted()).toEqual(Int32Array.from({ length: rows }, (_, i) => i))
        orderOf(4)
        expect(orderOf(3), 'whichever was asked for before').toEqual(first)
        expect(makeShuffle(rows, seed)(3)).toEqual(first)
      }),
    )
    const orderOf = makeShuffle(100, 1)
    expect(orderOf(0).slice()).not.toEqual(orderOf(1))
  })
})

describe('a training that diverges', () => {
  it('stops at once and says in which batch', () => {
    const training = makeTraining({ rows: 8, batchSize: 4 })
    const bad = training.inputs.orderOf(0)[5]! // a row of the second batch
    training.inputs.train.features[bad * 2] = NaN
    expect(() => trainThrough(training)).toThrow(
      expect.objectContaining({
        code: 'TRAINING_DIVERGED',
        message: expect.stringMatching(/became NaN in epoch 1, batch 2\.$/),
      }),
    )
  })

  it('is noticed in its validation too', () => {
    const training = makeTraining()
    training.inputs.validation.features.fill(NaN)
    expect(() => trainThrough(training)).toThrow('The validation loss became NaN in epoch 1')
  })
})
