// What can follow each command on a command line, read off oclif's table of commands.

import type { Command } from '@oclif/core'
import { HELP_TOPICS } from '../src/ktrdr.ts'
import type { Candidates, CommandCompletion } from '../src/terminal/completion/script.ts'

/** Words that no command says of its arguments. */
export type KnownWords = {
  readonly settings: readonly string[]
  readonly indicators: readonly string[]
}

export function completionTable(
  commands: readonly Command.Cached[],
  words: KnownWords,
): CommandCompletion[] {
  const shown = commands.filter(({ hidden }) => !hidden)
  const names = shown.map(({ id }) => id.replaceAll(':', ' '))
  const known: Readonly<Record<string, Candidates>> = {
    ...ARGUMENTS,
    'config show key': words.settings.join(' '),
    'indicators show type': words.indicators.join(' '),
    'help topic': [...new Set([...HELP_TOPICS, ...names.map((name) => name.split(' ')[0]!)])].join(
      ' ',
    ),
  }
  return shown.map(({ summary = '', args, flags }, i) => {
    const name = names[i]!
    const own = Object.values(args).map((arg) =>
      arg.options ? arg.options.join(' ') : argumentOf(`${name} ${arg.name}`, known),
    )
    return {
      name,
      summary,
      flags: Object.values(flags)
        .filter(({ hidden }) => !hidden)
        .map((flag) => ({
          name: `--${flag.name}`,
          meaning: flag.description ?? '',
          value: flag.type === 'option' ? valueOf(flag) : null,
        })),
      args: name === 'help' ? [known['help topic']!] : own,
      repeats: Object.values(args).at(-1)?.multiple === true,
    }
  })
}

/** By the name of an argument; with its topic or command before it where the name is not enough. */
const ARGUMENTS: Readonly<Record<string, Candidates>> = {
  strategy: '@strategies /',
  model: '@models @strategies /',
  'backtest model': '@models @strategies /',
  'models model': '@models',
  id: '@operations',
  'checkpoints id': '@checkpoints',
  a: '@checkpoints',
  b: '@checkpoints',
  file: '/',
  in: '/',
  out: '/',
  target: '/',
}

/** @param name command and argument: "checkpoints show id" */
function argumentOf(name: string, known: Readonly<Record<string, Candidates>>): Candidates {
  const words = name.split(' ')
  const last = words.at(-1)!
  return known[name] ?? known[`${words[0]} ${last}`] ?? known[last] ?? ''
}

function valueOf({ options, helpValue }: Command.Flag.Cached & { type: 'option' }): Candidates {
  if (options) return options.join(' ')
  const shown = [helpValue ?? ''].flat().join(' ')
  if (/^[a-z]+(\|[a-z]+)+$/.test(shown)) return shown.replaceAll('|', ' ')
  if (shown.includes('MODEL')) return '@models'
  return /FILE|DIR/.test(shown) ? '/' : ''
}
