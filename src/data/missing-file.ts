// Errors for a path that names no data file, with the names that may have been meant.

import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { distance } from 'fastest-levenshtein'
import { KtrdrError } from '../core/errors.ts'

const SUGGESTED = 3
const DATA_NAME = /\.((csv|tsv|txt)(\.gz)?|parquet)$/i

export async function fileNotFound(path: string): Promise<KtrdrError> {
  const wanted = basename(path)
  const names = await namesIn(dirname(path))
  if (!names)
    return new KtrdrError(
      'FILE_NOT_FOUND',
      `There is no directory ${dirname(path)} for ${basename(path)}.`,
    )
  const near = names
    .map((name) => ({ name, edits: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(2, Math.min(wanted.length, name.length) / 3))
    .toSorted((a, b) => a.edits - b.edits)
    .map(({ name }) => name)
  return new KtrdrError('FILE_NOT_FOUND', `There is no file ${path}.`, {
    suggestions: near.slice(0, SUGGESTED).map((name) => join(dirname(path), name)),
    details: { path },
  })
}

export async function directoryGiven(path: string): Promise<KtrdrError> {
  const names = ((await namesIn(path)) ?? []).filter((name) => DATA_NAME.test(name))
  return new KtrdrError('DATA_INVALID', `${path} is a directory, not a file with price bars.`, {
    suggestions: names.slice(0, SUGGESTED).map((name) => join(path, name)),
    details: { path },
  })
}

async function namesIn(directory: string): Promise<string[] | undefined> {
  try {
    return (await readdir(directory)).toSorted()
  } catch {
    return undefined // the error to report is the caller's; this only looks for advice
  }
}
