// The table of completion as rules that every shell can test one after the other: the first pattern that matches
// says what can be typed there. * matches anything.

import type { Candidates, CommandCompletion } from './script.ts'

export type Rule = { readonly pattern: string; readonly candidates: Candidates }

/** A flag that takes no value. */
export const NO_VALUE = '-'

/** "operations list --status" → what the flag takes; "operations show 1" → what the first argument can be. */
export function valueRules(table: readonly CommandCompletion[]): Rule[] {
  const ofFlags = table.flatMap(({ name, flags }) =>
    flags.flatMap(({ name: flag, value }) =>
      value === null ? [] : [{ pattern: `${name} ${flag}`, candidates: value }],
    ),
  )
  const ofArguments = table.flatMap(({ name, args, repeats }) =>
    args.map((candidates, i) => ({
      pattern: `${name} ${repeats && i === args.length - 1 ? '*' : i + 1}`,
      candidates,
    })),
  )
  return [...ofFlags, { pattern: '* -*', candidates: NO_VALUE }, ...ofArguments]
}

/** "operations list" → its flags. */
export function flagRules(table: readonly CommandCompletion[]): Rule[] {
  return table.map(({ name, flags }) => ({
    pattern: name,
    candidates: flags.map((flag) => flag.name).join(' '),
  }))
}

/** "" → what a command line begins with; "operations" → its commands. */
export function wordRules(table: readonly CommandCompletion[]): Rule[] {
  const names = table.map(({ name }) => name.split(' '))
  const topics = [...new Set(names.filter(({ length }) => length > 1).map(([topic]) => topic!))]
  const first = [...new Set(names.map(([word]) => word!)), '--help', '--version']
  return [
    { pattern: '', candidates: first.join(' ') },
    ...topics.map((topic) => ({
      pattern: topic,
      candidates: names.flatMap(([word, second]) => (word === topic ? second! : [])).join(' '),
    })),
  ]
}

/** "gc" → what it does; "gc --dry-run" → what the flag says. */
export function meaningRules(table: readonly CommandCompletion[]): Rule[] {
  return table
    .flatMap(({ name, summary, flags }) => [
      { pattern: name.includes(' ') ? name : ` ${name}`, candidates: summary },
      ...flags.map((flag) => ({ pattern: `${name} ${flag.name}`, candidates: flag.meaning })),
    ])
    .filter(({ candidates }) => candidates !== '')
}
