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
    let value = NaN
    for (let bar = begin; bar < end; bar++) {
      const next = values[bar]!
      if (Number.isNaN(next)) continue
      if (Number.isNaN(value) || isBetter(what, next, value)) value = next
    }
    picked[i] = value
  }
  return picked
}

function isBetter(what: Pick, next: number, value: number): boolean {
  if (what === 'first' || what === 'last') return what === 'last'
  return what === 'highest' ? next > value : next < value
}
