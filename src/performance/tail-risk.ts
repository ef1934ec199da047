// What a bad bar costs, by the sample of the returns itself: no distribution is assumed.

import { readReturns } from './bar-returns.ts'
import { meanUpTo, quantileOf, wholeOf, type LowEnd } from './quantile.ts'

/** The worst bars are one in twenty. */
export const TAIL = 0.05

export type TailRisk = {
  /** The loss of a bar that 5 % of the bars exceed; negative when it is a gain. */
  readonly valueAtRisk95Ratio: number | null
  /** Mean loss of the bars that lost as much or more. */
  readonly conditionalValueAtRisk95Ratio: number | null
}

/** @param lowest of the returns of `equity`; null: they are undefined */
export function tailRisk(lowest: LowEnd | null, equity: Float64Array): TailRisk {
  if (lowest === null) return { valueAtRisk95Ratio: null, conditionalValueAtRisk95Ratio: null }
  const threshold = quantileOf(lowest, TAIL)
  if (threshold === null) return tailRisk(allReturns(equity), equity)
  return {
    valueAtRisk95Ratio: 0 - threshold,
    conditionalValueAtRisk95Ratio: 0 - meanUpTo(lowest, threshold),
  }
}

function allReturns(equity: Float64Array): LowEnd {
  const returns = new Float64Array(equity.length - 1)
  readReturns(equity, returns)
  return wholeOf(returns)
}
