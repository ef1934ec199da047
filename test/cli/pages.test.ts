// Every command of every page is typed, in the order in which it stands, and does what the page says: it exits as shown
// (with 0, where nothing is), and says what is shown, but for ids, times, speeds and sizes (support/shown.ts).
// The examples of docs/cli.md have a test of their own, reference.test.ts.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PREPARED } from '../support/page-worlds.ts'
import { makePageWorld, typePage } from '../support/page-session.ts'
import { linesOf, PAGES, ROOT } from '../support/pages.ts'
import { directoriesOfFile } from '../support/spawned.ts'
import { typedIn } from '../support/typed.ts'

const REFERENCE = 'docs/cli.md'

/** Lines that are not typed here, and why. */
const NOT_TYPED: readonly (readonly [page: RegExp, command: RegExp, why: string])[] = [
  [/^(README|docs\/getting-started)\.md$/, /^npm (ci|cit)\b/, 'the tests run in what it installs'],
  [/^docs\/benchmarks\.md$/, /./, 'needs a machine with nothing else to do, for minutes to hours'],
]

/** Programs that are not ours: without one, its lines are left out. */
const OTHERS = ['jq', 'zsh']

const directory = directoriesOfFile()
const isInstalled = (program: string): boolean => {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const missing = OTHERS.filter((program) => !isInstalled(program))

/** The shell that a line is written for. */
function shellOf(command: string): string | undefined {
  return ['bash', 'zsh'].find((shell) => command.includes(`completion ${shell}`))
}

function whyNotTyped(page: string, command: string): string | undefined {
  const [, , why] =
    NOT_TYPED.find(([pages, commands]) => pages.test(page) && commands.test(command)) ?? []
  const absent = missing.find((name) => new RegExp(`\\b${name}\\b`).test(command))
  return why ?? (absent && `${absent} is not installed`)
}

const COMMANDS_OF = PAGES.filter((page) => page !== REFERENCE).map(
  (page) => [page, typedIn(page)] as const,
)
const TYPED = COMMANDS_OF.map(
  ([page, all]) =>
    [page, all.filter(({ command }) => whyNotTyped(page, command) === undefined)] as const,
).filter(([, typed]) => typed.length > 0)

describe.concurrent('a page', () => {
  it.each(TYPED)('%s does what it says', async (page, typed) => {
    const world = makePageWorld(directory(page.replaceAll('/', '-')), page)
    const session = { world, through: shellOf, ...PREPARED[page]?.(world) }
    const problems = await typePage(typed, session)
    expect(problems.join('\n\n')).toBe('')
  })
})

describe('what is not typed', () => {
  it.each(NOT_TYPED)('of %s, %s: there are such lines', (pages, commands) => {
    const lines = COMMANDS_OF.filter(([page]) => pages.test(page)).flatMap(([, typed]) => typed)
    expect(lines.some(({ command }) => commands.test(command))).toBe(true)
  })

  it.each(PAGES.filter((page) => page !== REFERENCE))(
    'is nothing else in the code of %s',
    (page) => {
      const read = new Set(
        typedIn(page).flatMap(({ line, command, shown }) =>
          Array.from({ length: command.split('\n').length + shown.length }, (_, i) => line + i),
        ),
      )
      const overlooked = linesOf(page)
        .filter(({ text, isFenced }) => isFenced || text.startsWith('    '))
        .filter(({ text, number }) => /^\s*(?:\$ |(?:npx )?ktrdr )/.test(text) && !read.has(number))
      expect(overlooked).toEqual([])
    },
  )

  it('has its programs all the same', () => {
    const scripts = typedIn('docs/benchmarks.md').flatMap(({ command }) =>
      command.split(/\s+/).filter((word) => /^(bench|scripts)\//.test(word)),
    )
    expect(scripts.length).toBeGreaterThan(10)
    expect(scripts.filter((script) => !existsSync(join(ROOT, script)))).toEqual([])
  })
})
