// Whether a data directory may lie where it is asked for.

import { KtrdrError } from './core/errors.ts'
import { fileSystemOf, type FileSystemKind } from './runtime/file-system.ts'
import type { Settings } from './settings.ts'

/** @throws IO_FAILED for a network file system, unless the settings insist */
export function checkPlace(
  { layout, values }: Pick<Settings, 'layout' | 'values'>,
  kindOf: (path: string) => FileSystemKind = fileSystemOf,
): void {
  if (values.network_file_system) return
  const { name, nature } = kindOf(layout.root)
  if (nature !== 'network') return
  throw new KtrdrError(
    'IO_FAILED',
    `The data directory ${layout.root} lies on ${name}, where SQLite can lose what was saved.`,
    {
      suggestions: [
        'Choose a directory of this machine: --data-dir DIR',
        'Or insist: KTRDR_NETWORK_FILE_SYSTEM=true',
      ],
      details: { fileSystem: name },
    },
  )
}
