// From bars to the samples of a network: a row each, or a window of rows that overlaps its neighbours.

import { featureMatrix, type FeatureColumns } from './feature-matrix.ts'
import type { Normalizations } from './normalize.ts'

/** As the engines of src/neural take them. */
export type FeatureSamples = {
  readonly count: number
  readonly features: Float32Array
  /** The row that each window begins with; null = sample i is row i. */
  readonly firstRows: Int32Array | null
}

/**
 * @param bars the last bar of each window, ascending
 * @param windowLength bars of a window, each of them complete
 */
export function makeSamples(
  features: FeatureColumns,
  normalizations: Normalizations,
  bars: Int32Array,
  windowLength: number,
): FeatureSamples {
  const count = bars.length
  if (windowLength === 1)
    return { count, features: featureMatrix(features, normalizations, bars), firstRows: null }
  const { rows, firstRows } = windowRows(bars, windowLength)
  return { count, features: featureMatrix(features, normalizations, rows), firstRows }
}

/** The bars of all windows, each once, and where among them each window begins. */
function windowRows(
  bars: Int32Array,
  windowLength: number,
): { rows: Int32Array; firstRows: Int32Array } {
  const firstRows = new Int32Array(bars.length)
  const rows: number[] = []
  for (const [i, bar] of bars.entries()) {
    const begin = bar - windowLength + 1
    const next = Math.max(begin, (rows.at(-1) ?? -1) + 1)
    for (let row = next; row <= bar; row++) rows.push(row)
    firstRows[i] = rows.length - windowLength
  }
  return { rows: Int32Array.from(rows), firstRows }
}

/**
 * The samples of several symbols, one after the other; none of their windows holds bars of two.
 * @param width features of a row
 */
export function joinSamples(parts: readonly FeatureSamples[], width: number): FeatureSamples {
  const [only] = parts
  if (only && parts.length === 1) return only
  const rowsBefore = offsets(parts.map(({ features }) => features.length / width))
  const samplesBefore = offsets(parts.map(({ count }) => count))
  const features = new Float32Array(width * rowsBefore.total)
  const hasWindows = parts.some(({ firstRows }) => firstRows !== null)
  const firstRows = hasWindows ? new Int32Array(samplesBefore.total) : null
  for (const [i, part] of parts.entries()) {
    features.set(part.features, width * rowsBefore.at[i]!)
    const shifted = part.firstRows?.map((row) => row + rowsBefore.at[i]!)
    if (firstRows && shifted) firstRows.set(shifted, samplesBefore.at[i])
  }
  return { count: samplesBefore.total, features, firstRows }
}

/** Where each part begins when they lie one after the other. */
function offsets(sizes: readonly number[]): { at: readonly number[]; total: number } {
  let total = 0
  const at = sizes.map((size) => {
    total += size
    return total - size
  })
  return { at, total }
}
