// Features and labels of one symbol, and which of its bars train, validate and test.

import { KtrdrError } from '../core/errors.ts'
import { counted, grouped } from '../core/text.ts'
import type { Bars } from '../data/bars.ts'
import { splitByTime, type DataSplit } from '../features/data-split.ts'
import { completeBars, computeFeatures, type FeatureColumns } from '../features/feature-matrix.ts'
import type { Labels } from '../labels/label.ts'
import { makeLabels } from '../labels/labels.ts'
import type { ModelSettings, Strategy } from '../strategy/strategy.ts'
import type { Resources } from './job.ts'
import type { SymbolData } from './market-data.ts'

export type SymbolRows = {
  readonly symbol: string
  readonly bars: Bars
  readonly features: FeatureColumns
  readonly labels: Labels
  /** Bars that have a whole window of features and a label, ascending. */
  readonly labelled: Int32Array
  readonly split: DataSplit
}

/** Labels are those of the base timeframe (C20), one a bar: they and the features are joined by the bar, never by length. */
export function labelledRows(
  strategy: Strategy,
  data: SymbolData,
  tell?: Resources['tell'],
): SymbolRows {
  const { symbol, market, bars, from } = data
  tell?.('computing features')
  const features = computeFeatures(market, strategy)
  tell?.('making labels')
  const labels = makeLabels(bars, strategy.training.labels)
  const labelled = completeBars(features, from, bars.length, windowsOf(strategy)).filter(
    (bar) => !Number.isNaN(labels.values[bar]!),
  )
  const split = splitByTime(labelled, labels, strategy.training.split)
  return { symbol, bars, features, labels, labelled, split }
}

/** Which bars a sample of the network is made from. */
export function windowsOf({ model, historyRequired }: Strategy): {
  length: number
  history: number
} {
  return { length: barsOfSample(model), history: historyRequired ?? 0 }
}

function barsOfSample(model: ModelSettings): number {
  return model.type === 'mlp' ? 1 : model.sequenceLength
}

const MINIMUM_TRAINING_ROWS = 2

/** @throws DATA_INVALID when too little is left to train on */
export function expectRows({ bars, labelled, split }: SymbolRows, path: string): void {
  if (split.train.length >= MINIMUM_TRAINING_ROWS) return
  throw new KtrdrError(
    'DATA_INVALID',
    `${path} leaves ${counted(split.train.length, 'row')} to train on: of ${counted(bars.length, 'bar')} ${grouped(labelled.length)} have all features and a label.`,
    {
      suggestions: [
        'Give more bars, or a strategy that needs less: shorter indicator periods, sequence_length or history_required, a smaller label threshold.',
      ],
    },
  )
}
