// What the network sees: which columns, in which order. The order is stored with every model.

import type { Timeframe } from '../data/bars.ts'
import type { FuzzySet } from '../fuzzy/membership.ts'
import type { IndicatorRef, IndicatorUse } from '../indicators/indicator.ts'

export const NORMALIZATIONS = ['none', 'minmax', 'zscore'] as const
export type Normalization = (typeof NORMALIZATIONS)[number]

/** An item of `nn_inputs`, its timeframes resolved. */
export type NetworkInput =
  | {
      readonly kind: 'fuzzy'
      readonly fuzzySetId: string
      readonly timeframes: readonly Timeframe[]
    }
  | {
      readonly kind: 'raw'
      readonly indicator: IndicatorRef
      readonly timeframes: readonly Timeframe[]
      readonly normalization: Normalization
    }

export type FeaturePlan = {
  readonly indicators: readonly IndicatorUse[]
  readonly fuzzySets: readonly FuzzySet[]
  readonly inputs: readonly NetworkInput[]
}

/** Feature ids in canonical order (spec of the strategy format, "Features"). */
export function featureIds(plan: FeaturePlan): string[] {
  return plan.inputs.flatMap((input) =>
    input.timeframes.flatMap((timeframe) => {
      if (input.kind === 'raw') return [`${timeframe}_${input.indicator.ref}_raw`]
      const set = plan.fuzzySets.find((candidate) => candidate.id === input.fuzzySetId)!
      return set.memberships.map((membership) => `${timeframe}_${set.id}_${membership.name}`)
    }),
  )
}

/** By feature id, for the raw inputs that ask for one. */
export type NormalizationMethods = Readonly<Record<string, Exclude<Normalization, 'none'>>>

export function normalizationMethods(plan: FeaturePlan): NormalizationMethods {
  const methods = plan.inputs.flatMap((input) =>
    input.kind === 'raw' && input.normalization !== 'none'
      ? featureIds({ ...plan, inputs: [input] }).map((id) => [id, input.normalization] as const)
      : [],
  )
  return Object.fromEntries(methods) as NormalizationMethods
}
