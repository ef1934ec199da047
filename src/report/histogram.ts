// How often values fall into each of `count` equally wide bins between two ends.

export type Histogram = {
  readonly from: number
  readonly to: number
  readonly counts: readonly number[]
}

/** Of the numbers among `values`; all that lie outside the ends belong to no bin. */
export function histogram(
  values: ArrayLike<number>,
  from: number,
  to: number,
  count: number,
): Histogram {
  const counts = Array<number>(count).fill(0)
  const scale = count / (to - from)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value < from || value > to || Number.isNaN(value)) continue
    counts[Math.min(count - 1, Math.floor((value - from) * scale))]!++
  }
  return { from, to, counts }
}

/** The ends that leave out a share of `tail` of the numbers on each side; null when there are none, or all are equal. */
export function endsOf(values: ArrayLike<number>, tail: number): readonly [number, number] | null {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .toSorted()
  if (sorted.length === 0) return null
  const low = sorted[Math.floor(tail * (sorted.length - 1))]!
  const high = sorted[Math.ceil((1 - tail) * (sorted.length - 1))]!
  return low < high ? [low, high] : null
}
