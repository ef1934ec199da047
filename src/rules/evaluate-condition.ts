// A condition → one mask (mask.ts), a whole column at a time.
//
// A constant is a column of one value, read at `bar & 0`; any other is read at `bar & -1`, which is the bar. Comparisons
// count as numbers, because V8 makes a branch of every other form. A comparison with NaN is false, as is a crossing
// with NaN on either of its bars.

import type { ArithmeticOperator, Condition, Term } from './condition.ts'
import { newMask, wordsOf } from './mask.ts'

type ColumnOf<Operand> = (operand: Operand) => Float64Array

/** @param columnOf columns of `length` values */
export function evaluateCondition<Operand>(
  condition: Condition<Operand>,
  length: number,
  columnOf: ColumnOf<Operand>,
): Uint8Array {
  const inside = (part: Condition<Operand>) => evaluateCondition(part, length, columnOf)
  switch (condition.kind) {
    case 'not':
      return inverted(inside(condition.of))
    case 'and':
      return both(inside(condition.left), inside(condition.right))
    case 'or':
      return either(inside(condition.left), inside(condition.right))
    default: {
      const left = evaluateTerm(condition.left, columnOf)
      const right = evaluateTerm(condition.right, columnOf)
      const what = condition.kind === 'crosses' ? condition.direction : condition.operator
      switch (what) {
        case '<':
          return less(left, right, length)
        case '>':
          return less(right, left, length)
        case '<=':
          return lessOrEqual(left, right, length)
        case '>=':
          return lessOrEqual(right, left, length)
        case 'above':
          return crossesAbove(left, right, length)
        case 'below':
          return crossesAbove(right, left, length)
      }
    }
  }
}

/** @returns a column as long as those of the operands, or of one value for what is constant */
function evaluateTerm<Operand>(term: Term<Operand>, columnOf: ColumnOf<Operand>): Float64Array {
  switch (term.kind) {
    case 'operand':
      return columnOf(term.operand)
    case 'constant':
      return Float64Array.of(term.value)
    case 'negative':
      return evaluateTerm(term.of, columnOf).map((value) => -value)
    case 'arithmetic':
      return arithmetic(
        term.operator,
        evaluateTerm(term.left, columnOf),
        evaluateTerm(term.right, columnOf),
      )
  }
}

function arithmetic(
  operator: ArithmeticOperator,
  left: Float64Array,
  right: Float64Array,
): Float64Array {
  const values = new Float64Array(left.length === 1 ? right.length : left.length)
  const { length } = values
  const [ofLeft, ofRight] = [indexMask(left, length), indexMask(right, length)]
  switch (operator) {
    case '+':
      for (let i = 0; i < length; i++) values[i] = left[i & ofLeft]! + right[i & ofRight]!
      break
    case '-':
      for (let i = 0; i < length; i++) values[i] = left[i & ofLeft]! - right[i & ofRight]!
      break
    case '*':
      for (let i = 0; i < length; i++) values[i] = left[i & ofLeft]! * right[i & ofRight]!
      break
    case '/':
      for (let i = 0; i < length; i++) values[i] = left[i & ofLeft]! / right[i & ofRight]!
  }
  return values
}

function indexMask(column: Float64Array, length: number): 0 | -1 {
  return column.length === length ? -1 : 0
}

function less(left: Float64Array, right: Float64Array, length: number): Uint8Array {
  const holds = newMask(length)
  const [ofLeft, ofRight] = [indexMask(left, length), indexMask(right, length)]
  for (let bar = 0; bar < length; bar++)
    holds[bar] = Number(left[bar & ofLeft]! < right[bar & ofRight]!)
  return holds
}

function lessOrEqual(left: Float64Array, right: Float64Array, length: number): Uint8Array {
  const holds = newMask(length)
  const [ofLeft, ofRight] = [indexMask(left, length), indexMask(right, length)]
  for (let bar = 0; bar < length; bar++)
    holds[bar] = Number(left[bar & ofLeft]! <= right[bar & ofRight]!)
  return holds
}

/** left₋₁ ≤ right₋₁ and left > right; never on the first bar. */
function crossesAbove(left: Float64Array, right: Float64Array, length: number): Uint8Array {
  const holds = newMask(length)
  const [ofLeft, ofRight] = [indexMask(left, length), indexMask(right, length)]
  let wasBelow = 0
  for (let bar = 0; bar < length; bar++) {
    const x = left[bar & ofLeft]!
    const y = right[bar & ofRight]!
    holds[bar] = wasBelow & Number(x > y)
    wasBelow = Number(x <= y)
  }
  return holds
}

function inverted(holds: Uint8Array): Uint8Array {
  const words = wordsOf(holds)
  for (let i = 0; i < words.length; i++) words[i] = words[i]! ^ 0x01010101
  return holds
}

function both(left: Uint8Array, right: Uint8Array): Uint8Array {
  const [words, others] = [wordsOf(left), wordsOf(right)]
  for (let i = 0; i < words.length; i++) words[i] = words[i]! & others[i]!
  return left
}

function either(left: Uint8Array, right: Uint8Array): Uint8Array {
  const [words, others] = [wordsOf(left), wordsOf(right)]
  for (let i = 0; i < words.length; i++) words[i] = words[i]! | others[i]!
  return left
}
