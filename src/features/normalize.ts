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
 * @param rows the bars to fit on; none of them NaN in `column`
 */
export function fitNormalization(
  method: NormalizationFit['method'],
  column: Float64Array,
  rows: Int32Array,
): NormalizationFit {
  const { min, max } = extent(column, rows)
  const { offset, spread } =
    method === 'minmax' ? { offset: min, spread: max - min } : moments(column, rows)
  const varies = spread > 0 && max - min > CONSTANT * Math.max(Math.abs(min), Math.abs(max))
  return { method, offset, scale: varies ? 1 / spread : 0 }
}

function extent(column: Float64Array, rows: Int32Array): { min: number; max: number } {
  let min = Infinity
  let max = -Infinity
  for (const row of rows) {
    min = Math.min(min, column[row]!)
    max = Math.max(max, column[row]!)
  }
  return { min, max }
}

function moments(column: Float64Array, rows: Int32Array): { offset: number; spread: number } {
  let sum = 0
  for (const row of rows) sum += column[row]!
  const mean = sum / rows.length
  let squares = 0
  for (const row of rows) {
    const distance = column[row]! - mean
    squares += distance * distance
  }
  return { offset: mean, spread: rows.length > 1 ? Math.sqrt(squares / (rows.length - 1)) : 0 }
}
