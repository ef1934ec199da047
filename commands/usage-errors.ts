// What is wrong with a command line, in our words instead of oclif's, and what was probably meant.

import { nearest } from '../src/core/did-you-mean.ts'
import { KtrdrError } from '../src/core/errors.ts'
import { shellWord } from '../src/core/shell-word.ts'
import { HELP_TOPICS } from '../src/ktrdr.ts'

/** The one of `known` that was probably meant by `typed`: a slip in it, or its beginning. */
function meantBy(typed: string, known: readonly string[]): string | undefined {
  const lastWord = typed.split(' ').at(-1)!
  const begun = known.find((word) => typed.length >= 3 && word.startsWith(typed))
  return nearest(typed, known, Math.min(2, lastWord.length / 2)) ?? begun
}

const question = (meant: string | undefined): string =>
  meant === undefined ? '' : ` Did you mean "${meant}"?`

/**
 * @param command as it is typed, e.g. "operations list"
 * @param flags names of its flags
 */
export function wrongUsage(error: Error, command: string, flags: readonly string[]): KtrdrError {
  return new KtrdrError('USAGE', explain(error, command, flags), {
    suggestions: [`ktrdr ${command} --help`],
  })
}

function explain(error: Error, command: string, flags: readonly string[]): string {
  const unknown = (error as { readonly flags?: readonly unknown[] }).flags?.[0]
  if (typeof unknown === 'string') {
    const known = flags.map((name) => `--${name}`)
    return `ktrdr ${command} has no flag ${unknown}.${question(meantBy(unknown, known))}`
  }
  const missing = argumentsMissing(error)
  if (missing.length > 0)
    return missing
      .map(({ name, description }) => `${name.toUpperCase()} is missing: ${description}.`)
      .join(' ')
  const text = error.message
    .replace(/See more help with --help$/, '')
    .replaceAll(/\p{Cc}\[\d+m/gu, '') // oclif colours parts of its messages
    .replaceAll(/\s+/g, ' ')
    .trim()
  return text
    .replace(/^The following errors? occurred: /, '')
    .replaceAll(/Missing required flag (\S+)/g, '--$1 is missing.')
    .replace(/^Parsing (--\S+) Expected (.*) but received: (.*)$/, '$1 is "$3"; expected $2.')
    .replace(/^Expected (--[^=]+)=(.*) to be one of: (.*)$/, '$1 is "$2"; expected one of $3.')
    .replace(/^Flag (--\S+) expects a value$/, '$1 expects a value.')
    .replace(/^Unexpected arguments?: (.*)$/, 'There is one argument too many: $1.')
}

type Argument = { readonly name: string; readonly description?: string }

/** Of oclif's error, whose own words are followed by advice on flags that nobody gave. */
function argumentsMissing(error: Error): readonly Argument[] {
  const { args = [] } = error as { readonly args?: readonly (Argument | string)[] }
  return args.filter((arg) => typeof arg === 'object')
}

/**
 * @param argv the whole command line
 * @param id what oclif took for the command: words joined by colons, arguments included
 * @param ids all commands, words joined by colons
 */
export function unknownCommand(
  argv: readonly string[],
  id: string,
  ids: readonly string[],
): KtrdrError {
  const words = id.split(':')
  const commands = ids.map((known) => known.replaceAll(':', ' '))
  const full = commands.find((command) => words.join(' ').startsWith(`${command} `))
  if (full !== undefined) {
    const extra = words[full.split(' ').length]
    return new KtrdrError('USAGE', `ktrdr ${full} takes no argument; there is "${extra}".`, {
      suggestions: [`ktrdr ${full} --help`],
    })
  }
  for (const length of [2, 1]) {
    const typed = words.slice(0, length).join(' ')
    const near = meantBy(
      typed,
      commands.filter((command) => command.split(' ').length === length),
    )
    if (near === undefined) continue
    const rest = argv.slice(length).map(shellWord)
    return new KtrdrError('USAGE', `"${typed}" is not a ktrdr command.${question(near)}`, {
      suggestions: [['ktrdr', near, ...rest].join(' ')],
    })
  }
  const topic = commands.some((command) => command.startsWith(`${words[0]} `))
  const typed = words.slice(0, topic ? 2 : 1).join(' ')
  return new KtrdrError('USAGE', `"${typed}" is not a ktrdr command.`, {
    suggestions: [`ktrdr ${topic ? `${words[0]} ` : ''}--help`],
  })
}

/** The same of `ktrdr help WORDS`: a command or one of the pages that explain something. */
export function unknownHelp(
  _argv: readonly string[],
  id: string,
  ids: readonly string[],
): KtrdrError {
  const [typed] = id.split(' ')
  const asked = typed!.replaceAll(':', ' ')
  const topics: readonly string[] = HELP_TOPICS
  const known = [...topics, ...ids.map((each) => each.replaceAll(':', ' '))]
  const meant = meantBy(asked, known)
  return new KtrdrError('USAGE', `There is no help on "${asked}".${question(meant)}`, {
    suggestions:
      meant === undefined
        ? ['ktrdr help', ...topics.map((each) => `ktrdr help ${each}`)]
        : [`ktrdr help ${meant}`],
  })
}
