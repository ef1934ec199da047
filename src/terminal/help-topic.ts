// A page of `ktrdr help TOPIC`, laid out as the help of commands is.

import { labelled } from './table.ts'

type Section = {
  readonly title: string
  readonly rows: readonly (readonly [name: string, meaning: string])[]
}

export function helpTopicScreen(
  { sections, more }: { readonly sections: readonly Section[]; readonly more: readonly string[] },
  room = Infinity,
): string {
  const blocks = sections.map(
    ({ title, rows }) => `${title}\n${labelled(rows, { indent: '  ', room })}`,
  )
  return [...blocks, more.join('\n')].filter(Boolean).join('\n\n')
}
