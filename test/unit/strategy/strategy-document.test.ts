import { describe, expect, it } from 'vitest'
import { readDocument } from '../../../src/strategy/strategy-document.ts'
import { edited, parsed, problemsOf, refusalOf, SAMPLE } from './sample.ts'

/** Ten levels of nine aliases each: 9¹⁰ values in 300 bytes. */
const BOMB = ['a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]']
  .concat(
    [...'bcdefghij'].map(
      (name, i) => `${name}: &${name} [${'*x, '.replace('x', 'abcdefghi'[i]!).repeat(9)}]`,
    ),
  )
  .join('\n')

describe('hostile text', () => {
  it.each([
    [
      'a bomb of aliases',
      BOMB,
      /is one value too many \(a file may have 20000, aliases expanded\)$/,
    ],
    [
      '20 000 open brackets',
      '['.repeat(20_000),
      /^sample.yaml:1:65: is nested more than 64 levels deep$/,
    ],
    ['20 000 closed brackets', '['.repeat(20_000) + ']'.repeat(20_000), /nested more than 64/],
    ['20 000 mappings', '{a: '.repeat(20_000), /nested more than 64/],
    ['20 000 lists in a line', '- '.repeat(20_000), /nested more than 64/],
    ['20 000 keys in a line', '? '.repeat(20_000), /nested more than 64/],
    [
      '1 400 levels of indentation',
      Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n\n'),
      /nested more than 64/,
    ],
    [
      '1 400 levels between comments',
      Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n # why\n'),
      /nested more than 64/,
    ],
    [
      'nesting by turns',
      `${Array.from({ length: 40 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')} ${'['.repeat(40)}${']'.repeat(40)}`,
      /nested more than 64/,
    ],
    ['500 000 values', `[${'1,'.repeat(500_000)}]`, /is one value too many/],
    [
      'more than 1 MiB',
      `# ${'x'.repeat(1 << 20)}`,
      /^sample.yaml:1:1: is larger than 1 MiB; a strategy is a short text file$/,
    ],
    [
      'an alias inside its anchor',
      'training: &t\n  again: *t\n',
      /stands inside its own anchor &t$/,
    ],
  ])('%s is refused at once, and clearly', (_, text, line) => {
    const started = process.hrtime.bigint()
    expect(problemsOf(text), 'one line').toEqual([expect.stringMatching(line)])
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6
    expect(milliseconds, 'no quadratic work').toBeLessThan(2000)
  })

  it.each([
    [
      'a NUL byte',
      ['name: sample', 'name: sam\0ple'],
      '1:10: holds the control character U+0000; a strategy is a text file in UTF-8',
    ],
    [
      'an escape sequence',
      ['name: sample', 'name: "\u001B[31m"'],
      '1:8: holds the control character U+001B; a strategy is a text file in UTF-8',
    ],
    [
      'a tag of Python',
      ['epochs: 60', 'epochs: !!python/object:os.system 60'],
      '35:11: is not valid YAML: unresolved tag: tag:yaml.org,2002:python/object:os.system',
    ],
    [
      'a second document',
      ['training:', '---\ntraining:'],
      '33:1: begins a second document: a file holds one strategy',
    ],
    [
      'binary data',
      ['epochs: 60', 'epochs: !!binary aGk='],
      '35:20 training.epochs: is a kind of value that strategies do not use; write it in quotes',
    ],
    [
      'a list as a key',
      ['epochs: 60', '? [a, b]\n  : 1'],
      '34:3 training: has a key that is not a plain name',
    ],
    ['a merge of a number', ['epochs: 60', '<<: 60'], '35:7 training["<<"]: takes mappings only'],
    [
      'a key with an escape sequence',
      ['epochs: 60', '"\\e[31m": 60'],
      '35:3 training["\\u001b[31m"]: is not a key of the format; possible here: labels, epochs,',
    ],
  ] as const)('%s is refused with its place', (_, edit, start) => {
    expect(problemsOf(edited(edit)), 'one line').toEqual([
      expect.stringContaining(`sample.yaml:${start}`),
    ])
  })

  it.each([
    ['at the top', 'version: "3.0"', '__proto__: { polluted: 1 }', '__proto__'],
    ['among indicators', 'macd_f: {', '__proto__: {', 'indicators.__proto__'],
    ['in an indicator', 'period: 14', '__proto__: { polluted: 1 }', 'indicators.rsi_14.__proto__'],
    ['among memberships', 'oversold:', '__proto__:', 'fuzzy_sets.rsi.__proto__'],
    ['in a merge', 'epochs: 60', '<<: { __proto__: { polluted: 1 } }', 'training["<<"].__proto__'],
    [
      'as a constructor',
      'epochs: 60',
      'constructor: { prototype: { polluted: 1 } }',
      'training.constructor',
    ],
  ])(
    'a name that would reach the prototype is harmless and refused %s',
    (_, before, after, path) => {
      expect(problemsOf(edited([before, after]))[0], 'its path').toContain(` ${path}: is not `)
      expect(({} as { polluted?: unknown }).polluted, 'nothing leaks').toBeUndefined()
    },
  )
})

