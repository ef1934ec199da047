// From a column of indicator values to one column a membership: what the network sees of an indicator.

import { evaluateMembership, type FuzzySet } from './membership.ts'

/** One column of `column.length` values for each membership, in the order of the set. */
export function fuzzify(set: FuzzySet, column: Float64Array): Float64Array[] {
  return set.memberships.map((membership) => evaluateMembership(membership, column))
}
