import { describe, expect, it } from 'vitest'
import {
  checkMembership,
  evaluateMembership,
  findMembershipType,
  type Membership,
} from '../../../src/fuzzy/membership.ts'
import { fuzzify } from '../../../src/fuzzy/fuzzify.ts'

describe('checkMembership', () => {
  it.each([
    ['triangular', [1, 2], /takes 3 parameters \[a, b, c\], got 2/],
    ['triangular', [1, 2, 3, 4], /takes 3 parameters/],
    ['triangular', [3, 2, 1], /needs a ≤ b ≤ c, got \[3, 2, 1\]/],
    ['triangular', [1, NaN, 2], /finite/],
    ['trapezoidal', [1, 2, 3], /takes 4 parameters \[a, b, c, d\], got 3/],
    ['trapezoidal', [1, 3, 2, 4], /needs a ≤ b ≤ c ≤ d/],
    ['trapezoidal', [1, 2, 3, Infinity], /finite/],
    ['trapezoidal', [-1e308, 0, 1, 1e308], /spans/],
    ['gaussian', [1], /takes 2 parameters \[mu, sigma\], got 1/],
    ['gaussian', [1, 0], /sigma > 0, got 0/],
    ['gaussian', [1, -1], /sigma > 0, got -1/],
    ['gaussian', [NaN, 1], /finite/],
  ] as const)('refuses %s %j', (type, parameters, problem) => {
    expect(checkMembership(type, parameters), 'what is wrong').toMatch(problem)
  })

  it.each([
    ['triangular', [5, 5, 5]],
    ['trapezoidal', [0, 0, 20, 20]],
    ['gaussian', [-0.6, 0.35]],
  ] as const)('accepts %s %j', (type, parameters) => {
    expect(checkMembership(type, parameters), 'nothing wrong').toBeUndefined()
  })
})

it.each([
  ['triangular', 'triangular'],
  ['Gaussian', 'gaussian'],
  ['TrapezoidalMF', 'trapezoidal'],
  ['triangle', undefined],
  ['sigmoid', undefined],
  ['', undefined],
])('the type %j is %s', (name, type) => {
  expect(findMembershipType(name), 'as upstream resolves it').toBe(type)
})

// Figures of an independent calculation; the trapezoid at 0 is where closed plateaus differ from upstream's 0.
it.each([
  ['triangular', [28, 50, 72], [28, 30, 50, 61, 72], [0, 0.090909, 1, 0.5, 0]],
  ['trapezoidal', [0, 0, 20, 35], [0, 1e-9, 20, 27.5, 35], [1, 1, 1, 0.5, 0]],
  ['gaussian', [-0.6, 0.35], [-0.6, -0.25, 0], [1, 0.606531, 0.230066]],
] as const)('%s %j has the expected degrees', (type, parameters, points, expected) => {
  const degrees = evaluateMembership({ name: 'm', type, parameters }, Float64Array.from(points))
  for (const [i, degree] of degrees.entries()) {
    expect(degree, `at ${points[i]}`).toBeCloseTo(expected[i]!, 6)
  }
})

it('a set is one column a membership, in its order', () => {
  const low: Membership = { name: 'low', type: 'triangular', parameters: [0, 0, 10] }
  const high: Membership = { name: 'high', type: 'triangular', parameters: [0, 10, 10] }
  const indicator = { ref: 'rsi', indicatorId: 'rsi', output: 0 }
  const columns = fuzzify({ id: 's', indicator, memberships: [high, low] }, Float64Array.of(2, NaN))
  expect(columns, 'high, then low').toEqual([Float64Array.of(0.2, NaN), Float64Array.of(0.8, NaN)])
})
