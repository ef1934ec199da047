// Samples to train on: those of each symbol, split by time for itself, then joined slice by slice (W1), and normalised by
// the training slice.

import { sha256 } from '../core/hash.ts'
import { bytesOf } from '../core/snapshot.ts'
import type { DataSplit } from '../features/data-split.ts'
import { fitNormalizations } from '../features/feature-matrix.ts'
import type { Normalizations } from '../features/normalize.ts'
import { joinSamples, makeSamples } from '../features/samples.ts'
import type { ModelManifest, SliceRange } from '../models/model.ts'
import type { Rows } from '../neural/network.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { Resources } from './job.ts'
import { expectRows, labelledRows, windowsOf, type SymbolRows } from './labelled-rows.ts'
import type { MarketData } from './market-data.ts'

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

type SliceName = keyof DataSplit

/** @throws DATA_INVALID when too little is left of a symbol to train on */
export function prepareTrainingData(
  strategy: Strategy,
  data: MarketData,
  tell?: Resources['tell'],
): TrainingData {
  const symbols = labelledSymbols(strategy, data, tell)
  const { ids } = symbols[0]!.features
  const normalizations = normalizationsOf(symbols)
  const rowsOf = (slice: SliceName): Rows => sliceRows(strategy, symbols, normalizations, slice)
  const train = rowsOf('train')
  const validation = rowsOf('validation')
  const test = rowsOf('test')
  return {
    featureIds: ids,
    normalizations,
    classes: symbols[0]!.labels.classes,
    train,
    validation,
    test,
    slices: {
      train: rangeOf(symbols, 'train'),
      validation: rangeOf(symbols, 'validation'),
      test: rangeOf(symbols, 'test'),
    },
    seenUntilMs: Math.max(...symbols.map(lastSeenMs)),
    sha256: sha256(...[train, validation, test].flatMap(bytesOfRows)),
  }
}

/** @throws DATA_INVALID when too little is left of a symbol to train on */
export function labelledSymbols(
  strategy: Strategy,
  data: Pick<MarketData, 'symbols' | 'settings'>,
  tell?: Resources['tell'],
): SymbolRows[] {
  const symbols = data.symbols.map((symbol) => labelledRows(strategy, symbol, tell))
  tell?.('normalising features')
  for (const rows of symbols) expectRows(rows, pathsOf(data, rows.symbol))
  return symbols
}

export function normalizationsOf(symbols: readonly SymbolRows[]): Normalizations {
  return fitNormalizations(symbols.map(({ features, split }) => ({ features, bars: split.train })))
}

export function sliceRows(
  strategy: Strategy,
  symbols: readonly SymbolRows[],
  normalizations: Normalizations,
  slice: SliceName,
): Rows {
  const { length: windowLength } = windowsOf(strategy)
  return {
    ...joinSamples(
      symbols.map(({ features, split }) =>
        makeSamples(features, normalizations, split[slice], windowLength),
      ),
      symbols[0]!.features.ids.length,
    ),
    targets: joined(symbols, slice, ({ values }) => values)!,
    // Weights teach; what judges counts every row alike.
    weights: slice === 'train' ? joined(symbols, slice, ({ weights }) => weights) : null,
  }
}

/** Of the files of a symbol, for messages. */
export function pathsOf({ settings }: Pick<MarketData, 'settings'>, symbol: string): string {
  const own = settings.filter((file) => file.symbol === symbol)
  return own.map(({ path }) => path).join(', ')
}

/** A column of the labels at the rows of a slice, symbol after symbol; null when the labels have none. */
function joined(
  symbols: readonly SymbolRows[],
  slice: SliceName,
  columnOf: (labels: SymbolRows['labels']) => Float64Array | null,
): Float32Array | null {
  const column = new Float32Array(symbols.reduce((sum, { split }) => sum + split[slice].length, 0))
  let row = 0
  for (const { labels, split } of symbols) {
    const values = columnOf(labels)
    if (!values) return null
    for (const bar of split[slice]) column[row++] = values[bar]!
  }
  return column
}

function rangeOf(symbols: readonly SymbolRows[], slice: SliceName): SliceRange | null {
  const used = symbols.filter(({ split }) => split[slice].length > 0)
  if (used.length === 0) return null
  const stamps = (at: 0 | -1): number[] =>
    used.map(({ bars, split }) => bars.timestampMs[split[slice].at(at)!]!)
  return {
    firstMs: Math.min(...stamps(0)),
    lastMs: Math.max(...stamps(-1)),
    rows: used.reduce((sum, { split }) => sum + split[slice].length, 0),
  }
}

/** Validation chooses the epoch, so what its labels looked at counts as seen. */
function lastSeenMs({ bars, labels, split }: SymbolRows): number {
  let last = 0
  for (const slice of [split.train, split.validation])
    for (const bar of slice) last = Math.max(last, labels.endBar[bar]!)
  return bars.timestampMs[last]!
}

function bytesOfRows({ features, targets, firstRows, weights }: Rows): Uint8Array[] {
  return [features, targets, ...(firstRows ? [firstRows] : []), ...(weights ? [weights] : [])].map(
    bytesOf,
  )
}
