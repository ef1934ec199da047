import { describe, expect, it } from 'vitest'
import {
  formatProblem,
  parseAnyStrategy,
  parseStrategy,
} from '../../../src/strategy/load-strategy.ts'
import { hasRules } from '../../../src/strategy/strategy.ts'
import type { RuleStrategy } from '../../../src/strategy/strategy.ts'
import { problemsOf, refusalOf, RULES_SAMPLE } from './sample.ts'

function edited(...edits: readonly (readonly [before: string, after: string])[]): string {
  let text = RULES_SAMPLE
  for (const [before, after] of edits) {
    if (!text.includes(before)) throw new Error(`the sample has no ${JSON.stringify(before)}`)
    text = text.replace(before, () => after)
  }
  return text
}

function parsed(text: string): RuleStrategy {
  const { strategy } = parseAnyStrategy(text, 'sample.yaml')
  if (!hasRules(strategy)) throw new Error('the strategy has no rules')
  return strategy
}

function warningsOf(text: string): string[] {
  return parseAnyStrategy(text, 'sample.yaml').warnings.map(formatProblem)
}

const ENTER = 'fast crosses above slow and macd.signal > 0'

/** What is said of a rule in the place of the first one, which begins in column 12 of line 17. */
const told = (rule: string): string[] => problemsOf(edited([ENTER, rule]))

describe('a strategy with rules', () => {
  it('loads without a warning, and without a network', () => {
    expect(warningsOf(RULES_SAMPLE)).toEqual([])
    const { rules, inputs, indicators, fuzzySets } = parsed(RULES_SAMPLE)
    expect(inputs, 'no inputs').toEqual([])
    expect(indicators.map(({ id }) => id)).toEqual(['fast', 'slow', 'rsi_14', 'macd'])
    expect(fuzzySets.map(({ id }) => id)).toEqual(['rsi'])
    expect(rules.long?.enter.text).toBe(ENTER)
    expect(rules.short?.exit, 'an exit may be missing').toBeNull()
  })

  it('needs prices only', () => {
    const text = `name: sample
training_data:
  symbols: { mode: single, symbol: EURUSD }
  timeframes: { mode: single, timeframe: 1h }
rules: { short: { enter: close < open - 1 } }
`
    expect(warningsOf(text)).toEqual([])
    expect(parsed(text).rules.long).toBeNull()
  })

  it('leaves out what no rule needs, with a warning', () => {
    const text = edited(
      [ENTER, 'fast > slow'],
      [' and not rsi.low > 0.2', ''],
      [' or rsi.high > 0.5', ''],
      ['@4h', ''],
      ['@4h', ''],
    )
    expect(warningsOf(text)).toEqual([
      'sample.yaml:4:51 training_data.timeframes.list[1]: 4h is not used by any rule',
      'sample.yaml:8:3 indicators.rsi_14: is not used by any rule, so it is not computed',
      'sample.yaml:9:3 indicators.macd: is not used by any rule, so it is not computed',
      'sample.yaml:11:3 fuzzy_sets.rsi: is not used by any rule',
    ])
    expect(parsed(text).indicators.map(({ id }) => id)).toEqual(['fast', 'slow'])
  })

  it('knows how much history its rules need, bars before and longer timeframes included', () => {
    const text = edited([
      'timeframes: { mode: multi_timeframe, list: [1h, 4h] }',
      'timeframes: { mode: multi_timeframe, list: [1h, 4h] }\n  history_required: 50',
    ])
    expect(warningsOf(text.replace('[1] and', '[5] and'))).toEqual([
      'sample.yaml:5:21 training_data.history_required: is 50, but fast needs 14 bars of 4h before its first value, up to 56 of 1h; leave it out for as many as the indicators need',
    ])
    expect(warningsOf(text)).toEqual([])
  })

  it('is no strategy to train', () => {
    const error = refusalOf(RULES_SAMPLE)
    expect(error?.code).toBe('USAGE')
    expect(error?.message).toBe(
      'The strategy sample has rules and no network: there is nothing to train.',
    )
    expect(error?.suggestions).toEqual(['ktrdr backtest sample.yaml --data FILE'])
    expect(() => parseStrategy(RULES_SAMPLE, 'sample.yaml')).toThrow(error!.message)
  })

  it('may say how to trade, but on no side that it has no rules of', () => {
    const trading = (sides: string): string => `${RULES_SAMPLE}trading: { sides: ${sides} }\n`
    expect(parsed(trading('short')).trading).toEqual({ sides: 'short' })
    const longOnly = trading('short').replace(/  short:\n.*\n/, '')
    expect(problemsOf(longOnly)).toEqual([
      'sample.yaml:19:19 trading.sides: is short, but the rules never go short; write sides: both',
    ])
  })

  it('has no network beside its rules', () => {
    const because =
      'belongs to a network, and this strategy has rules; remove it, or remove rules: a strategy has one of the two'
    for (const key of ['nn_inputs', 'model', 'decisions', 'training'])
      expect(problemsOf(`${RULES_SAMPLE}${key}: {}\n`)).toEqual([
        `sample.yaml:21:1 ${key}: ${because}`,
      ])
  })

  it('says what is missing', () => {
    const rules = /rules:\n[^]*/
    expect(problemsOf(RULES_SAMPLE.replace(rules, 'rules: {}\n'))).toEqual([
      'sample.yaml:15:1 rules: has neither long nor short; write for example long: {enter: fast crosses above slow, exit: fast crosses below slow} below it',
    ])
    expect(problemsOf(RULES_SAMPLE.replace(rules, 'rules:\n'))).toEqual([
      'sample.yaml:15:7 rules: is missing; write for example long: {enter: fast crosses above slow, exit: fast crosses below slow} below it',
    ])
    expect(
      problemsOf(RULES_SAMPLE.replace(rules, 'rules:\n  long: { exit: fast < slow }\n')),
    ).toEqual([
      'sample.yaml:16:3 rules.long.enter: is missing; write for example fast crosses above slow',
    ])
    expect(problemsOf(RULES_SAMPLE.replace(rules, 'rules: { long: { enter: true } }\n'))).toEqual([
      'sample.yaml:15:25 rules.long.enter: expected a condition, was true; write for example fast crosses above slow',
    ])
  })
})

