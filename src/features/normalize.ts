// Normalisation of raw inputs: fitted on the training slice only, stored with the model, applied everywhere (W4).

import type { Normalization } from './feature-plan.ts'

/** What was fitted for one feature. `offset` and `scale`: normalised = (x − offset) · scale. */
export type NormalizationFit = {
  readonly method: Exclude<Normalization, 'none'>
  readonly offset: number
  readonly scale: number
}

/** By feature id; features that are not there stay as they are. */
export type Normalizations = Readonly<Record<string, NormalizationFit>>

/** Relative. Values this close differ by rounding alone, which a scale would blow up to a feature. */
const CONSTANT = 1e-12

/**
 * minmax: (x − min)/(max − min); zscore: (x − mean)/sample deviation. A constant column becomes 0.
 * @param values what to fit on; none of them NaN
 */
export function fitNormalization(
  method: NormalizationFit['method'],
  values: Float64Array,
): NormalizationFit {
  const { min, max } = extent(values)
  const { offset, spread } =
    method === 'minmax' ? { offset: min, spread: max - min } : moments(values)
  const varies = spread > 0 && max - min > CONSTANT * Math.max(Math.abs(min), Math.abs(max))
  return { method, offset, scale: varies ? 1 / spread : 0 }
}

function extent(values: Float64Array): { min: number; max: number } {
  let min = Infinity
  let max = -Infinity
  for (const value of values) {
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return { min, max }
}

function moments(values: Float64Array): { offset: number; spread: number } {
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  let squares = 0
  for (const value of values) {
    const distance = value - mean
    squares += distance * distance
  }
  return { offset: mean, spread: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 }
}
