// What is necessary and sufficient to continue a training: this type, and nothing else, is checkpointed. Another
// layout is another `stateVersion` of the job.
//
// Not in it, because they are pure functions of the settings and the position: the shuffle of an epoch and the
// dropout masks (counter-based streams), and the validation pass, which starts again from its first row.

import type { Tensor } from '../core/snapshot.ts'
import {
  boolean,
  fields,
  listOf,
  number,
  orNull,
  tensorsLike,
  type Reader,
} from '../core/state-fields.ts'
import type { Network, NetworkState } from '../neural/network.ts'
import type { ScheduleState } from '../neural/schedule.ts'

export type EpochRecord = {
  /** Completed epochs, 1-based (C15). */
  readonly epoch: number
  readonly trainLoss: number
  readonly trainAccuracy: number
  /** null when nothing is held out for validation. */
  readonly valLoss: number | null
  readonly valAccuracy: number | null
  /** The rate that was used in this epoch. */
  readonly learningRate: number
}

export type BestModel = {
  readonly epoch: number
  readonly valLoss: number
  readonly valAccuracy: number
  /** A copy: the live weights go on changing (W8). */
  readonly weights: Readonly<Record<string, Tensor>>
}

export type TrainingState = {
  /** Completed epochs, validation included. */
  epoch: number
  /** Batches done in the current epoch. When all are done, its validation is due. */
  batch: number
  /** Optimizer steps in the whole run: those of the completed epochs and `batch`, so no checkpoint holds it. */
  step: number
  /** Sums over the batches of the current epoch. */
  running: { lossTimesRows: number; correct: number; rows: number }
  schedule: ScheduleState
  patience: { bestScore: number | null; badEpochs: number; stopped: boolean }
  best: BestModel | null
  history: EpochRecord[]
  network: Network
}

/** The state as plain data; the network gives its tensors as `model` and `optimizer`. */
export type EncodedTrainingState = Omit<TrainingState, 'network'> & {
  readonly model: NetworkState['weights']
  readonly optimizer: NetworkState['slots']
}

export function encodeTrainingState({ network, ...rest }: TrainingState): EncodedTrainingState {
  const { weights, slots } = network.read()
  return { ...rest, model: weights, optimizer: slots }
}

/**
 * @param network freshly created with the settings of the run; its tensors are overwritten
 * @throws CHECKPOINT_CORRUPT naming the field that is missing, unknown or of another kind
 */
export function decodeTrainingState(
  encoded: object,
  network: Network,
  batchesPerEpoch: number,
): TrainingState {
  const { step: _, ...saved } = encoded as { readonly step?: unknown } // ktrdr 0.1.0 has saved it
  const { epoch, batch, model, optimizer, ...rest } = stateOf(network)(saved, '')
  network.write({ weights: model, slots: optimizer })
  return { epoch, batch, step: epoch * batchesPerEpoch + batch, ...rest, network }
}

const epochRecord = fields<EpochRecord>({
  epoch: number,
  trainLoss: number,
  trainAccuracy: number,
  valLoss: orNull(number),
  valAccuracy: orNull(number),
  learningRate: number,
})

function stateOf(network: Network): Reader<Omit<EncodedTrainingState, 'step'>> {
  const { weights, slots } = network.read()
  const model = tensorsLike(weights)
  return fields({
    epoch: number,
    batch: number,
    running: fields({ lossTimesRows: number, correct: number, rows: number }),
    schedule: fields({ learningRate: number, bestLoss: orNull(number), badEpochs: number }),
    patience: fields({ bestScore: orNull(number), badEpochs: number, stopped: boolean }),
    best: orNull(fields({ epoch: number, valLoss: number, valAccuracy: number, weights: model })),
    history: listOf(epochRecord),
    model,
    optimizer: tensorsLike(slots),
  })
}
