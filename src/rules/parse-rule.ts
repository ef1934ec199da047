// The text of a rule → the tree of what it says, by recursive descent:
//
//   condition  = and { "or" and }          sum     = product { ("+" | "-") product }
//   and        = negation { "and" negation }   product = factor { ("*" | "/") factor }
//   negation   = "not" negation | comparison   factor  = "-" factor | "(" condition ")" | number | reference
//   comparison = sum [ ("<" | "<=" | ">" | ">=" | "crosses" ("above" | "below")) sum ]
//   reference  = name [ "." name ] [ "@" timeframe ] [ "[" bars "]" ]
//
// Parentheses hold a number or a condition, so that either may come out of a factor; what it is stands beside it. What
// the names mean is not known here.

import { nearest } from '../core/did-you-mean.ts'
import { COMPARISONS, type Comparison, type Condition, type Term } from './condition.ts'
import { MAX_RULE_LENGTH, readTokens, type RuleFault, type Token } from './read-tokens.ts'

/** A name as it was written. */
export type Reference = {
  readonly name: string
  /** After a point: an output of an indicator, a membership of a fuzzy set. */
  readonly member: string | null
  readonly timeframe: string | null
  /** Bars before. */
  readonly back: number
  readonly at: number
  /** Where the timeframe stands, if there is one. */
  readonly timeframeAt: number
}

export type ParsedRule =
  | { readonly condition: Condition<Reference> }
  | { readonly fault: RuleFault }

const KEYWORDS = ['and', 'or', 'not', 'crosses', 'above', 'below'] as const
const MAX_DEPTH = 50
/** As far as `[bars]` looks back. */
const MAX_BACK = 10_000

type Value =
  | { readonly type: 'number'; readonly at: number; readonly term: Term<Reference> }
  | { readonly type: 'condition'; readonly at: number; readonly condition: Condition<Reference> }

/** @param words names that there are; only for telling a minus from one inside a name */
export function parseRule(text: string, words: ReadonlySet<string>): ParsedRule {
  if (text.length > MAX_RULE_LENGTH) {
    const message = `has ${text.length} characters, and a rule has ${MAX_RULE_LENGTH} at most`
    return { fault: { at: 0, message, remedy: 'let a fuzzy set say what belongs together' } }
  }
  const tokens = readTokens(text, words)
  if (!Array.isArray(tokens)) return { fault: tokens }
  try {
    return { condition: parse(tokens) }
  } catch (error) {
    if (error instanceof Misread) return { fault: error.fault }
    throw error
  }
}

class Misread extends Error {
  readonly fault: RuleFault

  constructor(at: number, message: string, remedy?: string) {
    super(message)
    this.fault = { at, message, ...(remedy === undefined ? {} : { remedy }) }
  }
}

