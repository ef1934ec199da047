// The split into training, validation and test: by time, and purged. A row whose label looked into the next slice
// would carry that slice's prices into this one, so it is dropped (W15).

import type { Labels } from '../labels/label.ts'

export type SplitShares = { readonly train: number; readonly validation: number }

/** Bars of each slice, ascending. */
export type DataSplit = {
  readonly train: Int32Array
  readonly validation: Int32Array
  readonly test: Int32Array
}

/**
 * @param bars rows that have features and a label, ascending; the shares count these
 */
export function splitByTime(bars: Int32Array, labels: Labels, shares: SplitShares): DataSplit {
  const validationFrom = Math.floor(bars.length * shares.train)
  const testFrom = Math.floor(bars.length * (shares.train + shares.validation))
  const train = purge(bars.subarray(0, validationFrom), labels, bars[validationFrom])
  const validation = purge(bars.subarray(validationFrom, testFrom), labels, bars[testFrom])
  return { train, validation, test: bars.slice(testFrom) }
}

/** Keeps the rows whose labels end before bar `border`, the first of the next slice. */
function purge(bars: Int32Array, labels: Labels, border: number | undefined): Int32Array {
  if (border === undefined) return bars.slice()
  return bars.filter((bar) => labels.endBar[bar]! < border)
}
