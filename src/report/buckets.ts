// Fewer points than bars: neighbouring bars are put together, so that a chart of a million bars fits into a page. What
// a chart shows of a bucket is its first, last, highest or lowest value; nothing is averaged away.

export type Buckets = {
  /** Bars of each bucket; the last may have fewer. */
  readonly size: number
  readonly count: number
  readonly bars: number
}

export function bucketsOf(bars: number, most: number): Buckets {
  const size = Math.max(1, Math.ceil(bars / most))
  return { size, count: Math.ceil(bars / size), bars }
}

export type Pick = 'first' | 'last' | 'highest' | 'lowest'

/** NaN counts only where a bucket has nothing else. */
export function pick(values: ArrayLike<number>, buckets: Buckets, what: Pick): Float64Array {
  const picked = new Float64Array(buckets.count)
  for (let i = 0; i < picked.length; i++) {
    const begin = i * buckets.size
    const end = Math.min(begin + buckets.size, buckets.bars)
    let value = values[begin]!
    for (let bar = begin + 1; bar < end && what !== 'first'; bar++) {
      const next = values[bar]!
      if (Number.isNaN(next)) continue
      const isBetter =
        Number.isNaN(value) || what === 'last' || (what === 'highest' ? next > value : next < value)
      if (isBetter) value = next
    }
    picked[i] = value
  }
  return picked
}
