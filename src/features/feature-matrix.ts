// From bars to what the network sees. Training and backtest both come here, so that a feature of a bar is the same
// bytes in both (W3, W6). Columns are computed once, over all bars that are there, in float64; the matrix is float32.
//
// A bar is *complete* when every feature of it is a number, and a window when all its bars are. The leading incomplete bars are the warm-up; later ones
// (say, a ratio to a zero volume) are left out of training and hold in a backtest.

import type { Timeframe } from '../data/bars.ts'
import { fuzzify } from '../fuzzy/fuzzify.ts'
import type { IndicatorRef } from '../indicators/indicator.ts'
import {
  featureIds,
  normalizationMethods,
  type FeaturePlan,
  type NetworkInput,
  type NormalizationMethods,
} from './feature-plan.ts'
import { frameColumns } from './frame-columns.ts'
import { baseBars, closesMs, lastKnown, valuesAt, type Market } from './market.ts'
import { fitNormalization, type Normalizations } from './normalize.ts'

/** Part of the fingerprint: it changes whenever a bit of a feature would. */
export const ARITHMETIC = 'features-v1'

export type FeatureColumns = {
  /** Feature ids in canonical order. */
  readonly ids: readonly string[]
  /** One column a feature, one value a bar, before normalisation. */
  readonly columns: readonly Float64Array[]
  /** By feature id, for the raw inputs that ask for one. */
  readonly normalizations: NormalizationMethods
}

/** One row for each bar of the base timeframe. What other timeframes show is what was known when that bar closed. */
export function computeFeatures(market: Market, plan: FeaturePlan): FeatureColumns {
  const { baseTimeframe, frames } = market
  const uses = new Map(plan.indicators.map((use) => [use.id, use]))
  const sets = new Map(plan.fuzzySets.map((set) => [set.id, set]))
  const columnsOf = frameColumns(market)
  const columnOf = (timeframe: Timeframe, { indicatorId, output }: IndicatorRef): Float64Array =>
    columnsOf(timeframe, uses.get(indicatorId)!)[output]!
  const columnsOfInput = (input: NetworkInput, timeframe: Timeframe): Float64Array[] => {
    if (input.kind === 'raw') return [columnOf(timeframe, input.indicator)]
    const set = sets.get(input.fuzzySetId)!
    return fuzzify(set, columnOf(timeframe, set.indicator))
  }
  const closes = closesMs(baseBars(market), baseTimeframe)
  const rows = new Map<Timeframe, Int32Array>()
  const rowsOf = (timeframe: Timeframe): Int32Array => {
    const known =
      rows.get(timeframe) ?? lastKnown(closesMs(frames.get(timeframe)!, timeframe), closes)
    rows.set(timeframe, known)
    return known
  }

  const columns = plan.inputs.flatMap((input) =>
    input.timeframes.flatMap((timeframe) => {
      const own = columnsOfInput(input, timeframe)
      if (timeframe === baseTimeframe) return own
      return own.map((column) => valuesAt(column, rowsOf(timeframe)))
    }),
  )
  return { ids: featureIds(plan), columns, normalizations: normalizationMethods(plan) }
}

export type Windows = {
  /** Bars that one sample is made from; the last of them gives it its place in time. */
  readonly length: number
  /** Bars at the beginning of the data that no window may hold. */
  readonly history: number
}

const SINGLE_BARS: Windows = { length: 1, history: 0 }

/** Bars of [from, to) that end a window whose features are all numbers, ascending. */
export function completeBars(
  { columns }: FeatureColumns,
  from: number,
  to: number,
  { length, history }: Windows = SINGLE_BARS,
): Int32Array {
  const complete = new Int32Array(Math.max(0, to - from))
  let count = 0
  let run = 0 // complete bars up to here, without a gap
  for (let bar = Math.max(history, from - length + 1); bar < to; bar++) {
    run = columns.every((column) => !Number.isNaN(column[bar]!)) ? run + 1 : 0
    if (bar >= from && run >= length) complete[count++] = bar
  }
  return complete.slice(0, count)
}

/** The rows of one symbol that normalisation is fitted on. */
export type FittedRows = { readonly features: FeatureColumns; readonly bars: Int32Array }

/** @param parts complete bars of the training slice of each symbol; all have the same features */
export function fitNormalizations(parts: readonly FittedRows[]): Normalizations {
  const { ids, normalizations } = parts[0]!.features
  return Object.fromEntries(
    Object.entries(normalizations).map(([id, method]) => {
      const values = parts.flatMap(({ features, bars }) => {
        const column = features.columns[ids.indexOf(id)]!
        return Array.from(bars, (bar) => column[bar]!)
      })
      return [id, fitNormalization(method, Float64Array.from(values))]
    }),
  )
}

/** The rows of `bars`, row-major `bars.length` × features, normalised, in float32. */
export function featureMatrix(
  features: FeatureColumns,
  normalizations: Normalizations,
  bars: Int32Array,
): Float32Array {
  const width = features.columns.length
  const matrix = new Float32Array(bars.length * width)
  for (const [j, column] of features.columns.entries()) {
    const { offset, scale } = normalizations[features.ids[j]!] ?? { offset: 0, scale: 1 }
    for (let i = 0; i < bars.length; i++)
      matrix[i * width + j] = (column[bars[i]!]! - offset) * scale
  }
  return matrix
}
