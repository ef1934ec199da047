// From what a user typed to the path of a strategy file.

import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { nearest } from '../core/did-you-mean.ts'
import { KtrdrError } from '../core/errors.ts'
import { NAME } from './schema.ts'

const EXTENSIONS = ['.yaml', '.yml'] as const

/**
 * A path to a YAML file as it is; a name (`momentum`) as `<name>.yaml` or `<name>.yml` in the first
 * of `directories` that has one.
 * @throws FILE_NOT_FOUND, with the nearest name there is
 */
export function findStrategy(nameOrPath: string, directories: readonly string[]): string {
  if (isPath(nameOrPath)) {
    if (isFile(nameOrPath) || isSpecial(nameOrPath)) return nameOrPath
    throw strategyNotFound(nameOrPath)
  }
  const candidates = NAME.test(nameOrPath)
    ? directories.flatMap((directory) =>
        EXTENSIONS.map((extension) => join(directory, `${nameOrPath}${extension}`)),
      )
    : []
  const found = candidates.find(isFile)
  if (found !== undefined) return found
  throw notFound(`${nameOrPath}.yaml`, directories)
}

/** The error for a path that is not there. */
export function strategyNotFound(path: string): KtrdrError {
  return notFound(basename(path), [dirname(path)])
}

function isPath(text: string): boolean {
  return /[/\\]/.test(text) || EXTENSIONS.some((extension) => text.endsWith(extension))
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    return false // not allowed to look, or no possible path: the same as not there
  }
}

/** A pipe, a device …: it is there, and what reads it says that it is no file. */
function isSpecial(path: string): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found !== undefined && !found.isFile() && !found.isDirectory()
  } catch {
    return false
  }
}

function notFound(file: string, directories: readonly string[]): KtrdrError {
  const available = directories.flatMap(strategiesIn)
  const stem = basename(file, extname(file))
  const meant = nearest(
    stem,
    available.map(({ name }) => name),
  )
  const path = available.find(({ name }) => name === meant)?.path
  const searched = directories.length === 0 ? 'nowhere' : directories.join(', ')
  const question = meant === undefined ? '' : `; did you mean "${meant}"?`
  return new KtrdrError(
    'FILE_NOT_FOUND',
    `Strategy file not found: ${file} (searched: ${searched})${question}`,
    {
      suggestions: path === undefined ? [] : [`ktrdr validate ${path}`],
      details: { file, searched: directories, available: available.map((entry) => entry.path) },
    },
  )
}

function strategiesIn(directory: string): { name: string; path: string }[] {
  try {
    return readdirSync(directory)
      .filter((file) => EXTENSIONS.some((extension) => file.endsWith(extension)))
      .toSorted()
      .map((file) => ({ name: basename(file, extname(file)), path: join(directory, file) }))
      .filter(({ path }) => isFile(path))
  } catch {
    return [] // a directory that is not there has no strategies
  }
}