describe('a name in a rule', () => {
  it.each([
    [
      'that is none',
      'fast > slwo',
      `17:19 rules.long.enter: 'slwo' is no indicator, fuzzy set or price; did you mean "slow"?`,
    ],
    [
      'of a fuzzy set alone',
      'rsi > 1',
      "17:12 rules.long.enter: 'rsi' is a fuzzy set; name one of its memberships, such as rsi.low",
    ],
    [
      'of no membership',
      'rsi.highh > 1',
      `17:12 rules.long.enter: 'rsi' has no membership 'highh'; did you mean "high"?`,
    ],
    [
      'of no output',
      'macd.signl > 1',
      `17:12 rules.long.enter: 'macd' has no output 'signl'; did you mean "signal"?`,
    ],
    [
      'with an output that it does not have',
      'fast.line > 1',
      "17:12 rules.long.enter: 'fast' has no output 'line'; remove '.line'",
    ],
    [
      'of a price, with a point',
      'close.x > 1',
      "17:12 rules.long.enter: 'close' is a price; remove '.x'",
    ],
    [
      'on no timeframe of the strategy',
      'fast@1w > slow',
      "17:17 rules.long.enter: invalid timeframe '1w'; available timeframes: 1h, 4h",
    ],
  ])('%s is told with its place', (_, rule, line) => {
    expect(told(rule)).toEqual([`sample.yaml:${line}`])
  })

  it('may not mean two things', () => {
    expect(problemsOf(edited(['slow: {', 'close: {'], [ENTER, 'fast > close']))[0]).toBe(
      "sample.yaml:17:19 rules.long.enter: 'close' is a price and an indicator; give the indicator 'close' another id",
    )
    expect(problemsOf(edited(['  rsi:\n', '  macd:\n    signal: [0, 1, 2]\n']))[0]).toBe(
      "sample.yaml:18:40 rules.long.enter: 'macd.signal' is an output and a membership; give the fuzzy set 'macd' another id",
    )
  })

  it('with a minus is a name only where there is one', () => {
    const difference = edited([ENTER, 'fast-slow > 1'])
    expect(problemsOf(difference.replace('macd:', 'fast-slow:')), 'sample is sound').toEqual(
      problemsOf(difference),
    )
    const names = (text: string): string[] => parsed(text).indicators.map(({ id }) => id)
    expect(names(difference)).toEqual(['fast', 'slow', 'rsi_14'])
    expect(names(difference.replace('macd:', 'fast-slow:'))).toContain('fast-slow')
  })

  it('is told where it stands in a text of several lines', () => {
    const folded = '>\n      fast\n      crosses above\n\n      slwo and fast > 1'
    expect(told(folded)[0]).toContain('sample.yaml:21:7 rules.long.enter: ')
    expect(told('fast\n      crosses above slwo')[0]).toContain('sample.yaml:18:21 ')
    expect(told('"fast > slwo"')[0]).toContain('sample.yaml:17:20 ')
    expect(told('"fast \\x3e xlow"')[0], 'not as it was written').toContain('sample.yaml:17:12 ')
  })
})

it('a broken indicator is told once, and no rule is blamed for it', () => {
  expect(problemsOf(edited(['type: macd', 'type: mcad']))).toEqual([
    'sample.yaml:9:17 indicators.macd.type: unknown indicator type "mcad"; did you mean "macd"?',
  ])
})
