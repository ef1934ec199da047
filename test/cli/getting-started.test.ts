// The tour of the documentation, typed line by line in one shell: every command does what the page says, and says what the
// page shows, but for ids, times and speeds. Line ends count as spaces: the page was written on a narrow terminal.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readPage } from '../support/pages.ts'
import { PROGRAMS, ROOT } from '../support/program.ts'
import { directoriesOfFile, spawned } from '../support/spawned.ts'

type Typed = { readonly command: string; readonly shown: readonly string[] }

/** What follows `$ ` in the console blocks of a page, and what is shown below each. */
function typedIn(page: string): Typed[] {
  const blocks = [...readPage(page).matchAll(/^```console\n(.*?)^```$/gms)].map(([, text]) => text!)
  return blocks.flatMap((block) =>
    block
      .split(/^\$ (?=npx|export|ls|head)/m)
      .slice(1)
      .map((text) => {
        const [command, ...shown] = text.trimEnd().split('\n')
        return { command: command!, shown }
      }),
  )
}

/** Lines that differ from run to run, or that only a terminal shows. */
const VOLATILE =
  /^(epoch |\^C|Stopping|Operation |Resumed |op_|OPERATION_ID|Total:|To continue:|Cancelled at|Report |Everything happens|\$ )/

/** Texts that must come in this order; `…` stands for anything. */
function piecesOf(shown: readonly string[]): string[] {
  const kept = shown.map((line) => (line.trim() === '…' || VOLATILE.test(line) ? '\n' : line))
  return kept
    .join(' ')
    .split('\n')
    .map(spaced)
    .filter((piece) => piece !== '')
}

function spaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

it('every command of the tour does what it shows', async () => {
  const directory = directoriesOfFile()
  const [bin, cwd, home] = ['bin', 'clone', 'home'].map(directory) as [string, string, string]
  const quoted = PROGRAMS.bundle.map((word) => `'${word}'`).join(' ')
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec ${quoted} "$@"\n`, { mode: 0o755 })
  cpSync(join(ROOT, 'examples'), join(cwd, 'examples'), { recursive: true })
  mkdirSync(join(home, 'tmp'))
  const env: Record<string, string> = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    KTRDR_DATA_DIR: join(home, 'tour'),
    COLUMNS: '80',
  }
  const typed = typedIn('docs/getting-started.md')
  expect(typed.length).toBeGreaterThan(10)
  for (const { command, shown } of typed) {
    if (command.startsWith('export KTRDR_DATA_DIR=')) continue // another place, so that tests do not meet
    const isStopped = shown.includes('^C')
    const fault = isStopped ? { KTRDR_FAULT: 'batch@2341:cancel' } : {}
    const ran = await spawned('/bin/sh', ['-c', `exec 2>&1; ${command}`], {
      cwd,
      env: { ...env, ...fault },
    })
    expect(ran.status, `${command}\n${ran.stdout}`).toBe(isStopped ? 130 : 0)
    let rest = spaced(ran.stdout).replaceAll(join(home, 'tour'), '/tmp/tour')
    for (const piece of piecesOf(shown)) {
      expect(rest, command).toContain(piece)
      rest = rest.slice(rest.indexOf(piece) + piece.length)
    }
  }
})
