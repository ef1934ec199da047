// Files that could not be used are never just deleted: a copy, durable before anything else happens, goes to
// <data directory>/quarantine/<operation>/. gc removes it when it has lain there long enough.

import { existsSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { Layout } from '../core/layout.ts'
import { durationText } from '../core/units.ts'
import {
  makeDirectory,
  removeIfEmpty,
  syncDirectory,
  temporaryName,
  writeNewFile,
} from './durable-files.ts'
import type { SweptFile } from './sweep.ts'

export function quarantineDirectory(layout: Layout): string {
  return join(layout.root, 'quarantine')
}

/**
 * Copies a pack; the same again after a crash puts the same file into the same place.
 * @param path relative to the packs directory
 * @returns where the copy lies, or null when there is no file
 */
export function quarantine(layout: Layout, path: string): string | null {
  const from = join(layout.packs, path)
  if (!existsSync(from)) return null
  const to = join(quarantineDirectory(layout), path)
  const directory = dirname(to)
  makeDirectory(directory)
  const temporary = join(directory, temporaryName(basename(path)))
  writeNewFile(temporary, readFileSync(from))
  renameSync(temporary, to)
  syncDirectory(directory)
  return to
}

/** Removes copies that nobody has come back for. @param keepMs null = they stay */
export function sweepQuarantine(
  layout: Layout,
  { dryRun, keepMs }: { readonly dryRun: boolean; readonly keepMs: number | null },
  nowMs: number,
): SweptFile[] {
  const root = quarantineDirectory(layout)
  if (keepMs === null || !existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .map((path) => ({ path, stat: statSync(path) }))
    .filter(({ stat }) => stat.isFile() && nowMs - stat.mtimeMs > keepMs)
    .map(({ path, stat }) => {
      if (!dryRun) {
        unlinkSync(path)
        removeIfEmpty(dirname(path))
      }
      const reason = `in quarantine for ${durationText(keepMs)}`
      return { path: relative(layout.root, path), reason, sizeBytes: stat.size }
    })
}
