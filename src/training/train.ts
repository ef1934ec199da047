// The training loop: `advance(state, inputs, until)` mutates only `state` and returns exactly at `until`.
//
// Words: a *step of the loop* is one batch or one validation; after each of them the state is complete, so each
// is a safe point. An epoch is its batches, then its validation. The loop knows nothing of checkpoints, threads,
// time, signals or disk.

import { permutation, randomStream } from '../core/rng.ts'
import type { Network, Rows } from '../neural/network.ts'
import { beginSchedule, stepSchedule } from '../neural/schedule.ts'
import type { Tensor } from '../core/snapshot.ts'
import { diverged, withPlace } from '../neural/diverged.ts'
import { evaluateLoss, type Loss } from '../neural/loss.ts'
import type { TrainingSettings } from './training-settings.ts'
import type { EpochRecord, TrainingState } from './training-state.ts'

export type TrainingInputs = {
  readonly settings: TrainingSettings
  readonly train: Rows
  readonly validation: Rows
  /** The loss of `settings` with the class weights of the training slice. */
  readonly loss: Loss
  /** Row numbers of the training slice in the order of an epoch. */
  readonly orderOf: (epoch: number) => Int32Array
}

/** The shuffle of each epoch; remembers only the last one asked for. */
export function makeShuffle(rowCount: number, seed: number): (epoch: number) => Int32Array {
  let epochOfOrder = -1
  let order: Int32Array = new Int32Array(0)
  return (epoch) => {
    if (epoch !== epochOfOrder) {
      order = permutation(rowCount, randomStream(seed, 'shuffle', epoch))
      epochOfOrder = epoch
    }
    return order
  }
}

export function batchesPerEpoch(inputs: TrainingInputs): number {
  return Math.ceil(inputs.train.count / inputs.settings.batchSize)
}

export function beginTraining(inputs: TrainingInputs, network: Network): TrainingState {
  return {
    epoch: 0,
    batch: 0,
    step: 0,
    running: { lossTimesRows: 0, correct: 0, rows: 0 },
    schedule: beginSchedule(inputs.settings.learningRate),
    patience: { bestScore: null, badEpochs: 0, stopped: false },
    best: null,
    history: [],
    network,
  }
}

export function isTrained(state: TrainingState, inputs: TrainingInputs): boolean {
  return state.patience.stopped || state.epoch >= inputs.settings.epochs
}

/** Steps of the loop done so far: batches and validations. */
export function loopPosition(state: TrainingState, inputs: TrainingInputs): number {
  return state.epoch * (batchesPerEpoch(inputs) + 1) + state.batch
}

/**
 * Runs the loop up to position `until`, or to the end of the training.
 * @throws TRAINING_DIVERGED; the state is then torn and must be dropped
 */
export function advanceTraining(state: TrainingState, inputs: TrainingInputs, until: number): void {
  try {
    while (!isTrained(state, inputs) && loopPosition(state, inputs) < until) {
      if (state.batch < batchesPerEpoch(inputs)) trainBatch(state, inputs)
      else completeEpoch(state, inputs)
    }
  } catch (error) {
    throw withPlace(error, `epoch ${state.epoch + 1}, batch ${state.batch + 1}`)
  }
}

function trainBatch(state: TrainingState, { settings, orderOf }: TrainingInputs): void {
  const from = state.batch * settings.batchSize
  const batch = orderOf(state.epoch).subarray(from, from + settings.batchSize)
  const { loss, correct } = state.network.trainStep(batch, {
    step: state.step + 1,
    learningRate: state.schedule.learningRate,
  })
  state.step++
  state.batch++
  state.running.lossTimesRows += loss * batch.length
  state.running.correct += correct
  state.running.rows += batch.length
}

/** Validation and all that is decided once an epoch. The order is upstream's (spec §6.4, 3-8). */
function completeEpoch(state: TrainingState, inputs: TrainingInputs): void {
  const { settings } = inputs
  const validation = validate(state.network, inputs)
  const record: EpochRecord = {
    epoch: state.epoch + 1,
    trainLoss: state.running.lossTimesRows / state.running.rows,
    trainAccuracy: state.running.correct / state.running.rows,
    valLoss: validation && validation.loss,
    valAccuracy: validation && validation.accuracy,
    learningRate: state.schedule.learningRate,
  }
  state.history.push(record)
  if (validation && (state.best === null || validation.loss < state.best.valLoss)) {
    const weights = copyTensors(state.network.read().weights)
    state.best = {
      epoch: record.epoch,
      valLoss: validation.loss,
      valAccuracy: validation.accuracy,
      weights,
    }
  }
  stepSchedule(state.schedule, settings.schedule, record.epoch, record.valLoss ?? record.trainLoss)
  if (settings.earlyStopping) stepPatience(state, settings.earlyStopping, record)

  state.epoch++
  state.batch = 0
  state.running = { lossTimesRows: 0, correct: 0, rows: 0 }
}

function validate(
  network: Network,
  { validation, loss }: TrainingInputs,
): { loss: number; accuracy: number } | null {
  const { count } = validation
  if (count === 0) return null
  const outputs = network.predict(validation)
  const result = evaluateLoss(loss, outputs, validation, network.shape.outputs, null)
  if (!Number.isFinite(result.loss)) throw diverged('validation loss', result.loss)
  return { loss: result.loss, accuracy: result.correct / count }
}

/** Improvement: the score (−loss or accuracy) reaches the best so far plus min_delta. */
function stepPatience(
  state: TrainingState,
  settings: NonNullable<TrainingSettings['earlyStopping']>,
  record: EpochRecord,
): void {
  const { patience } = state
  const score =
    settings.monitor === 'val_accuracy'
      ? (record.valAccuracy ?? record.trainAccuracy)
      : -(record.valLoss ?? record.trainLoss)
  if (patience.bestScore === null || score >= patience.bestScore + settings.minDelta) {
    patience.bestScore = score
    patience.badEpochs = 0
    return
  }
  patience.badEpochs++
  patience.stopped = patience.badEpochs >= settings.patience
}

export function copyTensors(tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { tensor, shape }]) => [
      name,
      { tensor: tensor.slice(), shape },
    ]),
  )
}
