// Strategies and settings that come from elsewhere: YAML that is made to fill memory or time, or to reach beyond itself.
// Each is refused in a sentence, with the exit code of its kind, within 256 MiB, and changes nothing.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDocument } from '../../src/strategy/strategy-document.ts'
import { measured } from '../support/measured.ts'
import { directoriesOfFile } from '../support/spawned.ts'

const directory = directoriesOfFile()
const MOST_MIB = 256

const LETTERS = 'abcdefghijkl'
/** Ten aliases of ten aliases of … : 10¹² values in 700 characters. */
const BOMB = [...LETTERS]
  .map((letter, i) => {
    const item = i === 0 ? 'x' : `*${LETTERS[i - 1]!}`
    return `${letter}: &${letter} [${Array<string>(10).fill(item).join(', ')}]`
  })
  .join('\n')

const HOSTILE: readonly (readonly [what: string, text: string])[] = [
  ['a bomb of aliases', BOMB],
  ['an anchor around its own alias', 'data_dir: &a { b: *a }'],
  ['100 000 brackets', '['.repeat(100_000)],
  ['100 000 braces', '{'.repeat(100_000)],
  ['100 000 lists in one line', `${'- '.repeat(100_000)}x`],
  [
    '1 000 levels of indentation',
    Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  ],
  ['50 MB', `# ${'x'.repeat(5e7)}`],
  ['a key of 100 000 characters', `"${'k'.repeat(100_000)}": 1`],
  ['a key that is a list', '? [a, b]\n: c'],
  ['a key given twice', 'data_dir: a\ndata_dir: b'],
  ['__proto__', '__proto__: { data_dir: /elsewhere }'],
  ['constructor.prototype', 'constructor: { prototype: { data_dir: /elsewhere } }'],
  ['a tag that would make an object', 'data_dir: !!js/function "function () {}"'],
  ['bytes', 'data_dir: !!binary aGVsbG8='],
  ['two documents', 'data_dir: a\n---\ndata_dir: b'],
  ['NUL', 'data_dir: "a"\0'],
  ['a list', '- 1'],
  ['a number', '5'],
  ['an escape sequence as a key', '"\\x1b[2J": 1'],
]

async function refusal(kind: string, args: readonly string[], cwd: string, exitCode: number) {
  const { code, stdout, stderr, peakMiB } = await measured(args, {
    dataDir: directory(`data-${kind}`),
    cwd,
  })
  expect({ code, stdout }, stderr).toEqual({ code: exitCode, stdout: '' })
  expect(stderr, 'it is one page at most').toSatisfy((text: string) => text.length < 4000)
  expect(stderr, 'nothing steers the terminal').not.toMatch(/(?!\n)\p{Cc}/u)
  expect(peakMiB).toBeLessThan(MOST_MIB)
  return stderr
}

describe.concurrent.each(HOSTILE)('%s', (what, text) => {
  it('is no strategy', async () => {
    const cwd = directory(`strategy-${what.replaceAll(/\W/g, '-')}`)
    writeFileSync(join(cwd, 'hostile.yaml'), text)
    const stderr = await refusal('strategy', ['validate', 'hostile.yaml'], cwd, 7)
    expect(stderr).toMatch(/^Error: hostile\.yaml:\d+:\d+/)
    expect(stderr).toContain('Code: STRATEGY_INVALID')
  })

  it('is no ktrdr.yaml', async () => {
    const cwd = directory(`project-${what.replaceAll(/\W/g, '-')}`)
    writeFileSync(join(cwd, 'ktrdr.yaml'), text)
    const stderr = await refusal('settings', ['operations', 'list'], cwd, 2)
    expect(stderr).toMatch(/^Error: .*ktrdr\.yaml/)
    expect(stderr).toContain('Code: USAGE')
  })
})

it('no text reaches the prototype of all objects', () => {
  for (const [, text] of HOSTILE) readDocument(text, 'hostile.yaml')
  expect(({} as Record<string, unknown>)['data_dir']).toBeUndefined()
  expect(Object.keys(Object.prototype)).toEqual([])
})

describe.concurrent('rules', () => {
  const strategyOf = (rule: string): string => `name: hostile
training_data:
  symbols: { mode: single, symbol: X }
  timeframes: { mode: single, timeframe: 1d }
rules:
  long: { enter: "${rule}", exit: close < 1 }
`
  it.each([
    ['100 000 parentheses', '('.repeat(100_000)],
    ['a megabyte of operands', 'close > 1 and '.repeat(70_000)],
    ['the most parentheses that a rule has room for', `${'('.repeat(498)}close > 1`],
    ['the most signs that a rule has room for', `close > ${'-'.repeat(980)}1`],
    ['nots without end', 'not '.repeat(249)],
    ['code', "process.exit(0) or require('fs')"],
    ['a property of all objects', 'constructor.prototype > 1'],
    ['__proto__', '__proto__.close > 1'],
    ['what a regular expression chokes on', `${'a'.repeat(900)}!`],
    ['an escape sequence', String.raw`close > \x1b]0;gone\x07`],
  ])('of %s are refused', async (what, rule) => {
    const cwd = directory(`rules-${what.replaceAll(/\W/g, '-')}`)
    writeFileSync(join(cwd, 'hostile.yaml'), strategyOf(rule))
    const stderr = await refusal('rules', ['validate', 'hostile.yaml'], cwd, 7)
    expect(stderr).toContain('rules.long.enter')
  })
})

describe.concurrent('names in a strategy', () => {
  const NAMES = [
    '../../escaped',
    '/etc/cron.d/x',
    '..',
    '.hidden',
    'a/b',
    'a\\b',
    '__proto__',
    'a b',
    '-rf',
    '',
    'x'.repeat(300),
    'a\u202Eb',
    'a\u001Bb',
    'nul\u0000',
  ]

  it.each(NAMES)('%j is no name of one, so it never becomes a path', async (name) => {
    const cwd = directory(`name-${NAMES.indexOf(name)}`)
    mkdirSync(join(cwd, 'in'), { recursive: true })
    const text = `name: ${JSON.stringify(name)}
training_data:
  symbols: { mode: single, symbol: X }
  timeframes: { mode: single, timeframe: 1d }
rules:
  long: { enter: close > 1, exit: close < 1 }
`
    writeFileSync(join(cwd, 'in', 'hostile.yaml'), text)
    const stderr = await refusal('names', ['validate', 'in/hostile.yaml'], cwd, 7)
    expect(stderr).toContain('Code: STRATEGY_INVALID')
  })
})
