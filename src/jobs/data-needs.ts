// What data a strategy needs, whether it has a network or rules.

import type { Timeframe } from '../data/bars.ts'
import { distinctOperands } from '../rules/rule-plan.ts'
import { hasRules, type RuleStrategy, type Strategy } from '../strategy/strategy.ts'
import type { DataNeeds } from './market-data.ts'

export function dataNeedsOf(strategy: Strategy | RuleStrategy): DataNeeds {
  if (!hasRules(strategy)) return strategy
  const timeframes = distinctOperands(strategy.rules).flatMap(({ timeframe }): Timeframe[] =>
    timeframe === null ? [] : [timeframe],
  )
  return { ...strategy, inputs: [{ timeframes }] }
}
