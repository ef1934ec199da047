import { expect, it } from 'vitest'
import type { Command } from '@oclif/core'
import { BaseCommand } from '../../../commands/base.ts'
import { COMMANDS } from '../../../commands/index.ts'
import { linesOf, PAGES } from '../../support/pages.ts'

// Every command line in a fenced block, and every one that a sentence names, must be one that can be typed: its command
// exists, and so do its flags. That those of blocks do what is shown, test/cli/pages.test.ts says.

const COMMAND_OF = new Map<string, Command.Class>(
  Object.entries(COMMANDS).flatMap(([id, command]) =>
    [id.replaceAll(':', ' '), ...(command as Command.Class).hiddenAliases].map(
      (name) => [name, command as Command.Class] as const,
    ),
  ),
)
const TOPICS = new Set([...COMMAND_OF.keys()].map((name) => name.split(' ')[0]!))

/** `$ VARIABLE=value npx ktrdr …` → the words after ktrdr, up to what the shell takes for itself. */
function wordsOf(line: string): string[] | undefined {
  const [, rest] = /^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:npx )?ktrdr(?: (.*))?$/.exec(line) ?? []
  if (rest === undefined) return undefined
  const [ours] = rest.split(/\s(?:[|;&#>]|2>|&&)|\\$/)
  return ours!.match(/"[^"]*"|'[^']*'|\S+/g) ?? []
}

function problemOf(words: readonly string[]): string | undefined {
  const [first = ''] = words
  if (['--help', '--version', '-h', '…', 'COMMAND'].includes(first)) return undefined
  const name = [words.slice(0, 2).join(' '), first].find((candidate) => COMMAND_OF.has(candidate))
  if (name === undefined)
    return TOPICS.has(first) && words[1]?.startsWith('-')
      ? undefined
      : `there is no command "${words.slice(0, 2).join(' ')}"`
  const { flags } = COMMAND_OF.get(name)!
  const known = { ...flags, ...BaseCommand.baseFlags }
  const chars = Object.values(known).flatMap(({ char }) => char ?? [])
  const unknown = words.find((word) => {
    const [, long, short] = /^(?:--([\w-]+)|-([a-z]))\b/.exec(word) ?? []
    if (long !== undefined) return !(long in known) && !['json', 'help'].includes(long)
    return short !== undefined && !(chars as string[]).includes(short) && short !== 'h'
  })
  return unknown && `ktrdr ${name} has no ${unknown}`
}

const INLINE = /`([^`]+)`/g

it.each(PAGES)('every command line of %s can be typed', (page) => {
  const broken = linesOf(page).flatMap(({ number, text, isFenced }) => {
    const lines = isFenced ? [text] : [...text.matchAll(INLINE)].map(([, line]) => line!)
    return lines.flatMap((line) => {
      const words = wordsOf(line)
      const problem = words && problemOf(words)
      return problem === undefined ? [] : [`${page}:${number}: ${problem}`]
    })
  })
  expect(broken).toEqual([])
})

it('finds command lines at all, and what is wrong with them', () => {
  expect(wordsOf('$ KTRDR_FAULT=bar@6:kill npx ktrdr gc --json | jq .')).toEqual(['gc', '--json'])
  expect(wordsOf('Operation  op_training')).toBeUndefined()
  expect(problemOf(['operations', 'lst'])).toBe('there is no command "operations lst"')
  expect(problemOf(['gc', '--dry'])).toBe('ktrdr gc has no --dry')
  expect(problemOf(['checkpoints', 'delete', 'abc123', '-y', '--json'])).toBeUndefined()
})
