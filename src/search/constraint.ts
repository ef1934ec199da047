// Whether a condition between parameters holds, in the language of the rules of a strategy (src/rules/parse-rule.ts), where
// numbers stand in the place of columns and nothing crosses anything.

import { KtrdrError } from '../core/errors.ts'
import type { Condition, Term } from '../rules/condition.ts'

type NumberAt = (parameter: number) => number

/** A comparison with a number that is none, as of 0 / 0, does not hold. */
export function holds(condition: Condition<number>, numberAt: NumberAt): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, numberAt) && holds(condition.right, numberAt)
    case 'or':
      return holds(condition.left, numberAt) || holds(condition.right, numberAt)
    case 'not':
      return !holds(condition.of, numberAt)
    case 'comparison':
      return compare(
        condition.operator,
        valueOf(condition.left, numberAt),
        valueOf(condition.right, numberAt),
      )
    case 'crosses':
      throw new KtrdrError('INVARIANT', 'A constraint of a space crosses nothing.')
  }
}

function compare(operator: '<' | '<=' | '>' | '>=', left: number, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

function valueOf(term: Term<number>, numberAt: NumberAt): number {
  switch (term.kind) {
    case 'operand':
      return numberAt(term.operand)
    case 'constant':
      return term.value
    case 'negative':
      return -valueOf(term.of, numberAt)
    case 'arithmetic':
      return calculate(term.operator, valueOf(term.left, numberAt), valueOf(term.right, numberAt))
  }
}

function calculate(operator: '+' | '-' | '*' | '/', left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
  }
}
