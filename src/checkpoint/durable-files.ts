// Files that survive a power cut. A file is durable when its bytes are fsynced and the directory that names it is
// fsynced too; a rename in between makes it appear whole or not at all.

import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { systemCode } from '../core/errors.ts'
import type { Layout } from '../core/layout.ts'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants
export const TEMPORARY_PREFIX = '.tmp-'

/** A name that no other attempt has, in the directory of the final file: renames do not cross file systems. */
export function temporaryName(label: string): string {
  return `${TEMPORARY_PREFIX}${label}-${randomBytes(6).toString('hex')}`
}

/** Opens a file that must not exist yet, not even as a link. */
export function openExclusively(path: string): number {
  return openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
}

/** Writes all of `bytes`, however little the system takes at once. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const written = writeSync(fd, bytes, at, bytes.length - at)
    if (written === 0)
      throw Object.assign(new Error('ENOSPC: the disk takes no more'), { code: 'ENOSPC' })
    at += written
  }
}

/** Directories whose names this thread has made durable. */
const durable = new Set<string>()

/** Creates `directory` and its missing parents (0700), each durably, also those that a crash left in doubt. */
export function makeDirectory(directory: string): void {
  const parent = dirname(directory)
  if (existsSync(directory)) {
    if (!durable.has(directory)) trySync(parent)
  } else {
    if (parent !== directory) makeDirectory(parent)
    makeUnlessThere(directory)
    syncDirectory(parent)
  }
  durable.add(directory)
}

function makeUnlessThere(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

/** Of a directory that others have made: we may not be allowed to read its parent. */
function trySync(directory: string): void {
  try {
    syncDirectory(directory)
  } catch {
    // It was there before us, so it is most likely durable.
  }
}

/** Makes the names in a directory durable. Windows has no such call and needs none. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(directory, O_RDONLY | O_DIRECTORY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * Makes the name of the write-ahead log durable, before anything that stands in it is relied on. SQLite syncs the
 * directory when it makes that file, but passes over it when that fails.
 */
export function syncStore({ root }: Layout): void {
  syncDirectory(root)
}

/** A new file whose bytes are durable; its name becomes so with `syncDirectory`. */
export function writeNewFile(path: string, bytes: Uint8Array): void {
  const fd = openExclusively(path)
  try {
    writeFully(fd, bytes)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Unlinks a file that may be gone already. */
export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}

/** Whether the file is gone now. */
export function unlinkIfPossible(path: string): boolean {
  try {
    unlinkIfThere(path)
    return true
  } catch {
    return false
  }
}

/** Names in a directory, in order; none when it is not there. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).toSorted()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return []
    throw error
  }
}

/** Removes a directory that has become empty; any other stays. */
export function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory)
  } catch {
    // Not empty, or not there.
  }
}

/** @param n the how-manieth compaction of what was saved up to `seq` */
export function compactedPackPath(
  operationId: string,
  generation: number,
  seq: number,
  n: number,
): string {
  return join(operationId, `${generation}-${seq}-c${n}.safetensors`)
}

export function packPath(operationId: string, generation: number, seq: number): string {
  return join(operationId, `${generation}-${seq}.safetensors`)
}
