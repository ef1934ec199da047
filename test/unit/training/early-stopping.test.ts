import { describe, expect, it } from 'vitest'
import { isTrained } from '../../../src/training/train.ts'
import type { EarlyStoppingSettings } from '../../../src/training/training-settings.ts'
import type { EpochRecord } from '../../../src/training/training-state.ts'
import { makeTraining, trainThrough, type TrainingOptions } from '../../support/trainings.ts'

/** The rule, worked out again from the recorded figures: at which epoch must it stop? */
function stopEpoch(
  history: readonly EpochRecord[],
  { patience, minDelta, monitor }: EarlyStoppingSettings,
): number | null {
  let best: number | null = null
  let bad = 0
  for (const { epoch, valLoss, valAccuracy } of history) {
    const score = monitor === 'val_loss' ? -valLoss! : valAccuracy!
    if (best === null || score >= best + minDelta) {
      best = score
      bad = 0
    } else if (++bad === patience) return epoch
  }
  return null
}

function train(earlyStopping: EarlyStoppingSettings | null, options: TrainingOptions = {}) {
  const training = makeTraining({ epochs: 30, ...options, earlyStopping })
  return { state: trainThrough(training), training }
}

/** Nothing is learned at a rate of 0: every epoch has the same figures. */
const CONSTANT = { learningRate: 0 }

describe('early stopping', () => {
  it('hits after `patience` epochs without an improvement', () => {
    for (const patience of [1, 3, 5]) {
      const { state, training } = train({ patience, minDelta: 0.01, monitor: 'val_loss' }, CONSTANT)
      expect(state.history).toHaveLength(1 + patience)
      expect(state.patience).toMatchObject({ badEpochs: patience, stopped: true })
      expect(isTrained(state, training.inputs)).toBe(true)
    }
  })

  it('misses while there is improvement, and the run has all its epochs', () => {
    const { state } = train({ patience: 1, minDelta: -10, monitor: 'val_loss' })
    expect(state.history).toHaveLength(30)
    expect(state.patience).toMatchObject({ badEpochs: 0, stopped: false })
  })

  it('takes an equal score for an improvement when min_delta is 0, as upstream does', () => {
    const { state } = train({ patience: 1, minDelta: 0, monitor: 'val_loss' }, CONSTANT)
    expect(state.patience).toMatchObject({ badEpochs: 0, stopped: false })
  })

  it('off never stops', () => expect(train(null, CONSTANT).state.history).toHaveLength(30))

  it('on the last epoch is a stop as well', () => {
    const stop = { patience: 3, minDelta: 0.01, monitor: 'val_loss' } as const
    const { state } = train(stop, { ...CONSTANT, epochs: 4 })
    expect(state.patience.stopped).toBe(true)
    expect(state.epoch).toBe(4)
  })

  it('watches the figure that it is told to', () => {
    const stop = { patience: 4, minDelta: 1e-6 }
    const data = { rows: 60, batchSize: 10, validationRows: 12 }
    const options = {
      ...data,
      epochs: 60,
      seed: 4,
      learningRate: 0.003,
      activation: 'tanh',
    } as const
    const [loss, accuracy] = (['val_loss', 'val_accuracy'] as const).map(
      (monitor) => train({ ...stop, monitor }, options).state,
    )
    expect(accuracy!.epoch, 'the loss still falls when the accuracy stands').toBeLessThan(
      loss!.epoch,
    )
    expect(accuracy!.patience.stopped).toBe(true)
    expect(accuracy!.patience.bestScore).toBe(
      Math.max(...accuracy!.history.map(({ valAccuracy }) => valAccuracy!)),
    )
  })

  it('stops at the epoch that its rule gives, for every patience, delta and monitor', () => {
    const hits = new Set<boolean>()
    for (const monitor of ['val_loss', 'val_accuracy'] as const)
      for (const patience of [1, 2, 4])
        for (const minDelta of [0, 0.001, 0.05])
          for (const seed of [1, 2, 3]) {
            const options = { seed, learningRate: 0.1, validationRows: 8, epochs: 15 }
            const { history } = train(null, options).state
            const stop = { patience, minDelta, monitor }
            const expected = stopEpoch(history, stop)
            hits.add(expected !== null)
            expect(train(stop, options).state.epoch, JSON.stringify({ ...stop, seed })).toBe(
              expected ?? 15,
            )
          }
    expect(hits, 'some stopped and some did not').toEqual(new Set([true, false]))
  })
})
