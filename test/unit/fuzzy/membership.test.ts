import * as fc from 'fast-check'
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
    ['sigmoid', [1], /takes 2 parameters \[a, c\], got 1/],
    ['sigmoid', [0, 50], /slope a other than 0/],
    ['sigmoid', [-0, 50], /slope a other than 0/],
    ['sigmoid', [Infinity, 50], /finite/],
    ['bell', [1, 2], /takes 3 parameters \[a, b, c\], got 2/],
    ['bell', [0, 2, 50], /width a > 0, got 0/],
    ['bell', [-1, 2, 50], /width a > 0, got -1/],
    ['bell', [1, 0, 50], /steepness b > 0, got 0/],
    ['bell', [1, -2, 50], /steepness b > 0, got -2/],
    ['bell', [1, 2, NaN], /finite/],
  ] as const)('refuses %s %j', (type, parameters, problem) => {
    expect(checkMembership(type, parameters), 'what is wrong').toMatch(problem)
  })

  it.each([
    ['triangular', [5, 5, 5]],
    ['trapezoidal', [0, 0, 20, 20]],
    ['gaussian', [-0.6, 0.35]],
    ['sigmoid', [-0.2, 50]],
    ['bell', [10, 0.5, -50]],
  ] as const)('accepts %s %j', (type, parameters) => {
    expect(checkMembership(type, parameters), 'nothing wrong').toBeUndefined()
  })
})

it.each([
  ['triangular', 'triangular'],
  ['Gaussian', 'gaussian'],
  ['TrapezoidalMF', 'trapezoidal'],
  ['Sigmoid', 'sigmoid'],
  ['sigmoidMF', 'sigmoid'],
  ['bell', 'bell'],
  ['gbell', 'bell'],
  ['GBellMF', 'bell'],
  ['Generalized_Bell', 'bell'],
  ['GeneralizedBellMF', 'bell'],
  ['triangle', undefined],
  ['toString', undefined],
  ['', undefined],
])('the type %j is %s', (name, type) => {
  expect(findMembershipType(name), 'in any case, with or without MF').toBe(type)
})

// Figures of an independent calculation; the trapezoid at 0 is where closed plateaus differ from upstream's 0.
it.each([
  ['triangular', [28, 50, 72], [28, 30, 50, 61, 72], [0, 0.090909, 1, 0.5, 0]],
  ['trapezoidal', [0, 0, 20, 35], [0, 1e-9, 20, 27.5, 35], [1, 1, 1, 0.5, 0]],
  ['gaussian', [-0.6, 0.35], [-0.6, -0.25, 0], [1, 0.606531, 0.230066]],
  // Calculated by hand: ln 3 from the centre at slope 1 it is ¾; (2^−4, 1, 3^4) + 1 in the denominator of the bell.
  ['sigmoid', [1, 5], [5 - Math.log(3), 5, 5 + Math.log(3)], [0.25, 0.5, 0.75]],
  ['sigmoid', [-0.5, 0], [-2 * Math.log(3), 0, 2 * Math.log(3)], [0.75, 0.5, 0.25]],
  ['bell', [10, 2, 50], [20, 40, 45, 50, 60, 80], [1 / 82, 0.5, 16 / 17, 1, 0.5, 1 / 82]],
] as const)('%s %j has the expected degrees', (type, parameters, points, expected) => {
  const degrees = evaluateMembership({ name: 'm', type, parameters }, Float64Array.from(points))
  for (const [i, degree] of degrees.entries()) {
    expect(degree, `at ${points[i]}`).toBeCloseTo(expected[i]!, 6)
  }
})

it('a trapezoid is 1 on its plateau, else a slope, else 0, to the last bit', () => {
  const corner = fc.oneof(
    fc.integer({ min: -9, max: 9 }),
    fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
  )
  const corners = fc.array(corner, { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(corners, fc.array(fc.oneof(corner, fc.double())), (list, values) => {
      const parameters = list.toSorted((one, other) => one - other)
      const [a, b, c, d] = parameters as [number, number, number, number]
      const expected = [...parameters, ...values].map((x) => {
        if (x >= b && x <= c) return 1
        if (x > a && x < b) return (x - a) / (b - a)
        if (x > c && x < d) return (d - x) / (d - c)
        return Number.isNaN(x) ? NaN : 0
      })
      const column = Float64Array.from([...parameters, ...values])
      const degrees = evaluateMembership({ name: 'm', type: 'trapezoidal', parameters }, column)
      expect([...degrees], `of ${column}`).toEqual(expected)
    }),
    { numRuns: 1000 },
  )
})

it('a set is one column a membership, in its order', () => {
  const low: Membership = { name: 'low', type: 'triangular', parameters: [0, 0, 10] }
  const high: Membership = { name: 'high', type: 'triangular', parameters: [0, 10, 10] }
  const indicator = { ref: 'rsi', indicatorId: 'rsi', output: 0 }
  const columns = fuzzify({ id: 's', indicator, memberships: [high, low] }, Float64Array.of(2, NaN))
  expect(columns, 'high, then low').toEqual([Float64Array.of(0.2, NaN), Float64Array.of(0.8, NaN)])
})

it('a membership far away is 0 or 1, never NaN', () => {
  const far = Float64Array.of(-Infinity, -1e308, 1e308, Infinity)
  const degrees = (type: Membership['type'], ...parameters: number[]) => [
    ...evaluateMembership({ name: 'm', type, parameters }, far),
  ]
  expect(degrees('sigmoid', 1e300, -1e308), 'a steep rise').toEqual([0, 0.5, 1, 1])
  expect(degrees('sigmoid', -3, 0), 'a fall').toEqual([1, 1, 0, 0])
  expect(degrees('bell', 1e-300, 1e308, 0), 'a bell like a box').toEqual([0, 0, 0, 0])
  expect(degrees('trapezoidal', -1, -1, 1, 1), 'a box').toEqual([0, 0, 0, 0])
  expect(degrees('triangular', -9e307, 8e307, 8.9e307), 'a wide triangle').toEqual([0, 0, 0, 0])
})

it('a bell is ½ where it is as wide as it says, even when it is as steep as a number can be', () => {
  const steep: Membership = { name: 'm', type: 'bell', parameters: [2, 1e308, 0] }
  expect([...evaluateMembership(steep, Float64Array.of(-2, 0, 1.9, 2, 2.1))]).toEqual([
    0.5, 1, 1, 0.5, 0,
  ])
})

it('a steep side of a trapezoid stays steep when its corners are 0 and −0', () => {
  const box: Membership = { name: 'm', type: 'trapezoidal', parameters: [0, -0, 0, -0] }
  expect([...evaluateMembership(box, Float64Array.of(-5e-324, 0, 5e-324))]).toEqual([0, 1, 0])
})
