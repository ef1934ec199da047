// Writes docs/cli.md, the reference of all commands, from the commands themselves:
// node scripts/node.mjs scripts/cli-reference.ts
import { writeFileSync } from 'node:fs'
import type { Command, Interfaces } from '@oclif/core'
import { BaseCommand } from '../commands/base.ts'
import { COMMANDS } from '../commands/index.ts'

type Row = readonly string[]

const OFTEN = '; may be repeated'

/** The whole page. */
export function cliReference(): string {
  const commands = Object.entries(COMMANDS).map(
    ([id, command]) => [id.replaceAll(':', ' '), command as Command.Class] as const,
  )
  const contents = commands.map(([name, { summary = '' }]) => [
    `[${code(name)}](#${slug(name)})`,
    summary,
  ])
  return `${[
    '# Commands',
    'Written from the commands themselves by `npm run docs`. `ktrdr COMMAND --help` says the same.',
    table(['command', 'what it does'], contents),
    '`ID` names an operation: its id, a unique beginning, its last six characters, or `latest`; `ID@7` is its checkpoint 7.',
    'Exit codes, JSON and progress events: [scripting](user-guides/scripting.md).',
    '## Every command takes',
    flagTable(BaseCommand.baseFlags),
    ...commands.map(([name, command]) => section(name, command)),
  ].join('\n\n')}\n`
}

function section(name: string, command: Command.Class): string {
  const { summary = '', description, args = {}, flags = {}, hiddenAliases = [] } = command
  const own = Object.keys(flags).length > 0 ? ' [options]' : ''
  const usage = `ktrdr ${name}${Object.entries(args).map(argumentUsage).join('')}${requiredUsage(flags)}${own}`
  const rows = Object.entries(args).map(([arg, { description: text = '', multiple }]) => [
    code(arg.toUpperCase()),
    `${text}${multiple ? OFTEN : ''}`,
  ])
  const examples = ((command.examples ?? []) as string[]).map((example) =>
    example.replaceAll('<%= config.bin %>', 'ktrdr'),
  )
  return [
    `## ${name}`,
    sentence(summary),
    description ?? '',
    block([usage]),
    rows.length > 0 ? table(['argument', 'meaning'], rows) : '',
    Object.keys(flags).length > 0 ? flagTable(flags) : '',
    examples.length > 0 ? `For example:\n\n${block(examples)}` : '',
    hiddenAliases.length > 0
      ? `Also: ${hiddenAliases.map((alias) => code(`ktrdr ${alias}`)).join(', ')}.`
      : '',
  ]
    .filter(Boolean)
    .join('\n\n')
}

function argumentUsage([name, { required, multiple }]: [string, Interfaces.Arg<unknown>]): string {
  const word = `${name.toUpperCase()}${multiple ? '...' : ''}`
  return required ? ` ${word}` : ` [${word}]`
}

function requiredUsage(flags: Interfaces.FlagInput): string {
  return Object.entries(flags)
    .filter(([, flag]) => flag.required)
    .map(([name, flag]) => ` --${name} ${valueOf(flag)}`)
    .join('')
}

function flagTable(flags: Interfaces.FlagInput): string {
  const rows = Object.entries(flags).map(([name, flag]) => {
    const short = flag.char === undefined ? '' : `${code(`-${flag.char}`)}, `
    const often = flag.type === 'option' && flag.multiple ? OFTEN : ''
    return [
      `${short}${code(`--${name} ${valueOf(flag)}`.trim())}`,
      `${flag.description ?? ''}${flag.required ? '; required' : ''}${often}`,
      ['string', 'number'].includes(typeof flag.default) ? code(String(flag.default)) : '',
    ]
  })
  return table(['option', 'meaning', 'default'], rows)
}

function valueOf(flag: Command.Flag): string {
  if (flag.type !== 'option') return ''
  const { options, helpValue } = flag
  return options?.join('|') ?? [helpValue ?? 'TEXT'].flat().join(' ')
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

function block(lines: readonly string[]): string {
  return ['```sh', ...lines, '```'].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** The anchor that GitHub gives a heading. */
function slug(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-')
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(new URL('../docs/cli.md', import.meta.url), cliReference())
