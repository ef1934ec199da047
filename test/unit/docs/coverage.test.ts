import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SETTINGS } from '../../../src/setting-table.ts'
import { linesOf, ROOT } from '../../support/pages.ts'

// docs/coverage-of-requirements.md: its rows are numbered, say how things stand, and name tests that are there. That the
// commands can be typed, commands-in-docs.test.ts says of every page.

const PAGE = 'docs/coverage-of-requirements.md'
const DOCUMENTS = ['000', '001', '002', '003', '004']
const STATE = /^(done$|otherwise: \S|open: \S)/

type Row = {
  readonly document: string
  readonly number: number
  readonly asked: string
  readonly here: string
  readonly tests: readonly { readonly path: string; readonly title: string }[]
  readonly shown: string
  readonly state: string
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

const ROWS = linesOf(PAGE).flatMap(({ text }): Row[] => {
  const [, document, number] = /^\| (\d{3})\.(\d+) \|/.exec(text) ?? []
  if (document === undefined) return []
  const [, , asked = '', here = '', shown = '', state = ''] = cellsOf(text)
  const tests = [...shown.matchAll(/`([^`]+)` “([^”]+)”/g)].map(([, name, title]) => ({
    path: `test/${name}.test.ts`,
    title: title!,
  }))
  return [{ document, number: Number(number), asked, here, tests, shown, state }]
})

const rowsOf = (document: string): Row[] => ROWS.filter((row) => row.document === document)

/** Whether the file has a test, or a group of tests, of exactly this title. */
function hasTest(path: string, title: string): boolean {
  const escaped = title.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
  const text = existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : ''
  return new RegExp(`\\(\\s*(['"\`])${escaped}\\1`).test(text)
}

describe.each(DOCUMENTS)('the requirements of document %s', (document) => {
  it('are numbered without a gap, each with what was asked and how it stands', () => {
    const rows = rowsOf(document)
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, i) => i + 1))
    const wrong = rows.filter(({ asked, state }) => asked === '' || !STATE.test(state))
    expect(wrong).toEqual([])
  })

  it('are shown by tests that are there, but for those that are open', () => {
    const wrong = rowsOf(document).flatMap(({ number, tests, shown, state }) => {
      const read = tests
        .map(({ path, title }) => `\`${path.slice(5, -8)}\` “${title}”`)
        .join('<br>')
      if (shown !== (read || '–')) return [`${document}.${number}: cannot be read: ${shown}`]
      if (tests.length === 0 && !state.startsWith('open')) return [`${document}.${number}: no test`]
      return tests
        .filter(({ path, title }) => !hasTest(path, title))
        .map(({ path, title }) => `${document}.${number}: ${path} has no “${title}”`)
    })
    expect(wrong).toEqual([])
  })

  it('are answered by files and settings that are there', () => {
    const named = rowsOf(document).flatMap(({ number, here }) =>
      [...here.matchAll(/`([^`]+)`/g)].map(([, name]) => ({ number, name: name! })),
    )
    const wrong = named.filter(({ name }) => {
      if (/^(checkpoint|cleanup)\.\w+$/.test(name)) return !Object.hasOwn(SETTINGS, name)
      return name.startsWith('src/') && !existsSync(join(ROOT, name))
    })
    expect(wrong).toEqual([])
  })

  it('are counted at the top of the page', () => {
    const counted = linesOf(PAGE)
      .filter(({ text }) => text.startsWith(`| [${document} `))
      .map(({ text }) => cellsOf(text).slice(1).map(Number))
    const count = (state: string): number =>
      rowsOf(document).filter((row) => row.state.startsWith(state)).length
    expect(counted).toEqual([
      [rowsOf(document).length, ...['done', 'otherwise', 'open'].map(count)],
    ])
  })
})
