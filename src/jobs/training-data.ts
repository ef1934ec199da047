// Rows to train on: features and labels of each bar that has both, split by time, normalised by the training slice.

import { KtrdrError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { bytesOf } from '../core/snapshot.ts'
import { counted, grouped } from '../core/text.ts'
import { splitByTime, type DataSplit } from '../features/data-split.ts'
import {
  completeBars,
  computeFeatures,
  featureMatrix,
  fitNormalizations,
} from '../features/feature-matrix.ts'
import type { Normalizations } from '../features/normalize.ts'
import type { Labels } from '../labels/label.ts'
import { makeLabels } from '../labels/labels.ts'
import type { ModelManifest, SliceRange } from '../models/model.ts'
import type { Rows } from '../neural/network.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { PriceData } from './price-data.ts'

export type TrainingData = {
  readonly featureIds: readonly string[]
  readonly normalizations: Normalizations
  /** Names of the classes; empty for values. */
  readonly classes: readonly string[]
  readonly train: Rows
  readonly validation: Rows
  readonly test: Rows
  readonly slices: ModelManifest['split']
  /** Stamp of the last bar that a label of training or validation looked at. */
  readonly seenUntilMs: number
  /** SHA-256 of all rows. */
  readonly sha256: string
}

/** @throws DATA_INVALID when too little is left to train on */
export function prepareTrainingData(strategy: Strategy, data: PriceData): TrainingData {
  const { bars, from } = data
  const features = computeFeatures(bars, strategy)
  const labels = makeLabels(bars, strategy.training.labels)
  const labelled = completeBars(features, from, bars.length).filter((bar) => hasLabel(labels, bar))
  const split = splitByTime(labelled, labels, strategy.training.split)
  checkSplit(split, labelled.length, data)

  const normalizations = fitNormalizations(features, split.train)
  const rowsOf = (slice: Int32Array): Rows => ({
    count: slice.length,
    features: featureMatrix(features, normalizations, slice),
    firstRows: null,
    weights: null,
    targets: Float32Array.from(slice, (bar) => labels.values[bar]!),
  })
  const rangeOf = (slice: Int32Array): SliceRange | null =>
    slice.length === 0
      ? null
      : {
          firstMs: bars.timestampMs[slice[0]!]!,
          lastMs: bars.timestampMs[slice.at(-1)!]!,
          rows: slice.length,
        }
  const train = rowsOf(split.train)
  const validation = rowsOf(split.validation)
  const test = rowsOf(split.test)
  return {
    featureIds: features.ids,
    normalizations,
    classes: labels.classes,
    train,
    validation,
    test,
    slices: {
      train: rangeOf(split.train),
      validation: rangeOf(split.validation),
      test: rangeOf(split.test),
    },
    seenUntilMs: bars.timestampMs[lastBarSeen(split, labels)]!,
    sha256: sha256(
      ...[train, validation, test].flatMap((rows) => [
        bytesOf(rows.features),
        bytesOf(rows.targets),
      ]),
    ),
  }
}

/** Validation chooses the epoch, so what its labels looked at counts as seen. */
function lastBarSeen({ train, validation }: DataSplit, { endBar }: Labels): number {
  const ends = [...train, ...validation].map((bar) => endBar[bar]!)
  return ends.reduce((last, end) => Math.max(last, end), 0)
}

function hasLabel({ values }: Labels, bar: number): boolean {
  return !Number.isNaN(values[bar]!)
}

const MINIMUM_TRAINING_ROWS = 2

function checkSplit({ train }: DataSplit, labelled: number, { bars, settings }: PriceData): void {
  if (train.length >= MINIMUM_TRAINING_ROWS) return
  throw new KtrdrError(
    'DATA_INVALID',
    `${settings.path} leaves ${counted(train.length, 'row')} to train on: of ${counted(bars.length, 'bar')} ${grouped(labelled)} have all features and a label.`,
    { suggestions: ['Give more bars, shorter indicator periods, or a smaller label threshold.'] },
  )
}