describe('a name in a message', () => {
  it('cannot break the line, colour the terminal or turn the writing round', () => {
    const text = edited(
      ['indicator: rsi_14', 'indicator: "a\\nb\\e[31m\\u202e"'],
      ['activation: tanh', 'activation: "\\x9b31m"'],
      ['epochs: 60', 'epochs: 60\n  "\\x9b": 1'],
    )
    expect(problemsOf(text), 'three lines').toEqual([
      "sample.yaml:14:16 fuzzy_sets.rsi.indicator: 'a\\u000ab\\u001b[31m\\u202e' not found in indicators; available indicators: rsi_14, macd_f",
      'sample.yaml:28:56 model.architecture.activation: expected one of relu, leaky_relu, tanh or sigmoid, was "\\u009b31m"',
      expect.stringContaining('sample.yaml:36:3 training["\\u009b"]: is not a key of the format'),
    ])
  })
})

describe('text within the limits', () => {
  it.each([
    ['100 items', '- a\n'.repeat(100)],
    ['100 keys with lists', Array.from({ length: 100 }, (_, i) => `k${i}:\n  - [a]`).join('\n')],
    ['64 brackets', '['.repeat(64) + ']'.repeat(64)],
    ['10 000 values', `[${'1,'.repeat(10_000)}]`],
  ])('%s pass', (_, text) => {
    expect(readDocument(text, 'sample.yaml').problems, 'no problems').toEqual([])
  })
})

describe('text as editors write it', () => {
  it.each([
    ['a byte order mark', `\uFEFF${SAMPLE}`],
    ['CRLF', SAMPLE.replaceAll('\n', '\r\n')],
    ['comments and blank lines', `# hello\n\n${SAMPLE.replaceAll('\n', ' # why\n\n')}`],
    ['no last line break', SAMPLE.trimEnd()],
    ['JSON', JSON.stringify(readDocument(SAMPLE, 'sample.yaml').root)],
  ])('%s changes nothing', (_, text) => {
    expect(parsed(text), 'the same strategy').toEqual(parsed(SAMPLE))
  })

  it.each([
    ['a byte order mark', (text: string) => `\uFEFF${text}`, '1:7'],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n'), '1:7'],
    ['a first comment', (text: string) => `# hello\r\n${text}`, '2:7'],
  ])('places are right after %s', (_, change, place) => {
    const text = change(edited(['name: sample', 'name: ?!'], ['epochs: 60', 'epochs: 0']))
    expect(problemsOf(text)[0], 'line and column').toMatch(`sample.yaml:${place} name:`)
  })

  it.each([
    ['nothing', '', '1:1: is empty; examples/strategies has one to begin with'],
    ['only a comment', '# soon\n', '1:1: is empty; examples/strategies has one to begin with'],
    [
      'a word',
      'momentum',
      '1:1: holds "momentum", not a mapping; examples/strategies has one to begin with',
    ],
    [
      'a list',
      '- rsi\n- macd',
      '1:1: holds ["rsi", "macd"], not a mapping; examples/strategies has one to begin with',
    ],
  ])('%s is no strategy', (_, text, line) => {
    expect(problemsOf(text), 'one line').toEqual([`sample.yaml:${line}`])
    expect(refusalOf(text)?.code, 'code').toBe('STRATEGY_INVALID')
  })

  it('may repeat a value with an alias, and the problem is shown where the value stands', () => {
    const text = edited(
      ['[0, 20, 35]', '&low [0, 20, 35]'],
      ['{ type: gaussian, parameters: [1, 0.5] }', '*low'],
    )
    expect(parsed(text).fuzzySets[1]?.memberships[0]?.parameters, 'the value').toEqual([0, 20, 35])
    const falling = text.replace('[0, 20, 35]', '[0, 40, 35]')
    expect(problemsOf(falling), 'the anchor and the alias').toEqual([
      'sample.yaml:15:20 fuzzy_sets.rsi.oversold: triangular needs a ≤ b ≤ c, got [0, 40, 35]',
      'sample.yaml:19:9 fuzzy_sets.push.up: triangular needs a ≤ b ≤ c, got [0, 40, 35]',
    ])
    const wrong = text.replace('[0, 20, 35]', '[0, low, 35]')
    expect(problemsOf(wrong), 'the anchor and its use').toEqual([
      'sample.yaml:15:24 fuzzy_sets.rsi.oversold[1]: expected a number, was "low"',
      'sample.yaml:15:24 fuzzy_sets.push.up[1]: expected a number, was "low"',
    ])
  })
})
