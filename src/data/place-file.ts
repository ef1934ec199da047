// A file appears whole or not at all: it is written beside its place and renamed.

import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { KtrdrError } from '../core/errors.ts'
import { explainSystemError } from '../core/system-error.ts'

/**
 * Whether files can be made in a directory, which may have to be made itself: told before the work.
 * @throws IO_FAILED
 */
export function expectWritable(directory: string): void {
  let nearest = resolve(directory)
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest)
  try {
    if (!statSync(nearest).isDirectory()) throw Object.assign(new Error(nearest), NOT_A_DIRECTORY)
    accessSync(nearest, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw cannotWrite(`Nothing can be written to ${directory}`, error)
  }
}

const NOT_A_DIRECTORY = { code: 'ENOTDIR' } as const

/** @param what that cannot be, without a full stop */
export function cannotWrite(what: string, cause: unknown): unknown {
  const error = explainSystemError(cause, what)
  if (!(error instanceof KtrdrError) || error.suggestions.length > 0) return error
  const { code, message, details } = error
  return new KtrdrError(code, message, {
    suggestions: ['Choose a directory that you can write to.'],
    details,
    cause,
  })
}

/** @throws IO_FAILED, and what `write` throws */
export async function placeFile(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(beside, 'wx')
    try {
      await write(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw explainSystemError(error, `${path} could not be written`)
  }
}
