// Settings and places on the screen.

import { visible } from './format.ts'
import { labelled, table } from './table.ts'
import { hanging } from './wrap.ts'

type Origin = { readonly kind: string; readonly name: string }

export function settingsScreen(
  {
    settings,
    secrets,
    warnings,
  }: {
    readonly settings: readonly {
      readonly key: string
      readonly text: string
      readonly origin: Origin
    }[]
    readonly secrets: readonly string[]
    readonly warnings: readonly string[]
  },
  room = Infinity,
): string {
  const columns = [{ head: 'SETTING' }, { head: 'VALUE' }, { head: 'FROM', gone: 1 }] as const
  const rows = settings.map(({ key, text, origin }) => [key, text, origin.name])
  const notes = [
    ...secrets.map((name) => `${name} is set.`),
    ...warnings.map((warning) => hanging('! ', visible(warning), room)),
  ]
  return [table(columns, rows, room), notes.join('\n')].filter(Boolean).join('\n\n')
}

export function placesScreen(
  places: readonly { readonly name: string; readonly path: string }[],
  room = Infinity,
): string {
  return labelled(
    places.map(({ name, path }) => [name, path] as const),
    { room },
  )
}
