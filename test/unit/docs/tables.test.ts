import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settingsReference } from '../../../scripts/settings-reference.ts'
import { measurePerformance } from '../../../src/performance/performance.ts'
import { EXIT_CODES, EXIT_MEANINGS } from '../../../src/core/errors.ts'
import { FAULT_ACTIONS } from '../../../src/core/fault.ts'
import { CHECKPOINT_TYPES } from '../../../src/core/operation.ts'
import { parseDuration } from '../../../src/core/units.ts'
import { SETTINGS } from '../../../src/setting-table.ts'
import { evaluate } from '../../../src/training/evaluate.ts'
import { identityNetwork, rowsOf } from '../../support/identity-network.ts'
import { linesOf, readPage, ROOT } from '../../support/pages.ts'
import { simpleTrade } from '../../support/trades.ts'

// Tables that the code could outgrow.

/** Rows of the tables of a page that begin with `start`, as their cells. */
function rowsWith(page: string, start: RegExp): string[][] {
  return linesOf(page)
    .filter(({ text, isFenced }) => !isFenced && text.startsWith('|'))
    .map(({ text }) => text.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
    .filter(([first = '']) => start.test(first))
}

describe('docs/user-guides/scripting.md', () => {
  it.each(Object.entries(EXIT_CODES))('%s exits with %i', (code, exit) => {
    const row = rowsWith('docs/user-guides/scripting.md', /^\d/).find((cells) =>
      cells[2]?.includes(`\`${code}\``),
    )
    expect(row?.[0]?.split(', '), code).toContain(String(exit))
  })

  it.each(Object.entries(EXIT_MEANINGS))('%s means the same there', (exit, meaning) => {
    const row = rowsWith('docs/user-guides/scripting.md', /^\d/).find((cells) =>
      cells[0]?.split(', ').includes(exit),
    )
    const [plain] = meaning.split(' by SIG')
    expect(row?.[1]).toContain(plain)
  })
})

describe('docs/user-guides/troubleshooting.md', () => {
  const page = 'docs/user-guides/troubleshooting.md'

  it('has a row for each error code, in order, with where it comes from and what to do', () => {
    const rows = rowsWith(page, /^`[A-Z_]+`$/)
    expect(rows.map(([code]) => code)).toEqual(
      Object.keys(EXIT_CODES)
        .toSorted()
        .map((code) => `\`${code}\``),
    )
    expect(rows.filter(([, from, remedy]) => from === '' || remedy === '')).toEqual([])
  })
})

/** Everything that the program may say, with … for what is put in. */
const SAYINGS = ['src', 'commands']
  .flatMap((directory) =>
    readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(ROOT, directory, path), 'utf8')),
  )
  .join('\n')
  .replaceAll(/\$\{[^}]*\}/g, '…')

/** What is put in, in the messages that the guides quote; and where one message is put into another. */
const PUT_IN = /…|\d+|\b(?:SP500 open|loss|NaN|epoch|completed)\b|: |\([A-Z_]+ ?|\)/
const SHORTEST_SAYING = 8

describe.each(['docs/user-guides/troubleshooting.md', 'docs/user-guides/checkpoint-resume.md'])(
  '%s',
  (page) => {
    const quoted = rowsWith(page, /^(?!`operations )(`|.* `)/).flatMap(([first]) =>
      [...first!.matchAll(/`([^`]*(?:…|\.|;)[^`]*)`/g)].map(([, message]) => message!),
    )

    it('quotes messages', () => expect(quoted.length).toBeGreaterThan(8))

    it.each(quoted)('the program may say: %s', (message) => {
      const parts = message
        .split(PUT_IN)
        .map((part) => part.replace(/\.$/, '').trim())
        .filter((part) => part.length >= SHORTEST_SAYING)
      expect(parts.filter((part) => !SAYINGS.includes(part))).toEqual([])
    })
  },
)

it('docs/user-guides/settings.md is what the settings say now', () => {
  const page = readPage('docs/user-guides/settings.md')
  expect(page, 'run: npm run docs').toBe(settingsReference(page))
})

describe('docs/user-guides/checkpoint-resume.md', () => {
  const page = 'docs/user-guides/checkpoint-resume.md'

  const ofCheckpoints = Object.entries(SETTINGS).filter(([key]) =>
    /^(checkpoint|cleanup)\./.test(key),
  )

  it.each(ofCheckpoints)('%s stands there with its environment and default', (key, setting) => {
    const row = rowsWith(page, /^(`--|$)/).find((cells) => cells[1] === `\`${key}\``)
    expect(row?.[2], 'environment').toBe(`\`KTRDR_${key.toUpperCase().replace('.', '_')}\``)
    const shown = row?.[3] ?? ''
    if (/^\d+[shd]$/.test(shown)) expect(setting.fallback).toBe(parseDuration(shown))
    else if (shown === '1MiB') expect(setting.fallback).toBe(1024 ** 2)
    else if (shown === 'auto' || shown === 'none')
      expect([null, '', shown]).toContain(setting.fallback)
    else expect(shown).toBe(String(setting.fallback))
  })

  it.each([...CHECKPOINT_TYPES, ...FAULT_ACTIONS])('%s is explained', (word) => {
    expect(rowsWith(page, new RegExp(`^\`${word}\`$`)).length).toBe(1)
  })
})

describe('docs/metrics.md', () => {
  const metrics = measurePerformance({
    equity: Float64Array.of(1, 1),
    timestampMs: Float64Array.of(0, 1),
    closes: Float64Array.of(1, 1),
    trades: [simpleTrade(1)],
    capital: 1,
    commission: 0,
    slippage: 0,
    barsPerYear: null,
  })

  const [month, year] = [metrics.monthlyReturns[0]!, metrics.yearlyReturns[0]!]
  const [weekday, hour] = [metrics.entriesByWeekday[0]!, metrics.entriesByHour[0]!]
  const score = { kind: 'cross_entropy' } as const
  const evaluation = evaluate(identityNetwork(1), rowsOf([[0]], [0]), score, ['HOLD'])!

  it.each(
    [metrics, month, year, weekday, hour, evaluation, evaluation.perClass![0]!].flatMap((figures) =>
      Object.keys(figures),
    ),
  )('%s is defined', (key) => {
    expect(rowsWith('docs/metrics.md', new RegExp(`\`${key}\``)).length).toBeGreaterThan(0)
  })
})