function parse(tokens: readonly Token[]): Condition<Reference> {
  let next = 0
  let depth = 0
  const here = (): Token => tokens[next]!
  const is = (...texts: readonly string[]): boolean =>
    here().kind !== 'number' && texts.includes(here().text)
  const take = (): Token => tokens[next++]!

  const deeper = <Result>(read: () => Result): Result => {
    if (++depth > MAX_DEPTH)
      throw new Misread(here().at, `is nested more than ${MAX_DEPTH} deep`, 'write it simpler')
    const result = read()
    depth--
    return result
  }

  const joined = (word: 'and' | 'or', read: () => Value): Value => {
    let left = read()
    while (is(word)) {
      take()
      const pair = { left: conditionIn(left), right: conditionIn(read()) }
      left = { type: 'condition', at: left.at, condition: { kind: word, ...pair } }
    }
    return left
  }
  const condition = (): Value => joined('or', () => joined('and', negation))

  const negation = (): Value => {
    if (!is('not')) return comparison()
    const { at } = take()
    const of = conditionIn(deeper(negation))
    return { type: 'condition', at, condition: { kind: 'not', of } }
  }

  const comparison = (): Value => {
    const left = sum()
    const crosses = is('crosses')
    if (!crosses && !is(...COMPARISONS)) return left
    const operator = take()
    const direction = crosses ? crossing() : undefined
    const pair = { left: termIn(left, operator), right: termIn(sum(), operator) }
    if (is('crosses', ...COMPARISONS))
      throw new Misread(
        here().at,
        `${quoted(here())} follows a comparison`,
        'join two of them by and, such as 30 < rsi and rsi < 70',
      )
    const said: Condition<Reference> = direction
      ? { kind: 'crosses', direction, ...pair }
      : { kind: 'comparison', operator: operator.text as Comparison, ...pair }
    return { type: 'condition', at: left.at, condition: said }
  }

  const crossing = (): 'above' | 'below' => {
    if (is('above', 'below')) return take().text as 'above' | 'below'
    const message = `crosses is followed by ${quoted(here())}`
    throw new Misread(here().at, message, 'write crosses above or crosses below')
  }

  const chain = (signs: readonly string[], read: () => Value): Value => {
    let left = read()
    while (here().kind === 'sign' && is(...signs)) {
      const sign = take()
      const operator = sign.text as '+' | '-' | '*' | '/'
      const pair = { left: termIn(left, sign), right: termIn(read(), sign) }
      left = { type: 'number', at: left.at, term: { kind: 'arithmetic', operator, ...pair } }
    }
    return left
  }
  const sum = (): Value => chain(['+', '-'], product)
  const product = (): Value => chain(['*', '/'], factor)

  const factor = (): Value => {
    const token = here()
    if (token.kind === 'number') {
      take()
      return numeric(token.at, { kind: 'constant', value: Number(token.text) })
    }
    if (token.kind === 'word' && !isKeyword(token.text)) return reference()
    if (is('-')) {
      take()
      const of = termIn(deeper(factor), token)
      return numeric(token.at, { kind: 'negative', of })
    }
    if (is('(')) {
      take()
      const inner = deeper(condition)
      expectSign(')', `the parenthesis at character ${token.at + 1} is not closed`)
      return { ...inner, at: token.at }
    }
    const what = token.kind === 'end' ? 'ends' : `has ${quoted(token)}`
    throw new Misread(token.at, `${what} where a value should be`, 'write a number or a name')
  }

  const reference = (): Value => {
    const { text: name, at } = take()
    if (is('('))
      throw new Misread(at, `there is no function ${quotedText(name)}`, 'use an indicator instead')
    const member = is('.') ? memberName() : null
    let timeframe: Token | undefined
    let back: number | undefined
    for (;;) {
      if (is('@') && timeframe === undefined) {
        take()
        timeframe = expectWord('a timeframe, such as 4h')
      } else if (is('[') && back === undefined) back = barsBefore()
      else break
    }
    const suffix = { timeframe: timeframe?.text ?? null, timeframeAt: timeframe?.at ?? at }
    const operand = { name, member, at, back: back ?? 0, ...suffix }
    return numeric(at, { kind: 'operand', operand })
  }

  const memberName = (): string => {
    take()
    return expectWord('the name of an output or a membership').text
  }

  const expectWord = (what: string): Token => {
    if (here().kind === 'word') return take()
    throw new Misread(here().at, `has ${quoted(here())} where ${what} should be`)
  }

  const barsBefore = (): number => {
    take()
    if (is('-')) {
      const message = 'looks at a later bar, which nobody knows'
      throw new Misread(here().at, message, 'write [1] for the bar before')
    }
    const token = here()
    const bars = Number(token.text)
    if (token.kind !== 'number' || !Number.isInteger(bars) || bars > MAX_BACK) {
      const message = `has ${quoted(token)} where a number of bars should be`
      throw new Misread(token.at, message, `write an integer from 0 to ${MAX_BACK}`)
    }
    take()
    expectSign(']', 'the bracket of a number of bars is not closed')
    return bars
  }

  const expectSign = (sign: string, message: string): void => {
    if (!is(sign)) throw new Misread(here().at, message, `write ${sign}`)
    take()
  }

  const whole = condition()
  if (here().kind !== 'end') throw leftOver(here(), whole)
  return conditionIn(whole)
}

function numeric(at: number, term: Term<Reference>): Value {
  return { type: 'number', at, term }
}

function isKeyword(text: string): boolean {
  return (KEYWORDS as readonly string[]).includes(text)
}

function conditionIn(value: Value): Condition<Reference> {
  if (value.type === 'condition') return value.condition
  const message = 'is a number where a condition should be'
  throw new Misread(value.at, message, 'compare it, such as rsi < 30')
}

function termIn(value: Value, operator: Token): Term<Reference> {
  if (value.type === 'number') return value.term
  const message = `${quoted(operator)} takes numbers, and one of its sides is a condition`
  throw new Misread(value.at, message, 'put conditions together by and, or and not')
}

function leftOver(token: Token, before: Value): Misread {
  const message = `has ${quoted(token)} where it should end or go on by and, or`
  if (token.text === 'above' || token.text === 'below')
    return new Misread(token.at, message, `write crosses ${token.text}`)
  if (token.text === '[' && before.type === 'number')
    return new Misread(token.at, message, 'put the bars before behind each name, such as close[1]')
  const meant = nearest(token.text, KEYWORDS)
  return new Misread(token.at, message, meant === undefined ? undefined : `write ${meant}`)
}

function quoted({ kind, text }: Token): string {
  return kind === 'end' ? 'nothing' : quotedText(text)
}

function quotedText(text: string): string {
  return JSON.stringify(text)
}
