// How a network is trained: the `training` section of a strategy, defaults filled in.

import type { LabelSettings } from '../labels/label.ts'
import type { LossSettings, OptimizerSettings } from '../neural/network.ts'
import type { ScheduleSettings } from '../neural/schedule.ts'

export type EarlyStoppingSettings = {
  readonly patience: number
  readonly minDelta: number
  readonly monitor: 'val_loss' | 'val_accuracy'
}

/** Shares of the labelled rows in time order; they sum to 1. */
export type SplitSettings = {
  readonly train: number
  readonly validation: number
  readonly test: number
  /** Rows left out at each border: a number of bars, or below 1 a share of all rows; absent = none. */
  readonly embargo?: number
  /** What comes after the last row is held back: a border, too. */
  readonly isFollowed?: boolean
}

export type TrainingSettings = {
  readonly labels: LabelSettings
  readonly loss: LossSettings
  readonly optimizer: OptimizerSettings
  readonly schedule: ScheduleSettings
  readonly earlyStopping: EarlyStoppingSettings | null
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** Global L2 norm of the gradient; null = no clipping. */
  readonly clipNorm: number | null
  readonly split: SplitSettings
  readonly seed: number
}
