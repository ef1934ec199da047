// Spaces for tests of searches, and "any space" for property tests.

import fc from 'fast-check'
import type { Choice, NumberRange, Range, Space } from '../../src/search/space.ts'

export function numbers(low: number, high: number, more: Partial<NumberRange> = {}): NumberRange {
  return { kind: 'float', low, high, step: null, isLog: false, points: null, ...more }
}

export function whole(low: number, high: number, step = 1): NumberRange {
  return { kind: 'int', low, high, step, isLog: false, points: null }
}

export function choice(count: number): Choice {
  return { kind: 'choice', values: Array.from({ length: count }, (_, i) => `value ${i}`) }
}

export function spaceOf(ranges: Readonly<Record<string, Range>>): Space {
  return {
    parameters: Object.entries(ranges).map(([name, range]) => ({ name, path: [name], range })),
    constraints: [],
  }
}

/** Parameter 0 below parameter 1. */
export function ordered(space: Space): Space {
  const [left, right] = [0, 1].map((operand) => ({ kind: 'operand', operand }) as const)
  const condition = { kind: 'comparison', operator: '<', left: left!, right: right! } as const
  return { ...space, constraints: [{ text: 'a < b', condition }] }
}

const anyStepped = fc
  .record({ low: fc.integer({ min: -50, max: 50 }), step: fc.integer({ min: 1, max: 7 }) })
  .chain(({ low, step }) =>
    fc.integer({ min: 1, max: 30 }).map((steps) => whole(low, low + steps * step, step)),
  )

const anyDecimal = fc
  .record({ low: fc.integer({ min: -20, max: 20 }), steps: fc.integer({ min: 1, max: 30 }) })
  .map(({ low, steps }) =>
    numbers(low / 10, Number(((low + steps) / 10).toPrecision(12)), { step: 0.1 }),
  )

const anyFloat = fc
  .record({ low: fc.double({ min: 1e-6, max: 10, noNaN: true }), isLog: fc.boolean() })
  .map(({ low, isLog }) => numbers(low, low * 100, { isLog }))

const anyWholeLog = fc
  .integer({ min: 1, max: 20 })
  .map((low) => ({ ...whole(low, low * 30), isLog: true }))

export const anyRange: fc.Arbitrary<Range> = fc.oneof(
  anyStepped,
  anyDecimal,
  anyFloat,
  anyWholeLog,
  fc.integer({ min: 2, max: 5 }).map(choice),
)

export const anySpace: fc.Arbitrary<Space> = fc
  .array(anyRange, { minLength: 1, maxLength: 5 })
  .map((ranges) => spaceOf(Object.fromEntries(ranges.map((range, i) => [`p${i}`, range]))))

/** Whether a coordinate is a value of the range, to the last bit. */
export function isIn(range: Range, coordinate: number): boolean {
  if (range.kind === 'choice')
    return Number.isInteger(coordinate) && coordinate >= 0 && coordinate < range.values.length
  const { low, high, step } = range
  if (coordinate < low || coordinate > high) return false
  if (step === null) return true
  const k = Math.round((coordinate - low) / step)
  return coordinate === Number((low + k * step).toPrecision(12))
}
