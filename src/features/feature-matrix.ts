// From bars to what the network sees. Training and backtest both come here, so that a feature of a bar is the same
// bytes in both (W3, W6). Columns are computed once, over all bars that are there, in float64; the matrix is float32.
//
// A bar is *complete* when every feature of it is a number. The leading incomplete bars are the warm-up; later ones
// (say, a ratio to a zero volume) are left out of training and hold in a backtest.

import type { Bars } from '../data/bars.ts'
import { fuzzify } from '../fuzzy/fuzzify.ts'
import { computeIndicator } from '../indicators/compute.ts'
import { featureIds, type FeaturePlan, type Normalization } from './feature-plan.ts'
import { fitNormalization, type Normalizations } from './normalize.ts'

/** Part of the fingerprint: it changes whenever a bit of a feature would. */
export const ARITHMETIC = 'features-v1'

export type FeatureColumns = {
  /** Feature ids in canonical order. */
  readonly ids: readonly string[]
  /** One column a feature, one value a bar, before normalisation. */
  readonly columns: readonly Float64Array[]
  /** By feature id, for the raw inputs that ask for one. */
  readonly normalizations: Readonly<Record<string, Exclude<Normalization, 'none'>>>
}

export function computeFeatures(bars: Bars, plan: FeaturePlan): FeatureColumns {
  const outputs = new Map(plan.indicators.map((use) => [use.id, computeIndicator(bars, use)]))
  const columnOf = (indicatorId: string, output: number): Float64Array =>
    outputs.get(indicatorId)![output]!

  const sets = new Map(plan.fuzzySets.map((set) => [set.id, set]))
  const columns = plan.inputs.flatMap((input) => {
    if (input.kind === 'raw') return [columnOf(input.indicator.indicatorId, input.indicator.output)]
    const set = sets.get(input.fuzzySetId)!
    return fuzzify(set, columnOf(set.indicator.indicatorId, set.indicator.output))
  })
  const ids = featureIds(plan)
  const normalizations = plan.inputs.flatMap((input) =>
    input.kind === 'raw' && input.normalization !== 'none'
      ? featureIds({ ...plan, inputs: [input] }).map((id) => [id, input.normalization] as const)
      : [],
  )
  return {
    ids,
    columns,
    normalizations: Object.fromEntries(normalizations) as FeatureColumns['normalizations'],
  }
}

/** Bars of [from, to) whose features are all numbers, ascending. */
export function completeBars({ columns }: FeatureColumns, from: number, to: number): Int32Array {
  const complete = new Int32Array(to - from)
  let count = 0
  for (let bar = from; bar < to; bar++)
    if (columns.every((column) => !Number.isNaN(column[bar]!))) complete[count++] = bar
  return complete.slice(0, count)
}

/** @param trainingBars complete bars of the training slice */
export function fitNormalizations(
  features: FeatureColumns,
  trainingBars: Int32Array,
): Normalizations {
  return Object.fromEntries(
    Object.entries(features.normalizations).map(([id, method]) => {
      const column = features.columns[features.ids.indexOf(id)]!
      return [id, fitNormalization(method, column, trainingBars)]
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
