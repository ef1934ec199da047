// Median stopping (Golovin et al. 2017, "Google Vizier"): a trial whose best loss so far is above the median of those that
// the trials before it had at the same epoch is not worth going on with. What it is held against is fixed when it starts.

/** Fewer trials than this say too little. */
export const FEWEST_CURVES = 5

/**
 * The loss above which a trial is given up after each epoch; empty when there is too little to hold it against.
 * @param curves of each trial that was trained to its end: the loss after each epoch
 */
export function pruningThresholds(
  curves: readonly (readonly number[])[],
  epochs: number,
): number[] {
  if (curves.length < FEWEST_CURVES) return []
  const best = curves.map(bestSoFar)
  return Array.from({ length: epochs }, (_, epoch) =>
    // One that stopped early stands where it stopped.
    median(best.map((curve) => curve[Math.min(epoch, curve.length - 1)]!)),
  )
}

function bestSoFar(curve: readonly number[]): number[] {
  let best = Infinity
  return curve.map((loss) => (best = Math.min(best, loss)))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >>> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
