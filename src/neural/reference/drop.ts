// Dropout of values that a layer hands up: a dropped unit becomes 0, a kept one is multiplied by 1/(1 − p), so
// that the mean stays. Gradients go the same way through the same mask.

import { dropoutKey, dropoutThreshold, isKept } from '../dropout.ts'

/**
 * @param layer that hands up the values
 * @param values row-major, `width` units to a row
 * @param firstUnit number of the first unit of a row in the mask of the layer
 * @returns new values, or `values` themselves where nothing is dropped
 */
export type Drop = (
  layer: number,
  values: Float32Array,
  width: number,
  firstUnit?: number,
) => Float32Array

export const dropNothing: Drop = (_layer, values) => values

/** The dropout of one optimizer step. */
export function dropOfStep(probability: number, seed: number, step: number): Drop {
  if (probability === 0) return dropNothing
  const threshold = dropoutThreshold(probability)
  const scale = Math.fround(1 / (1 - probability))
  return (layer, values, width, firstUnit = 0) => {
    const key = dropoutKey(seed, step, layer)
    return values.map((value, i) => {
      const unit = i % width
      return isKept(key, (i - unit) / width, firstUnit + unit, threshold) ? value * scale : 0
    })
  }
}
