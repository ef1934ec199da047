// Rules → what the strategy wants at the close of each bar. The leading bars on which some operand has no value yet are
// the warm-up, as for features: nothing is decided there.

import type { Intents } from '../backtest/intents.ts'
import { baseBars, type Market } from '../features/market.ts'
import { operandsOf } from './condition.ts'
import { evaluateCondition } from './evaluate-condition.ts'
import { newMask, wordsOf } from './mask.ts'
import { operandColumns, type ColumnOf } from './operand-columns.ts'
import { namedRules, type RulePlan } from './rule-plan.ts'

/** Part of the fingerprint: it changes whenever a bit of an intent would. */
export const ARITHMETIC = 'rules-v1'

/**
 * From the first bar on that every operand has a value at: at the bar before, too, where it may cross something.
 * @param from the first bar that may be decided on
 * @returns undefined when there is no such bar
 */
export function ruleIntents(plan: RulePlan, market: Market, from: number): Intents | undefined {
  const { length } = baseBars(market)
  const columnOf = operandColumns(market, plan)
  const firstBar = firstDecidable(plan, columnOf, from, length)
  if (firstBar === undefined) return undefined
  const bits = newMask(length)
  const words = wordsOf(bits)
  for (const { rule, intent } of namedRules(plan.rules)) {
    const holds = wordsOf(evaluateCondition(rule.condition, length, columnOf))
    for (let i = 0; i < words.length; i++) words[i] = words[i]! | (holds[i]! * intent)
  }
  return { from: firstBar, to: length, bits: bits.subarray(firstBar), confidence: null }
}

function firstDecidable(
  { rules }: RulePlan,
  columnOf: ColumnOf,
  from: number,
  length: number,
): number | undefined {
  const uses = namedRules(rules).flatMap(({ rule }) => operandsOf(rule.condition))
  const columns = uses.map(({ operand, before }) => ({ column: columnOf(operand), before }))
  for (let bar = from; bar < length; bar++)
    if (
      columns.every(
        ({ column, before }) =>
          !Number.isNaN(column[bar]) && !(before && Number.isNaN(column[bar - 1] ?? NaN)),
      )
    )
      return bar
  return undefined
}
