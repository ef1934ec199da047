import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Condition, Term } from '../../../src/rules/condition.ts'
import { parseRule, type Reference } from '../../../src/rules/parse-rule.ts'
import { MAX_RULE_LENGTH, type RuleFault } from '../../../src/rules/read-tokens.ts'

const WORDS = new Set(['fast', 'slow', 'rsi', 'macd', 'signal', 'fast-line', '4h', '1h'])

/** The tree, in brackets: what binds to what. */
function shown(node: Condition<Reference> | Term<Reference>): string {
  switch (node.kind) {
    case 'constant':
      return String(node.value)
    case 'operand': {
      const { name, member, timeframe, back } = node.operand
      return [name, member && `.${member}`, timeframe && `@${timeframe}`, back && `[${back}]`]
        .filter(Boolean)
        .join('')
    }
    case 'negative':
      return `(-${shown(node.of)})`
    case 'not':
      return `(not ${shown(node.of)})`
    case 'and':
    case 'or':
      return `(${shown(node.left)} ${node.kind} ${shown(node.right)})`
    case 'crosses':
      return `(${shown(node.left)} crosses ${node.direction} ${shown(node.right)})`
    default:
      return `(${shown(node.left)} ${node.operator} ${shown(node.right)})`
  }
}

function read(text: string): string {
  const parsed = parseRule(text, WORDS)
  if ('fault' in parsed) throw new Error(parsed.fault.message)
  return shown(parsed.condition)
}

function fault(text: string): RuleFault {
  const parsed = parseRule(text, WORDS)
  if (!('fault' in parsed)) throw new Error(`${text} is a rule`)
  return parsed.fault
}

describe('a rule', () => {
  it.each([
    ['fast crosses above slow', '(fast crosses above slow)'],
    ['a < 1 or b < 2 and c < 3', '((a < 1) or ((b < 2) and (c < 3)))'],
    ['(a < 1 or b < 2) and c < 3', '(((a < 1) or (b < 2)) and (c < 3))'],
    ['not a < 1 and b > 2', '((not (a < 1)) and (b > 2))'],
    ['not not (a < 1)', '(not (not (a < 1)))'],
    ['a - b - c >= 2 * d / 3', '(((a - b) - c) >= ((2 * d) / 3))'],
    ['a + b * -c <= -(a - 1)', '((a + (b * (-c))) <= (-(a - 1)))'],
    ['fast-slow > 1', '((fast - slow) > 1)'],
    ['fast-line-slow > 1', '((fast-line - slow) > 1)'],
    ['fast-1 > slow -1', '((fast - 1) > (slow - 1))'],
    ['macd.signal@4h[2] > macd.signal[2]@4h', '(macd.signal@4h[2] > macd.signal@4h[2])'],
    ['a > 1e-3 and b < .5 and c < 2.50', '(((a > 0.001) and (b < 0.5)) and (c < 2.5))'],
    ['  a\n>\t1 ', '(a > 1)'],
  ])('%j says %s', (text, tree) => {
    expect(read(text)).toBe(tree)
  })

  it.each([
    ['', 0, 'ends where a value should be'],
    ['fast', 0, 'is a number where a condition should be'],
    ['fast > slow and rsi', 16, 'is a number where a condition should be'],
    ['30 < rsi < 70', 9, '"<" follows a comparison'],
    ['(a < 1) > 2', 0, '">" takes numbers, and one of its sides is a condition'],
    ['a < 1 + (b < 2)', 8, '"+" takes numbers, and one of its sides is a condition'],
    ['fast crosses slow', 13, 'crosses is followed by "slow"'],
    ['fast above slow', 5, 'has "above" where it should end or go on by and, or'],
    ['a > 1 AND b > 2', 6, 'has "AND" where it should end or go on by and, or'],
    ['a > 1 && b > 2', 6, '"&&" means nothing in a rule'],
    ['a == 1', 2, '"==" means nothing in a rule'],
    ['a ≥ 1', 2, '"≥" means nothing in a rule'],
    ['a =< 1', 2, '"=" means nothing in a rule'],
    ['a > 1;', 5, '";" means nothing in a rule'],
    ['crossover(fast, slow)', 14, '"," means nothing in a rule'],
    ['rising(fast) > 1', 0, 'there is no function "rising"'],
    ['(a > 1', 6, 'the parenthesis at character 1 is not closed'],
    ['a > 1)', 5, 'has ")" where it should end or go on by and, or'],
    ['a[-1] > 1', 2, 'looks at a later bar, which nobody knows'],
    ['a[0.5] > 1', 2, 'has "0.5" where a number of bars should be'],
    ['a[99999] > 1', 2, 'has "99999" where a number of bars should be'],
    ['a[1][1] > 1', 4, 'has "[" where it should end or go on by and, or'],
    ['a[1 > 1', 4, 'the bracket of a number of bars is not closed'],
    ['(a + b)[1] > 1', 7, 'has "[" where it should end or go on by and, or'],
    ['macd. > 1', 6, 'has ">" where the name of an output or a membership should be'],
    ['rsi@ > 1', 5, 'has ">" where a timeframe, such as 4h should be'],
    ['a > 1e999', 4, '1e999 is more than a number can hold'],
    ['a > and', 4, 'has "and" where a value should be'],
  ])('%j is refused at its character %i', (text, at, message) => {
    const told = fault(text)
    expect([told.at, told.message]).toEqual([at, message])
  })

  it('tells what to write instead', () => {
    expect(fault('a > 1 AND b > 2').remedy).toBe('write and')
    expect(fault('a > 1 && b > 2').remedy).toBe('write and')
    expect(fault('a ≥ 1').remedy).toBe('write >=')
    expect(fault('fast above slow').remedy).toBe('write crosses above')
    expect(fault('(a + b)[1] > 1').remedy).toContain('close[1]')
  })
})

describe('a hostile rule', () => {
  it('has a length and a depth at most', () => {
    expect(fault(`a > 1 ${'and a > 1 '.repeat(200)}`).message).toMatch(/^has 2\d* characters/)
    for (const deep of [`${'('.repeat(400)}a > 1`, `${'not '.repeat(240)}a > 1`])
      expect(fault(deep).message).toBe('is nested more than 50 deep')
    expect(fault(`a > ${'-'.repeat(900)}1`).message).toBe('is nested more than 50 deep')
    expect(read(`${'('.repeat(50)}a > 1${')'.repeat(50)}`)).toBe('(a > 1)')
    const longest = 'a'.repeat(MAX_RULE_LENGTH - 4)
    expect(read(`${longest} > 1`)).toBe(`(${longest} > 1)`)
  })

  it('is a rule or has a fault inside its text, whatever it is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...'fast slow 4h and or not crosses above ( ) [ ] . @ < <= > - + * / 1 .5 = !'.split(' '),
        ' ',
        '\n',
      ),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('')
        const parsed = parseRule(text, WORDS)
        if (!('fault' in parsed)) return
        expect(parsed.fault.at).toBeGreaterThanOrEqual(0)
        expect(parsed.fault.at).toBeLessThanOrEqual(text.length)
        expect(parsed.fault.message).not.toBe('')
      }),
      { numRuns: 1000 },
    )
  })
})
