// Where ktrdr runs: from its sources, from the bundle in dist/bundle, or inside the single executable. What differs
// (assets, worker entry, SQLite's native addon, how to start itself again) is decided in this room and nowhere else.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

type Sea = {
  isSea: () => boolean
  getAsset: (key: string, encoding: string) => string
  getRawAsset: (key: string) => ArrayBuffer
}

// In the bundle, `import.meta.url` is the URL of the bundled file (scripts/bundle.mjs).
const here = fileURLToPath(import.meta.url)

export const sea: Sea | undefined = (() => {
  const module = process.getBuiltinModule('node:sea') as unknown as Sea | undefined
  return module?.isSea() ? module : undefined
})()

export const where: 'source' | 'bundle' | 'executable' = sea
  ? 'executable'
  : /[\\/]runtime[\\/]where\.ts$/.test(here)
    ? 'source'
    : 'bundle'

/** Root of the sources, or the directory of the bundle. */
export const home = where === 'source' ? join(dirname(here), '..', '..') : dirname(here)

/** The command line that starts this very program: always a real process, never the launcher. */
export function ownCommand(): readonly string[] {
  if (where === 'executable') return [process.execPath]
  return [
    process.execPath,
    where === 'source' ? join(home, 'bin', 'ktrdr.ts') : join(home, 'ktrdr.cjs'),
  ]
}

/** How a user types this program's name where it runs now. */
export const ownName = where === 'source' ? 'npx ktrdr' : 'ktrdr'

/** The bytes of a file that ships with the program, by its path in the sources. */
export function readAsset(path: string): Uint8Array {
  if (sea) return new Uint8Array(sea.getRawAsset(path))
  return readFileSync(join(home, path))
}
