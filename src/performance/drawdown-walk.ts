// The walk along a curve from peak to peak, block after block of its points. A drawdown lasts from a peak, at first the
// capital, to the bar that regains it, or to the last bar.

export type DrawdownWalk = {
  /** The bar that comes next. */
  bar: number
  /** The highest point so far; −1: the capital, before the first bar. */
  peak: number
  peakBar: number
  isBelow: boolean
  /** Of the drawdown that goes on, or went on last. */
  deepest: number
  deepestBar: number
  /** Σ ((peak − E) / peak)² of all bars so far. */
  squaredRatios: number
}

export function beginWalk(capital: number): DrawdownWalk {
  return {
    bar: 0,
    peak: capital,
    peakBar: -1,
    isBelow: false,
    deepest: capital,
    deepestBar: -1,
    squaredRatios: 0,
  }
}

/** @param onRecovery at each bar that regains its peak, while the walk still tells of that drawdown */
export function walkOn(
  walk: DrawdownWalk,
  points: Float64Array,
  onRecovery: (walk: DrawdownWalk, recoveredBar: number) => void,
): void {
  const start = walk.bar
  for (let i = 0; i < points.length;) {
    if (!walk.isBelow) {
      i = climb(walk, points, i)
      if (i === points.length) break
      walk.isBelow = true
      walk.deepest = Infinity
    }
    i = sink(walk, points, i)
    if (i === points.length) break
    onRecovery(walk, start + i)
    walk.isBelow = false
  }
  walk.bar = start + points.length
}

/** To the first point below the highest so far. */
function climb(walk: DrawdownWalk, points: Float64Array, from: number): number {
  let { peak } = walk
  let i = from
  for (; i < points.length && points[i]! >= peak; i++) peak = points[i]!
  if (i === from) return i
  walk.peak = peak
  walk.peakBar = walk.bar + i - 1
  return i
}

/** To the point that regains the peak. */
function sink(walk: DrawdownWalk, points: Float64Array, from: number): number {
  const { peak } = walk
  const count = points.length
  let { deepest, squaredRatios } = walk
  let i = from
  for (; i < count; i++) {
    const point = points[i]!
    if (point >= peak) break
    const ratio = (peak - point) / peak
    squaredRatios += ratio * ratio
    if (point < deepest) deepest = point
  }
  walk.squaredRatios = squaredRatios
  if (deepest === walk.deepest) return i
  walk.deepest = deepest
  walk.deepestBar = walk.bar + points.indexOf(deepest, from)
  return i
}
