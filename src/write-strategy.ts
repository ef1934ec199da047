// A strategy file that is written for the user: it appears whole or not at all, and takes nobody's place unasked.

import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryName } from './checkpoint/durable-files.ts'
import { KtrdrError, systemCode } from './core/errors.ts'
import { explainSystemError } from './core/system-error.ts'

/**
 * @param force to replace what is there
 * @param command what to type to do so
 * @throws USAGE when something is there, IO_FAILED
 */
export function writeStrategy(path: string, text: string, force: boolean, command: string): void {
  if (!force && existsSync(path)) throw isTaken(path, command)
  try {
    mkdirSync(dirname(path), { recursive: true })
    const temporary = join(dirname(path), temporaryName('strategy'))
    writeFileSync(temporary, text, { flag: 'wx' })
    try {
      if (force) renameSync(temporary, path)
      else if (!linked(temporary, path)) throw isTaken(path, command)
    } finally {
      rmSync(temporary, { force: true })
    }
  } catch (error) {
    throw explainSystemError(error, `${path} could not be written`)
  }
}

/** Whether the file is there now: not when something has come in its place meanwhile. */
function linked(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

function isTaken(path: string, command: string): KtrdrError {
  return new KtrdrError('USAGE', `${path} is there already, and nothing was written.`, {
    suggestions: [command],
    details: { path },
  })
}
