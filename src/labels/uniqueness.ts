// Weights by uniqueness (López de Prado 2018, ch. 4.4): bets that are open at the same time learn from the same prices,
// so each counts the less the more others it overlaps. A bet opened at bar t and closed at bar e spans t … e−1; its
// weight is the mean of 1 ÷ (number of open bets) over its span.
//
// How many bets are open at a bar is known at that bar, so the weight is known when the bet is closed. For that to be
// true, bets that the data leaves open count as open, and the weights are not scaled to a mean of 1, which would take
// the whole series; the loss divides by their sum anyway. Upstream does neither.

/** @param closedAt bar at which the bet of each bar is closed; `closedAt.length` = still open, −1 = no bet */
export function concurrency(closedAt: Int32Array): Int32Array {
  const changes = new Int32Array(closedAt.length + 1)
  for (const [t, end] of closedAt.entries()) {
    if (end === -1) continue
    changes[t]!++
    changes[end]!--
  }
  const open = new Int32Array(closedAt.length)
  let count = 0
  for (let t = 0; t < open.length; t++) {
    count += changes[t]!
    open[t] = count
  }
  return open
}

/** Weight of each closed bet, above 0 and at most 1; NaN where there is none. In O(n), by running sums of 1 ÷ open. */
export function uniqueness(closedAt: Int32Array): Float64Array {
  const length = closedAt.length
  const open = concurrency(closedAt)
  const shares = new Float64Array(length + 1) // shares[j]: sum over the bars before j
  for (let t = 0; t < length; t++) {
    shares[t + 1] = shares[t]! + (open[t]! > 0 ? 1 / open[t]! : 0)
  }
  const weights = new Float64Array(length).fill(NaN)
  for (let t = 0; t < length; t++) {
    const end = closedAt[t]!
    if (end !== -1 && end < length) weights[t] = (shares[end]! - shares[t]!) / (end - t)
  }
  return weights
}
