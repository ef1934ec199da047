// The rules of a strategy, their names resolved.

import type { BarColumn, Timeframe } from '../data/bars.ts'
import type { FuzzySet, Membership } from '../fuzzy/membership.ts'
import type { IndicatorRef, IndicatorUse } from '../indicators/indicator.ts'
import type { Condition } from './condition.ts'

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
export type RuleSide = (typeof SIDES)[number]

export type Rules = Readonly<Record<RuleSide, SideRules | null>>

export type RulePlan = {
  /** Those that the rules need. */
  readonly indicators: readonly IndicatorUse[]
  readonly rules: Rules
}

/** `long.enter`, `short.exit`, …: those that there are, each with its name. */
export function namedRules(rules: Rules): { readonly name: string; readonly rule: Rule }[] {
  return SIDES.flatMap((side) => {
    const { enter, exit } = rules[side] ?? { enter: null, exit: null }
    return [
      ...(enter === null ? [] : [{ name: `${side}.enter`, rule: enter }]),
      ...(exit === null ? [] : [{ name: `${side}.exit`, rule: exit }]),
    ]
  })
}
