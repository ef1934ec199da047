// Fuzzy memberships: how much a value belongs to a word such as "oversold", between 0 and 1.
// Plateaus are closed: the membership is 1 on the whole of [b, c], asked first; then come the slopes; outside it is
// 0. So a shoulder [0, 0, 20, 35] is 1 at 0, where upstream reads 0 (W32), and a triangle is the trapezoid [a, b, b, c].
// NaN belongs to nothing that can be said: NaN in, NaN out.

import { exp } from '../core/exact-math.ts'
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

const PARAMETER_NAMES: Readonly<Record<MembershipType, readonly string[]>> = {
  triangular: ['a', 'b', 'c'],
  trapezoidal: ['a', 'b', 'c', 'd'],
  gaussian: ['mu', 'sigma'],
}

/** By the names that upstream understands: any case, with or without the suffix `MF`. */
export function findMembershipType(name: string): MembershipType | undefined {
  const spelling = name.toLowerCase().replace(/mf$/, '')
  return MEMBERSHIP_TYPES.find((type) => type === spelling)
}

/** What is wrong with the parameters, as the end of a sentence; undefined when nothing is. */
export function checkMembership(
  type: MembershipType,
  parameters: readonly number[],
): string | undefined {
  const names = PARAMETER_NAMES[type]
  if (parameters.length !== names.length) {
    return `${type} takes ${names.length} parameters [${names.join(', ')}], got ${parameters.length}`
  }
  if (!parameters.every(Number.isFinite)) return `${type} takes finite numbers`
  if (type === 'gaussian') {
    return parameters[1]! > 0 ? undefined : `gaussian needs sigma > 0, got ${parameters[1]}`
  }
  const isAscending = parameters.every((corner, i) => i === 0 || parameters[i - 1]! <= corner)
  if (!isAscending) return `${type} needs ${names.join(' ≤ ')}, got [${parameters.join(', ')}]`
  const isWide = !Number.isFinite(parameters.at(-1)! - parameters[0]!)
  return isWide ? `${type} spans more than a number can hold` : undefined
}

/** The membership as a function; its parameters must have passed `checkMembership`. */
export function membershipFunction({ type, parameters }: Membership): (x: number) => number {
  const [first, second, third, fourth] = parameters as [number, number, number, number]
  switch (type) {
    case 'triangular':
      return trapezoid(first, second, second, third)
    case 'trapezoidal':
      return trapezoid(first, second, third, fourth)
    case 'gaussian':
      return gaussian(first, second)
  }
}

/** Membership of every value of the column. */
export function evaluateMembership(membership: Membership, column: Float64Array): Float64Array {
  const belongs = membershipFunction(membership)
  return column.map((x) => belongs(x))
}

function trapezoid(a: number, b: number, c: number, d: number): (x: number) => number {
  return (x) => {
    if (x >= b && x <= c) return 1
    if (x > a && x < b) return (x - a) / (b - a)
    if (x > c && x < d) return (d - x) / (d - c)
    return Number.isNaN(x) ? NaN : 0
  }
}

function gaussian(mu: number, sigma: number): (x: number) => number {
  return (x) => {
    const deviations = (x - mu) / sigma
    return exp(-0.5 * deviations * deviations)
  }
}
