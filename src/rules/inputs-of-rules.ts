// What rules look at, as the inputs that a network would have: for showing it as one shows those.

import type { Timeframe } from '../data/bars.ts'
import type { NetworkInput } from '../features/feature-plan.ts'
import { distinctOperands, type Rules } from './rule-plan.ts'

/** Each indicator and each fuzzy set once a timeframe; prices are not among them. */
export function inputsOfRules(rules: Rules, baseTimeframe: Timeframe): NetworkInput[] {
  const inputs = new Map<string, NetworkInput>()
  for (const { source, timeframe } of distinctOperands(rules)) {
    const timeframes = [timeframe ?? baseTimeframe]
    if (source.kind === 'indicator')
      inputs.set(`${source.indicator.ref} ${timeframes[0]}`, {
        kind: 'raw',
        indicator: source.indicator,
        timeframes,
        normalization: 'none',
      })
    if (source.kind === 'membership')
      inputs.set(`fuzzy ${source.set.id} ${timeframes[0]}`, {
        kind: 'fuzzy',
        fuzzySetId: source.set.id,
        timeframes,
      })
  }
  return [...inputs.values()]
}
