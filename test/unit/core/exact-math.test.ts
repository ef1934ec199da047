import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exp, log, pow } from '../../../src/core/exact-math.ts'

// Reference: Math.exp, Math.log and Math.pow of the engine, themselves within 1 ulp.

const view = new DataView(new ArrayBuffer(8))

/** Position of a float64 on the number line, counted in representable numbers. */
function ordinal(x: number): bigint {
  view.setFloat64(0, x)
  const magnitude = view.getBigUint64(0) & 0x7fffffffffffffffn
  return view.getBigInt64(0) < 0n ? -magnitude : magnitude
}

function ulps(actual: number, expected: number): number {
  if (Number.isNaN(actual) || Number.isNaN(expected)) {
    return Object.is(actual, expected) ? 0 : Infinity
  }
  const distance = ordinal(actual) - ordinal(expected)
  return Number(distance < 0n ? -distance : distance)
}

/** `count` numbers from `from` to `to`, both included. */
function sweep(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))
}

const anyDouble = fc.double({ noNaN: true })

describe('exp', () => {
  it('is within 1 ulp of Math.exp over the whole range', () => {
    const points = [
      ...sweep(-746, 710, 200_001),
      ...sweep(-1, 1, 100_001),
      ...sweep(-1e-8, 1e-8, 1001),
    ]
    const worst = points.reduce((most, x) => Math.max(most, ulps(exp(x), Math.exp(x))), 0)
    expect(worst, 'the largest error of the sweep in ulp').toBeLessThanOrEqual(1)
  })

  it('is within 1 ulp of Math.exp for any number', () => {
    fc.assert(
      fc.property(fc.oneof(anyDouble, fc.double({ min: -746, max: 710, noNaN: true })), (x) => {
        expect(ulps(exp(x), Math.exp(x)), `ulp at ${x}`).toBeLessThanOrEqual(1)
      }),
      { numRuns: 5000 },
    )
  })

  it('has the edges of the standard', () => {
    const edges = [
      [NaN, NaN],
      [Infinity, Infinity],
      [-Infinity, 0],
      [0, 1],
      [-0, 1],
      [709.782712893384, 1.797693134862273e308],
      [709.7827128933841, Infinity],
      [-745.1332191019411, 5e-324],
      [-745.1332191019412, 0],
      [1e308, Infinity],
      [-1e308, 0],
    ] as const
    for (const [x, expected] of edges) {
      expect(ulps(exp(x), expected), `exp(${x}) is ${expected}`).toBeLessThanOrEqual(
        Number.isFinite(expected) && expected > 1 ? 1 : 0,
      )
    }
  })
})

describe('log', () => {
  it('is within 1 ulp of Math.log over the whole range', () => {
    const exponents = sweep(-1074, 1023, 2098).map((k) => 2 ** k)
    const points = [
      ...exponents.flatMap((power) => [power, power * 1.1, power * Math.SQRT2, power * 1.9]),
      ...sweep(0.5, 2, 200_001),
      ...sweep(1 - 1e-7, 1 + 1e-7, 10_001),
    ].filter(Number.isFinite)
    const worst = points.reduce((most, x) => Math.max(most, ulps(log(x), Math.log(x))), 0)
    expect(worst, 'the largest error of the sweep in ulp').toBeLessThanOrEqual(1)
  })

  it('is within 1 ulp of Math.log for any positive number', () => {
    fc.assert(
      fc.property(fc.double({ min: 5e-324, noNaN: true }), (x) => {
        expect(ulps(log(x), Math.log(x)), `ulp at ${x}`).toBeLessThanOrEqual(1)
      }),
      { numRuns: 5000 },
    )
  })

  it('has the edges of the standard', () => {
    for (const x of [NaN, -1, -5e-324, -Infinity]) expect(log(x), `log(${x})`).toBeNaN()
    for (const x of [0, -0]) expect(log(x), 'log of zero').toBe(-Infinity)
    expect(log(Infinity), 'log of Infinity').toBe(Infinity)
    expect(log(1), 'log of one is positive zero').toBe(0)
    expect(log(5e-324), 'the smallest subnormal').toBe(Math.log(5e-324))
  })
})

describe('pow', () => {
  it('has the stated relative error against Math.pow', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
        fc.double({ min: -500, max: 500, noNaN: true }),
        (x, y) => {
          const expected = Math.pow(x, y)
          fc.pre(expected > 1e-300 && expected < 1e300)
          const bound = (2 + 2 * Math.abs(y * Math.log(x))) * 2 ** -52
          expect(Math.abs(pow(x, y) / expected - 1), `pow(${x}, ${y})`).toBeLessThan(bound)
        },
      ),
      { numRuns: 5000 },
    )
  })

  it('has the edges of the standard for bases that are not negative', () => {
    const specials = [0, 0.5, 1, 2, Infinity]
    const exponents = [-Infinity, -2, -0, 0, 2, Infinity, NaN]
    for (const x of specials) {
      for (const y of exponents) {
        expect(ulps(pow(x, y), Math.pow(x, y)), `pow(${x}, ${y})`).toBeLessThan(4)
      }
    }
    expect(pow(NaN, 0), 'anything to the power of zero').toBe(1)
    expect(pow(NaN, 1), 'NaN').toBeNaN()
    expect(pow(-8, 2), 'a negative base').toBeNaN()
  })
})

it('exp, log and pow give the same bits on every engine', () => {
  const values = sweep(0.001, 700, 5000).flatMap((x) => [exp(x), exp(-x), log(x), pow(x, 1.7)])
  const bytes = new DataView(new ArrayBuffer(values.length * 8))
  for (const [i, value] of values.entries()) bytes.setFloat64(i * 8, value)
  const digest = createHash('sha256').update(new Uint8Array(bytes.buffer)).digest('hex')
  expect(digest.slice(0, 16), 'recorded from the first implementation, V8 on x64').toBe(
    'c6fe25234b5f1503',
  )
})
