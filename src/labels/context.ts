// Context: whether the close `horizon` bars later is clearly higher, clearly lower, or neither. The last `horizon` bars
// have no label.

import { forwardReturnLabels } from './forward-return.ts'
import { BEARISH, BULLISH, CONTEXTS, NEUTRAL, type ContextSettings, type Labels } from './label.ts'

export function contextLabels(
  close: Float64Array,
  { horizon, bullishThreshold, bearishThreshold }: ContextSettings,
): Labels {
  const returns = forwardReturnLabels(close, horizon)
  const values = returns.values.map((change) => {
    if (Number.isNaN(change)) return NaN
    if (change > bullishThreshold) return BULLISH
    return change < bearishThreshold ? BEARISH : NEUTRAL
  })
  return { ...returns, classes: CONTEXTS, values }
}
