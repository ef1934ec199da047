// Making a file appear whole and durable under its name: a temporary file in the same directory, fsync, rename, fsync of
// the directory. A failed fsync is never repeated on the same file: the kernel may have dropped the pages and call them
// clean. The file is thrown away and written once more under a new name.

import { closeSync, fsyncSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemCode } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import {
  makeDirectory,
  openExclusively,
  syncDirectory,
  temporaryName,
  unlinkIfThere,
  writeFully,
} from './durable-files.ts'

/** Whose fault points are passed. */
type Protocol = 'save' | 'compact'

/** @param label of the temporary file */
export function placeDurably(
  protocol: Protocol,
  path: string,
  label: string,
  file: Uint8Array,
): void {
  const directory = dirname(path)
  makeDirectory(directory)
  try {
    writeAndRename(protocol, path, join(directory, temporaryName(label)), file)
  } catch (error) {
    if (systemCode(error) !== 'EIO') throw error
    writeAndRename(protocol, path, join(directory, temporaryName(label)), file)
  }
  syncDirectory(directory)
  passPoint(`${protocol}.after-dir-fsync`)
}

function writeAndRename(
  protocol: Protocol,
  path: string,
  temporary: string,
  file: Uint8Array,
): void {
  const fd = openExclusively(temporary)
  try {
    try {
      passPoint(`${protocol}.temp-created`)
      const half = file.length >>> 1
      writeFully(fd, file.subarray(0, half))
      passPoint(`${protocol}.half-written`)
      writeFully(fd, file.subarray(half))
      passPoint(`${protocol}.written`)
      passPoint(`${protocol}.before-fsync`)
      fsyncSync(fd)
      passPoint(`${protocol}.after-fsync`)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
  } catch (error) {
    unlinkIfThere(temporary)
    throw error
  }
  passPoint(`${protocol}.after-rename`)
}
