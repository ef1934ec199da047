// Whether a data directory may lie where it is asked for.

import { KtrdrError } from './core/errors.ts'
import { shellWord } from './core/shell-word.ts'
import { fileSystemOf, type FileSystemKind } from './runtime/file-system.ts'
import { exposuresOf, type Exposure } from './runtime/privacy.ts'
import type { Settings } from './settings.ts'

type Place = Pick<Settings, 'layout' | 'values'>

/** @throws IO_FAILED for a network file system, and for one that others can write to, unless the settings insist */
export function checkPlace(
  { layout, values }: Place,
  kindOf: (path: string) => FileSystemKind = fileSystemOf,
): void {
  if (!values.network_file_system) refuseNetwork(layout, kindOf)
  if (!values.shared_data_dir) refuseExposed(layout)
}

function refuseNetwork({ root }: Place['layout'], kindOf: (path: string) => FileSystemKind): void {
  const { name, nature } = kindOf(root)
  if (nature !== 'network') return
  throw new KtrdrError(
    'IO_FAILED',
    `The data directory ${root} lies on ${name}, where SQLite can lose what was saved.`,
    {
      suggestions: [
        'Choose a directory of this machine: --data-dir DIR',
        'Or insist: KTRDR_NETWORK_FILE_SYSTEM=true',
      ],
      details: { fileSystem: name },
    },
  )
}

/** What the program believes without looking twice: whoever can write these can plant a database. */
export function trustedPaths({ root, database, packs, locks }: Place['layout']): string[] {
  return [root, database, packs, locks]
}

function refuseExposed(layout: Place['layout']): void {
  const exposures = exposuresOf(trustedPaths(layout))
  if (exposures.length === 0) return
  throw new KtrdrError('IO_FAILED', `${capitalised(exposureText(exposures, layout.root))}.`, {
    suggestions: [...exposureRemedies(exposures), 'Or insist: KTRDR_SHARED_DATA_DIR=true'],
    details: { exposed: exposures.map(({ path }) => path) },
  })
}

/** Without a full stop; one of a kind stands for all of them. */
export function exposureText(exposures: readonly Exposure[], root: string): string {
  const { path, kind, owner } = exposures.find((one) => one.kind === 'foreign') ?? exposures[0]!
  const what = path === root ? `the data directory ${root}` : `${path} in the data directory`
  return kind === 'foreign'
    ? `${what} belongs to user ${owner}, who may have put anything there`
    : `${what} can be written by others, who may put anything there`
}

/** What to type. */
export function exposureRemedies(exposures: readonly Exposure[]): string[] {
  const writable = exposures.filter(({ kind }) => kind === 'writable').map(({ path }) => path)
  return writable.length < exposures.length
    ? ['Choose a directory of your own: --data-dir DIR']
    : [`chmod go-w ${writable.map(shellWord).join(' ')}`]
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
