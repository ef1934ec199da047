// What a condition holds on, beside an interpreter that asks bar by bar.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMPARISONS, type Condition, type Term } from '../../../src/rules/condition.ts'
import { evaluateCondition } from '../../../src/rules/evaluate-condition.ts'
import { parseRule } from '../../../src/rules/parse-rule.ts'

type Columns = Readonly<Record<string, readonly number[]>>

function evaluated(rule: string, columns: Columns): string {
  const parsed = parseRule(rule, new Set(Object.keys(columns)))
  if ('fault' in parsed) throw new Error(parsed.fault.message)
  const length = Object.values(columns)[0]!.length
  const columnOf = ({ name }: { name: string }) => Float64Array.from(columns[name]!)
  return evaluateCondition(parsed.condition, length, columnOf).join('')
}

describe('a condition', () => {
  const a = [1, 2, 3, NaN, 2]
  const b = [2, 2, 2, 2, NaN]
  it.each([
    ['a < b', '10000'],
    ['a <= b', '11000'],
    ['a > b', '00100'],
    ['a >= b', '01100'],
    ['not a < b', '01111'],
    ['a < b or a > b', '10100'],
    ['a <= b and a >= b', '01000'],
    ['a + 1 > b', '01100'],
    ['2 * a - b / 2 >= -(-3)', '01100'],
    ['2 < a', '00100'],
    ['1 < 2', '11111'],
    ['1 + 1 > 2', '00000'],
    ['a / 0 > 1', '11101'],
  ])('%s holds where it should', (rule, holds) => {
    expect(evaluated(rule, { a, b })).toBe(holds)
  })

  // BENCH-1, the task that other engines were measured with: a buy if diff[i−1] ≤ 0 < diff[i], a sell if
  // diff[i−1] ≥ 0 > diff[i], nothing while a value is missing.
  it.each([
    ['from below to above', [-1, 1], '01', '00'],
    ['from above to below', [1, -1], '00', '01'],
    ['from a touch upwards', [0, 1], '01', '00'],
    ['from a touch downwards', [0, -1], '00', '01'],
    ['to a touch', [-1, 0], '00', '00'],
    ['above all the time', [1, 2], '00', '00'],
    ['through a touch', [-1, 0, 1], '001', '000'],
    ['back from a touch', [1, 0, 1], '001', '000'],
    ['out of the warm-up', [NaN, 1], '00', '00'],
    ['over a gap', [-1, NaN, 1], '000', '000'],
  ])('crosses %s', (_, difference, above, below) => {
    const columns = { a: difference.map((value) => 5 + value), b: difference.map(() => 5) }
    expect(evaluated('a crosses above b', columns)).toBe(above)
    expect(evaluated('a crosses below b', columns)).toBe(below)
    expect(evaluated('a crosses above 5', columns), 'a constant').toBe(above)
    expect(evaluated('5 crosses below a', columns), 'the other way round').toBe(above)
    expect(evaluated('a - b crosses above 0', columns), 'the sign of a difference').toBe(above)
  })
})

type Operand = 'a' | 'b'

function termAt(term: Term<Operand>, bar: number, columns: Columns): number {
  switch (term.kind) {
    case 'operand':
      return columns[term.operand]![bar]!
    case 'constant':
      return term.value
    case 'negative':
      return -termAt(term.of, bar, columns)
    case 'arithmetic': {
      const [x, y] = [termAt(term.left, bar, columns), termAt(term.right, bar, columns)]
      return { '+': x + y, '-': x - y, '*': x * y, '/': x / y }[term.operator]
    }
  }
}

function holdsAt(condition: Condition<Operand>, bar: number, columns: Columns): boolean {
  switch (condition.kind) {
    case 'not':
      return !holdsAt(condition.of, bar, columns)
    case 'and':
      return holdsAt(condition.left, bar, columns) && holdsAt(condition.right, bar, columns)
    case 'or':
      return holdsAt(condition.left, bar, columns) || holdsAt(condition.right, bar, columns)
    case 'crosses': {
      if (bar === 0) return false
      const [x, y] = [termAt(condition.left, bar, columns), termAt(condition.right, bar, columns)]
      const x0 = termAt(condition.left, bar - 1, columns)
      const y0 = termAt(condition.right, bar - 1, columns)
      return condition.direction === 'above' ? x0 <= y0 && x > y : x0 >= y0 && x < y
    }
    case 'comparison': {
      const [x, y] = [termAt(condition.left, bar, columns), termAt(condition.right, bar, columns)]
      return { '<': x < y, '<=': x <= y, '>': x > y, '>=': x >= y }[condition.operator]
    }
  }
}

const { term } = fc.letrec<{ term: Term<Operand> }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc
      .constantFrom('a' as const, 'b' as const)
      .map((operand) => ({ kind: 'operand', operand }) as const),
    fc.constantFrom(-1, 0, 0.5, 2).map((value) => ({ kind: 'constant', value }) as const),
    fc.record({ kind: fc.constant('negative' as const), of: tie('term') }),
    fc.record({
      kind: fc.constant('arithmetic' as const),
      operator: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
      left: tie('term'),
      right: tie('term'),
    }),
  ),
}))

const { condition } = fc.letrec<{ condition: Condition<Operand> }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({
      kind: fc.constant('comparison' as const),
      operator: fc.constantFrom(...COMPARISONS),
      left: term,
      right: term,
    }),
    fc.record({
      kind: fc.constant('crosses' as const),
      direction: fc.constantFrom('above' as const, 'below' as const),
      left: term,
      right: term,
    }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('condition'),
      right: tie('condition'),
    }),
    fc.record({ kind: fc.constant('not' as const), of: tie('condition') }),
  ),
}))

const value = fc.oneof(fc.constantFrom(-2, -1, 0, -0, 0.5, 1, 2, NaN, Infinity), fc.double())
const columns = fc
  .array(fc.tuple(value, value), { maxLength: 12 })
  .map((rows) => ({ a: rows.map(([a]) => a), b: rows.map(([, b]) => b) }))

describe('whole columns', () => {
  it('hold what an interpreter of single bars holds', () => {
    fc.assert(
      fc.property(condition, columns, (said, given) => {
        const columnOf = (operand: Operand) => Float64Array.from(given[operand])
        const holds = evaluateCondition(said, given.a.length, columnOf)
        expect([...holds]).toEqual(given.a.map((_, bar) => Number(holdsAt(said, bar, given))))
      }),
      { numRuns: 2000 },
    )
  })

  it('are left as they were', () => {
    const a = Float64Array.of(1, 2, 3)
    const parsed = parseRule('not (-a < -2) and a + a > a', new Set())
    if ('fault' in parsed) throw new Error(parsed.fault.message)
    evaluateCondition(parsed.condition, 3, () => a)
    expect([...a]).toEqual([1, 2, 3])
  })
})
