import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fuzzify } from '../../src/fuzzy/fuzzify.ts'
import {
  checkMembership,
  evaluateMembership,
  MEMBERSHIP_TYPES,
  type Membership,
  type MembershipType,
} from '../../src/fuzzy/membership.ts'

const corner = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
)

const width = fc.double({ min: 1e-6, max: 1e6, noNaN: true })

/** Sound parameters, coinciding corners included. */
const PARAMETERS: Readonly<Record<MembershipType, fc.Arbitrary<number[]>>> = {
  triangular: ascending(3),
  trapezoidal: ascending(4),
  gaussian: fc.tuple(corner, width),
  sigmoid: fc.tuple(
    fc.oneof(
      width,
      width.map((slope) => -slope),
    ),
    corner,
  ),
  bell: fc.tuple(width, width, corner),
}

function ascending(length: number): fc.Arbitrary<number[]> {
  return fc
    .array(corner, { minLength: length, maxLength: length })
    .map((corners) => corners.toSorted((a, b) => a - b))
}

type Landmarks = {
  /** The closed interval on which the membership is 1. */
  readonly plateau: readonly [number, number]
  /** The open interval outside which it is 0. */
  readonly support: readonly [number, number]
}

const EVERYWHERE = [-Infinity, Infinity] as const

function landmarks({ type, parameters }: Membership): Landmarks {
  const [a, b, c, d] = parameters as [number, number, number, number]
  switch (type) {
    case 'triangular':
      return { plateau: [b, b], support: [a, c] }
    case 'trapezoidal':
      return { plateau: [b, c], support: [a, d] }
    case 'gaussian':
      return { plateau: [a, a], support: EVERYWHERE }
    case 'sigmoid':
      return { plateau: a > 0 ? [Infinity, Infinity] : [-Infinity, -Infinity], support: EVERYWHERE }
    case 'bell':
      return { plateau: [c, c], support: EVERYWHERE }
  }
}

/** The membership as a function of one value. */
function membershipFunction(membership: Membership): (x: number) => number {
  return (x) => evaluateMembership(membership, Float64Array.of(x))[0]!
}

describe.each(MEMBERSHIP_TYPES)('a %s membership', (type) => {
  const memberships = PARAMETERS[type].map((parameters): Membership => ({
    name: 'm',
    type,
    parameters,
  }))
  const values = fc.oneof(corner, fc.double({ noNaN: true }))

  it('has parameters that pass the check', () => {
    fc.assert(
      fc.property(memberships, ({ parameters }) => {
        expect(checkMembership(type, parameters), 'nothing wrong').toBeUndefined()
      }),
    )
  })

  it('lies between 0 and 1 for every number', () => {
    fc.assert(
      fc.property(memberships, values, (membership, x) => {
        const degree = membershipFunction(membership)(x)
        expect(degree >= 0 && degree <= 1, `${degree} at ${x}`).toBe(true)
      }),
    )
  })

  it('is 1 on its plateau, both ends included', () => {
    fc.assert(
      fc.property(memberships, fc.double({ min: 0, max: 1, noNaN: true }), (membership, share) => {
        const belongs = membershipFunction(membership)
        const [left, right] = landmarks(membership).plateau
        const inside = left === right ? left : Math.min(right, left + share * (right - left))
        for (const x of [left, inside, right]) expect(belongs(x), `at ${x}`).toBe(1)
      }),
    )
  })

  it('never falls on the way up to its plateau and never rises after it', () => {
    fc.assert(
      fc.property(memberships, values, values, (membership, one, other) => {
        const belongs = membershipFunction(membership)
        const [left, right] = landmarks(membership).plateau
        const [near, far] = [Math.min(one, other), Math.max(one, other)]
        const isRising = far > left || belongs(near) <= belongs(far)
        const isFalling = near < right || belongs(near) >= belongs(far)
        expect([isRising, isFalling], `from ${near} to ${far}`).toEqual([true, true])
      }),
      { numRuns: 1000 },
    )
  })

  it('is 0 outside its support', () => {
    fc.assert(
      fc.property(memberships, values, (membership, x) => {
        const { support, plateau } = landmarks(membership)
        const isOutside = (x <= support[0] || x >= support[1]) && (x < plateau[0] || x > plateau[1])
        expect(isOutside && membershipFunction(membership)(x) !== 0, `not 0 at ${x}`).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it('answers NaN with NaN, in a column as for a number', () => {
    fc.assert(
      fc.property(memberships, fc.array(fc.double(), { maxLength: 20 }), (membership, list) => {
        const belongs = membershipFunction(membership)
        expect(belongs(NaN), 'NaN').toBeNaN()
        const set = {
          id: 's',
          indicator: { ref: 'i', indicatorId: 'i', output: 0 },
          memberships: [membership],
        }
        const columns = fuzzify(set, Float64Array.from(list))
        expect(columns, 'a column value by value').toEqual([Float64Array.from(list, belongs)])
      }),
    )
  })
})
