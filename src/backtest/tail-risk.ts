// What a bad bar costs, by the sample of the returns itself: no distribution is assumed.

import type { Curve } from './equity-curve.ts'
import { quantile } from './quantile.ts'

export type TailRisk = {
  /** The loss of a bar that 5 % of the bars exceed; negative when it is a gain. */
  readonly valueAtRisk95Ratio: number | null
  /** Mean loss of the bars that lost as much or more. */
  readonly conditionalValueAtRisk95Ratio: number | null
}

export function tailRisk({ returns }: Curve): TailRisk {
  if (returns === null) return { valueAtRisk95Ratio: null, conditionalValueAtRisk95Ratio: null }
  const threshold = quantile(returns, 0.05)
  let sum = 0
  let count = 0
  for (let i = 0; i < returns.length; i++) {
    if (returns[i]! > threshold) continue
    sum += returns[i]!
    count++
  }
  return { valueAtRisk95Ratio: 0 - threshold, conditionalValueAtRisk95Ratio: 0 - sum / count }
}
