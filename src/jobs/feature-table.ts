// Features, labels and split of each bar as a table: what a training sees, for people to look at.

import type { TableColumn } from '../data/write-table.ts'
import { fitNormalizations } from '../features/feature-matrix.ts'
import type { Normalizations } from '../features/normalize.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { expectRows, labelledRows, type SymbolRows } from './labelled-rows.ts'
import type { MarketData } from './market-data.ts'
import { pathsOf } from './training-data.ts'

export type FeatureTable = {
  /** timestamp, symbol, the features, label, label_name (of classes), label_end, weight (where labels have one), split. */
  readonly columns: readonly TableColumn[]
  readonly rows: number
  readonly features: readonly string[]
  readonly slices: Readonly<Record<Slice, number>>
}

/** Rows that belong to no slice lack a feature or a label, or their label reaches into the next slice. */
export type Slice = 'train' | 'validation' | 'test' | 'purged' | 'incomplete' | 'unlabelled'

type Row = { readonly part: SymbolRows; readonly bar: number; readonly slice: Slice }

/**
 * One row for each bar in the range, symbol after symbol.
 * @param isRaw the features before they are normalised, in float64; else as the network sees them
 * @throws DATA_INVALID when too little is left of a symbol to train on
 */
export function featureTable(strategy: Strategy, data: MarketData, isRaw: boolean): FeatureTable {
  const parts = data.symbols.map((symbol) => labelledRows(strategy, symbol))
  for (const part of parts) expectRows(part, pathsOf(data, part.symbol))
  const normalizations: Normalizations = isRaw
    ? {}
    : fitNormalizations(parts.map(({ features, split }) => ({ features, bars: split.train })))
  const rows = data.symbols.flatMap(({ from }, i) => rowsOf(parts[i]!, from))
  const { ids } = parts[0]!.features
  const { classes, weights } = parts[0]!.labels
  const numbers = (name: string, valueOf: (row: Row) => number): TableColumn => ({
    name,
    values: Float64Array.from(rows, valueOf),
  })
  const texts = (name: string, textOf: (row: Row) => string): TableColumn => ({
    name,
    texts: rows.map(textOf),
  })
  const stamps = (name: string, barOf: (row: Row) => number): TableColumn => ({
    name,
    timestampMs: Float64Array.from(rows, (row) => row.part.bars.timestampMs[barOf(row)] ?? NaN),
  })
  const labelOf = ({ part, bar }: Row): number => part.labels.values[bar]!
  return {
    columns: [
      stamps('timestamp', ({ bar }) => bar),
      texts('symbol', ({ part }) => part.symbol),
      ...ids.map((id, j) => {
        const { offset, scale } = normalizations[id] ?? { offset: 0, scale: 1 }
        const valueOf = ({ part, bar }: Row): number =>
          (part.features.columns[j]![bar]! - offset) * scale
        const values = isRaw ? Float64Array.from(rows, valueOf) : Float32Array.from(rows, valueOf)
        return { name: id, values }
      }),
      numbers('label', labelOf),
      ...(classes.length > 0 ? [texts('label_name', (row) => classes[labelOf(row)] ?? '')] : []),
      stamps('label_end', ({ part, bar }) => part.labels.endBar[bar]!),
      ...(weights ? [numbers('weight', ({ part, bar }) => part.labels.weights![bar]!)] : []),
      texts('split', ({ slice }) => slice),
    ],
    rows: rows.length,
    features: ids,
    slices: countSlices(rows),
  }
}

function rowsOf(part: SymbolRows, from: number): Row[] {
  const { split, labels, labelled, bars } = part
  const slices = new Map<number, Slice>()
  for (const bar of labelled) slices.set(bar, 'purged')
  for (const slice of ['train', 'validation', 'test'] as const)
    for (const bar of split[slice]) slices.set(bar, slice)
  const sliceOf = (bar: number): Slice =>
    slices.get(bar) ?? (Number.isNaN(labels.values[bar]!) ? 'unlabelled' : 'incomplete')
  return Array.from({ length: bars.length - from }, (_, i) => {
    const bar = from + i
    return { part, bar, slice: sliceOf(bar) }
  })
}

function countSlices(rows: readonly Row[]): Record<Slice, number> {
  const counts = { train: 0, validation: 0, test: 0, purged: 0, incomplete: 0, unlabelled: 0 }
  for (const { slice } of rows) counts[slice]++
  return counts
}
