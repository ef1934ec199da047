// A page, typed from its first command to its last into one shell, in a directory that looks like a clone of the
// repository. Everything lies below one directory: /tmp, the home and the data directories of the page as well.

import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT_CODES, type ErrorCode } from '../../src/core/errors.ts'
import { readPage } from './pages.ts'
import { PROGRAMS, ROOT } from './program.ts'
import { openPlainShell, type Answer, type Shell } from './shell.ts'
import { ID, whatIsMissing, type Names } from './shown.ts'
import type { Typed } from './typed.ts'

export type PageWorld = {
  /** Where commands are typed. */
  readonly cwd: string
  /** What the page calls /tmp. */
  readonly tmp: string
  readonly env: Readonly<Record<string, string>>
}

/**
 * @param root an empty directory, which somebody else removes
 * @param page tells which data directory its reader has set
 */
export function makePageWorld(root: string, page: string): PageWorld {
  const [cwd, bin, home, tmp] = ['clone', 'bin', 'home', 'tmp'].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ]
  for (const directory of [cwd, bin, tmp, join(home, '.config', 'fish', 'completions')])
    mkdirSync(directory, { recursive: true })
  cpSync(join(ROOT, 'examples'), join(cwd, 'examples'), { recursive: true })
  const program = PROGRAMS.bundle.map((word) => `'${word}'`).join(' ')
  const scripts = {
    ktrdr: `exec ${program} "$@"`,
    npx: `[ "$1" = ktrdr ] && shift && exec ${program} "$@"`,
    npm: `[ "$1" = start ] && exec ${program} demo`,
    'xdg-open': ':', // no browser is opened
  }
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const [, dataDir = 'data'] = /`KTRDR_DATA_DIR` set to\s+`\/tmp\/(\w+)`/.exec(readPage(page)) ?? []
  const env = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: home,
    TMPDIR: tmp,
    COLUMNS: '100',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    KTRDR_DATA_DIR: join(tmp, dataDir),
  }
  return { cwd, tmp, env }
}

export type Session = {
  readonly world: PageWorld
  /** What is typed instead of what the page has, word by word: placeholders, and what is to be there otherwise. */
  readonly replace?: Readonly<Record<string, string>>
  /** KTRDR_FAULT of the commands that the page shows as stopped by Ctrl-C. */
  readonly ctrlC?: string
  /** Another shell that a line is for; undefined = none. */
  readonly through?: (command: string) => string | undefined
}

/** @returns every line that does not do what the page says, and what it does instead */
export async function typePage(typed: readonly Typed[], session: Session): Promise<string[]> {
  const { world } = session
  const shell = openPlainShell(world.cwd, world.env)
  const names: Names = new Map()
  const problems: string[] = []
  try {
    for (const [i, one] of typed.entries()) {
      const command = commandFor(one, session, names)
      const { status, said } = await answerTo(shell, command, one, session)
      const expected = statusOf(one, typed[i + 1])
      const out = said.replaceAll(world.tmp, '/tmp')
      const missing = whatIsMissing(one.shown, out, names, tailsBelow(world.tmp))
      const told = `line ${one.line}: ${command}\n${out}`
      if (status !== expected) problems.push(`${told}\nexits with ${status}, not ${expected}`)
      else if (missing !== '') problems.push(`${told}\nhas not, in its place: ${missing}`)
    }
  } finally {
    await shell.close()
  }
  return problems
}

function commandFor({ command }: Typed, session: Session, names: Names): string {
  const { world, replace = {}, through } = session
  const words = Object.entries(replace).reduce(
    (text, [word, instead]) => text.replaceAll(word, instead),
    command,
  )
  const here = words
    .replaceAll(ID, (id) => names.get(id) ?? id)
    .replaceAll(/(?<![\w.])\/tmp(?=\/)/g, world.tmp)
  const shell = through?.(command)
  if (shell === undefined) return here
  return `${shell} -c '${here.replaceAll("'", `'\\''`)}'`
}

function answerTo(
  shell: Shell,
  command: string,
  one: Typed,
  { ctrlC, world }: Session,
): Promise<Answer> {
  if (one.shown.some((line) => line.includes('[y/N]:'))) return shell.confirm(command)
  if (command.startsWith('#!')) {
    const script = join(world.env['HOME']!, 'script')
    writeFileSync(script, command, { mode: 0o755 })
    return shell.type(script)
  }
  if (!isStopped(one)) return shell.type(command)
  return ctrlC === undefined || command.includes(' watch ')
    ? shell.type(command, /^epoch /m)
    : shell.type(`KTRDR_FAULT=${ctrlC} ${command}`)
}

/** The last parts of the ids of all operations that have been recorded, which commands print without the rest. */
function tailsBelow(directory: string): Set<string> {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return new Set(paths.flatMap((path) => [...path.matchAll(ID)].map(([, tail]) => tail!)))
}

/** By Ctrl-C, which the page shows, or tells in a comment. */
function isStopped({ command, shown }: Typed): boolean {
  return shown.includes('^C') || /#.*Ctrl-C/.test(command)
}

/** 0, unless the page says otherwise. */
function statusOf(one: Typed, next: Typed | undefined): number {
  const { command, shown } = one
  if (next?.command === 'echo $?') return Number(next.shown[0])
  if (isStopped(one)) return 130
  if (/KTRDR_FAULT=\S+:cancel/.test(command)) return 130
  if (shown.at(-1) === 'Killed') return 137
  if (command.startsWith('diff ') && shown.length > 0) return 1
  const [, code] = /^ *Code: (\w+)$/m.exec(shown.join('\n')) ?? []
  return code === undefined ? 0 : EXIT_CODES[code as ErrorCode]
}
