// Fuzzy memberships: how much a value belongs to a word such as "oversold", between 0 and 1.
// Plateaus are closed: the membership is 1 on the whole of [b, c], asked first; then come the slopes; outside it is
// 0. So a shoulder [0, 0, 20, 35] is 1 at 0, where upstream reads 0 (W32), and a triangle is the trapezoid [a, b, b, c].
// Sigmoid and generalized bell are those of Matlab's fuzzy toolbox (sigmf, gbellmf); upstream has neither.
// NaN belongs to nothing that can be said: NaN in, NaN out.

import { exp, log } from '../core/exact-math.ts'
import type { IndicatorRef } from '../indicators/indicator.ts'

export const MEMBERSHIP_TYPES = [
  'triangular',
  'trapezoidal',
  'gaussian',
  'sigmoid',
  'bell',
] as const
export type MembershipType = (typeof MEMBERSHIP_TYPES)[number]

export type Membership = {
  readonly name: string
  readonly type: MembershipType
  /** [a, b, c], [a, b, c, d], [mu, sigma], [a, c] or [a, b, c], in the order of the types. */
  readonly parameters: readonly number[]
}

export type FuzzySet = {
  readonly id: string
  readonly indicator: IndicatorRef
  readonly memberships: readonly Membership[]
}

export const PARAMETER_NAMES: Readonly<Record<MembershipType, readonly string[]>> = {
  triangular: ['a', 'b', 'c'],
  trapezoidal: ['a', 'b', 'c', 'd'],
  gaussian: ['mu', 'sigma'],
  sigmoid: ['a', 'c'],
  bell: ['a', 'b', 'c'],
}

const ALIASES: Readonly<Record<string, MembershipType>> = {
  gbell: 'bell',
  generalized_bell: 'bell',
  generalizedbell: 'bell',
}

/** By the names that upstream understands, and the usual ones of a bell: any case, with or without the suffix `MF`. */
export function findMembershipType(name: string): MembershipType | undefined {
  const spelling = name.toLowerCase().replace(/mf$/, '')
  const isAlias = Object.hasOwn(ALIASES, spelling)
  return isAlias ? ALIASES[spelling] : MEMBERSHIP_TYPES.find((type) => type === spelling)
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
  const [first, second] = parameters as [number, number]
  switch (type) {
    case 'triangular':
    case 'trapezoidal':
      return checkCorners(type, parameters)
    case 'gaussian':
      return second > 0 ? undefined : `gaussian needs sigma > 0, got ${second}`
    case 'sigmoid':
      return first !== 0 ? undefined : 'sigmoid needs a slope a other than 0'
    case 'bell':
      if (!(first > 0)) return `bell needs a width a > 0, got ${first}`
      return second > 0 ? undefined : `bell needs a steepness b > 0, got ${second}`
  }
}

function checkCorners(type: MembershipType, corners: readonly number[]): string | undefined {
  const isAscending = corners.every((corner, i) => i === 0 || corners[i - 1]! <= corner)
  if (!isAscending) {
    return `${type} needs ${PARAMETER_NAMES[type].join(' ≤ ')}, got [${corners.join(', ')}]`
  }
  const isWide = !Number.isFinite(corners.at(-1)! - corners[0]!)
  return isWide ? `${type} spans more than a number can hold` : undefined
}

/** Membership of every value of the column; the parameters must have passed `checkMembership`. */
export function evaluateMembership(
  { type, parameters }: Membership,
  column: Float64Array,
): Float64Array {
  const [first, second, third, fourth] = parameters as [number, number, number, number]
  switch (type) {
    case 'triangular':
      return trapezoid(column, first, second, second, third)
    case 'trapezoidal':
      return trapezoid(column, first, second, third, fourth)
    case 'gaussian':
      return gaussian(column, first, second)
    case 'sigmoid':
      return sigmoid(column, first, second)
    case 'bell':
      return bell(column, first, second, third)
  }
}

/**
 * Plateau or slope or nothing. Comparisons count as numbers, because V8 makes a branch of every other form, and values
 * that no processor can guess then take four times as long.
 */
function trapezoid(column: Float64Array, a: number, b: number, c: number, d: number): Float64Array {
  const degrees = new Float64Array(column.length)
  const ascent = b > a ? b - a : 1 // a steep side has no slope to divide
  const descent = d > c ? d - c : 1
  for (let i = 0; i < degrees.length; i++) {
    const x = column[i]!
    const isTop = Number(x >= b) & Number(x <= c)
    const isRising = Number(x > a) & Number(x < b)
    const isFalling = Number(x > c) & Number(x < d)
    degrees[i] = isTop + (isRising * (x - a)) / ascent + (isFalling * (d - x)) / descent
  }
  // 0 times a distance that no number can hold is NaN; such an x lies outside.
  for (let i = 0; i < degrees.length; i++) {
    if (Number.isNaN(degrees[i]!) && !Number.isNaN(column[i]!)) degrees[i] = 0
  }
  return degrees
}

/** exp(−½((x − mu)/sigma)²) */
function gaussian(column: Float64Array, mu: number, sigma: number): Float64Array {
  const degrees = new Float64Array(column.length)
  for (let i = 0; i < degrees.length; i++) {
    const deviations = (column[i]! - mu) / sigma
    degrees[i] = exp(-0.5 * deviations * deviations)
  }
  return degrees
}

/** 1 / (1 + exp(−a(x − c))) */
function sigmoid(column: Float64Array, a: number, c: number): Float64Array {
  const degrees = new Float64Array(column.length)
  for (let i = 0; i < degrees.length; i++) degrees[i] = 1 / (1 + exp(-a * (column[i]! - c)))
  return degrees
}

/** 1 / (1 + |(x − c)/a|^(2b)), the power as exp(b · 2 ln …): exactly ½ at c ± a however large b is. */
function bell(column: Float64Array, a: number, b: number, c: number): Float64Array {
  const degrees = new Float64Array(column.length)
  for (let i = 0; i < degrees.length; i++) {
    const distance = Math.abs((column[i]! - c) / a)
    degrees[i] = 1 / (1 + exp(b * (2 * log(distance))))
  }
  return degrees
}
