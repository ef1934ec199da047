// The split into training, validation and test: by time, and purged. A row whose label looked into the next slice
// would carry that slice's prices into this one, so it is dropped (W15); an embargo keeps more distance still, from what
// neighbours share though no label says so (López de Prado 2018, 7.4).

import type { Labels } from '../labels/label.ts'

export type SplitShares = {
  readonly train: number
  readonly validation: number
  /** Bars before each border in which no label may end either; below 1, a share of the rows. Absent = none. */
  readonly embargo?: number
  /** What comes after the last bar is held back as well: it is a border, too. */
  readonly isFollowed?: boolean
}

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
  const { embargo = 0, isFollowed = false } = shares
  const end = isFollowed ? labels.endBar.length : undefined
  const gap = embargo < 1 ? Math.floor(bars.length * embargo) : embargo
  const purged = (slice: Int32Array, border: number | undefined): Int32Array =>
    border === undefined ? slice.slice() : slice.filter((bar) => labels.endBar[bar]! < border - gap)
  return {
    train: purged(bars.subarray(0, validationFrom), bars[validationFrom] ?? end),
    validation: purged(bars.subarray(validationFrom, testFrom), bars[testFrom] ?? end),
    test: bars.slice(testFrom),
  }
}
