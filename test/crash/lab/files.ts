// What lies on the disk, as text that can be compared.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** File name → its bytes. */
export type BundleBytes = Readonly<Record<string, string>>

/** What a run publishes: all files but the provenance, which tells of times and ids. */
export function readBundle(directory: string): BundleBytes {
  const names = readdirSync(directory).filter((name) => name !== 'provenance.json')
  return Object.fromEntries(
    names.toSorted().map((name) => [name, readFileSync(join(directory, name), 'base64')]),
  )
}

/** Names of the files that differ. */
export function differences(one: BundleBytes, other: BundleBytes): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].filter((name) => one[name] !== other[name])
}

/** All files of a data directory but logs and what SQLite puts beside its file, with the ids taken out. */
export function listFiles(dataDir: string): string[] {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + 1))
    .filter((path) => !path.startsWith('logs/') && !/-(wal|shm)$/.test(path))
    .map((path) => path.replaceAll(/op_[a-z]+_\d{8}_\d{6}_\w+/g, 'ID'))
    .toSorted()
}
