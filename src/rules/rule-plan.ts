// The rules of a strategy, their names resolved.

import { ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT } from '../backtest/intents.ts'
import type { BarColumn, Timeframe } from '../data/bars.ts'
import type { FuzzySet, Membership } from '../fuzzy/membership.ts'
import type { IndicatorRef, IndicatorUse } from '../indicators/indicator.ts'
import { operandsOf, type Condition } from './condition.ts'

/** A column of numbers that a rule looks at. */
export type Operand = {
  /** As a rule spells it: `macd_f.signal@4h[1]`. */
  readonly text: string
  readonly source: OperandSource
  /** Null: the base timeframe, whichever that is. */
  readonly timeframe: Timeframe | null
  /** Bars of its timeframe before the last one that has closed. */
  readonly back: number
}

export type OperandSource =
  | { readonly kind: 'price'; readonly column: BarColumn }
  | { readonly kind: 'indicator'; readonly indicator: IndicatorRef }
  | { readonly kind: 'membership'; readonly set: FuzzySet; readonly membership: Membership }

export type Rule = { readonly text: string; readonly condition: Condition<Operand> }

export type SideRules = {
  readonly enter: Rule
  /** Null: nothing but the rules of trading, such as a stop, ends the position. */
  readonly exit: Rule | null
}

export const SIDES = ['long', 'short'] as const
export const ROLES = ['enter', 'exit'] as const
export type RuleSide = (typeof SIDES)[number]

export type Rules = Readonly<Record<RuleSide, SideRules | null>>

const INTENTS = {
  long: { enter: ENTER_LONG, exit: EXIT_LONG },
  short: { enter: ENTER_SHORT, exit: EXIT_SHORT },
} as const

export type RulePlan = {
  /** Those that the rules need. */
  readonly indicators: readonly IndicatorUse[]
  readonly rules: Rules
}

export type NamedRule = {
  /** `long.enter`, `short.exit`, … */
  readonly name: string
  readonly rule: Rule
  /** What a bar wants on which it holds. */
  readonly intent: number
}

/** Those that there are. */
export function namedRules(rules: Rules): NamedRule[] {
  return SIDES.flatMap((side) =>
    ROLES.flatMap((role) => {
      const rule = rules[side]?.[role]
      return rule ? [{ name: `${side}.${role}`, rule, intent: INTENTS[side][role] }] : []
    }),
  )
}

/** Every operand of the rules, the first time that it is named. */
export function distinctOperands(rules: Rules): Operand[] {
  const uses = namedRules(rules).flatMap(({ rule }) => operandsOf(rule.condition))
  return [...new Map(uses.map(({ operand }) => [operand.text, operand])).values()]
}
