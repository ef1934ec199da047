// What a rule says, as a tree: a condition over numbers. `Operand` is what stands for a column: a name as it was written
// (parse-rule.ts), or what it means (rule-plan.ts).

export const COMPARISONS = ['<', '<=', '>', '>='] as const
export type Comparison = (typeof COMPARISONS)[number]

export type ArithmeticOperator = '+' | '-' | '*' | '/'

export type Term<Operand> =
  | { readonly kind: 'operand'; readonly operand: Operand }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'negative'; readonly of: Term<Operand> }
  | {
      readonly kind: 'arithmetic'
      readonly operator: ArithmeticOperator
      readonly left: Term<Operand>
      readonly right: Term<Operand>
    }

export type Condition<Operand> =
  | {
      readonly kind: 'comparison'
      readonly operator: Comparison
      readonly left: Term<Operand>
      readonly right: Term<Operand>
    }
  /** On one side, or equal, at the bar before, and on the other side at this one. */
  | {
      readonly kind: 'crosses'
      readonly direction: 'above' | 'below'
      readonly left: Term<Operand>
      readonly right: Term<Operand>
    }
  | {
      readonly kind: 'and' | 'or'
      readonly left: Condition<Operand>
      readonly right: Condition<Operand>
    }
  | { readonly kind: 'not'; readonly of: Condition<Operand> }

/** An operand, and whether it is looked at on the bar before, too. */
export type OperandUse<Operand> = { readonly operand: Operand; readonly before: boolean }

/** In the order of the text. */
export function operandsOf<Operand>(
  node: Condition<Operand> | Term<Operand>,
  before = false,
): OperandUse<Operand>[] {
  switch (node.kind) {
    case 'operand':
      return [{ operand: node.operand, before }]
    case 'constant':
      return []
    case 'negative':
    case 'not':
      return operandsOf(node.of, before)
    default: {
      const looksBack = before || node.kind === 'crosses'
      return [...operandsOf(node.left, looksBack), ...operandsOf(node.right, looksBack)]
    }
  }
}

/** The same condition over other operands. */
export function mapCondition<From, To>(
  condition: Condition<From>,
  meaningOf: (operand: From) => To,
): Condition<To> {
  switch (condition.kind) {
    case 'not':
      return { kind: 'not', of: mapCondition(condition.of, meaningOf) }
    case 'and':
    case 'or':
      return {
        ...condition,
        left: mapCondition(condition.left, meaningOf),
        right: mapCondition(condition.right, meaningOf),
      }
    default:
      return {
        ...condition,
        left: mapTerm(condition.left, meaningOf),
        right: mapTerm(condition.right, meaningOf),
      }
  }
}

function mapTerm<From, To>(term: Term<From>, meaningOf: (operand: From) => To): Term<To> {
  switch (term.kind) {
    case 'operand':
      return { kind: 'operand', operand: meaningOf(term.operand) }
    case 'constant':
      return term
    case 'negative':
      return { kind: 'negative', of: mapTerm(term.of, meaningOf) }
    case 'arithmetic':
      return {
        ...term,
        left: mapTerm(term.left, meaningOf),
        right: mapTerm(term.right, meaningOf),
      }
  }
}
