// Fuzzy memberships: how much a value belongs to a word such as "oversold", between 0 and 1.

import type { IndicatorRef } from '../indicators/indicator.ts'

export const MEMBERSHIP_TYPES = ['triangular', 'trapezoidal', 'gaussian'] as const
export type MembershipType = (typeof MEMBERSHIP_TYPES)[number]

export type Membership = {
  readonly name: string
  readonly type: MembershipType
  /** [a,b,c], [a,b,c,d] or [mu,sigma]. */
  readonly parameters: readonly number[]
}

export type FuzzySet = {
  readonly id: string
  readonly indicator: IndicatorRef
  readonly memberships: readonly Membership[]
}
