// A file of settings: ./ktrdr.yaml or the user's config.yaml.

import { readFileSync, statSync } from 'node:fs'
import { nearest } from './core/did-you-mean.ts'
import { KtrdrError } from './core/errors.ts'
import type { Raw } from './setting-values.ts'

/**
 * Keys of a YAML file, nested ones joined by dots. A file that is not there is empty.
 * @param known the keys that there are
 * @throws USAGE for what is no YAML, and for an unknown key
 */
export async function readSettingsFile(
  path: string,
  known: readonly string[],
): Promise<ReadonlyMap<string, Raw>> {
  const values = new Map<string, Raw>()
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return values
  // Within the limits of a strategy: a file that comes with a project is not to be trusted more.
  const { readDocument } = await import('./strategy/strategy-document.ts')
  const { formatProblem } = await import('./strategy/problems.ts')
  const { MAX_BYTES, TOO_BIG } = await import('./strategy/yaml-limits.ts')
  if (!found.isFile()) throw new KtrdrError('USAGE', `${path} is not a regular file.`)
  if (found.size > MAX_BYTES) throw new KtrdrError('USAGE', `${path} ${TOO_BIG}.`)
  const { root, problems } = readDocument(readFileSync(path, 'utf8'), path)
  if (problems[0]) throw new KtrdrError('USAGE', `${formatProblem(problems[0])}.`)
  const walk = (value: unknown, prefix: string): void => {
    if (value === null || value === undefined) return
    if (typeof value === 'object' && !Array.isArray(value)) {
      for (const [key, item] of Object.entries(value))
        walk(item, prefix === '' ? key : `${prefix}.${key}`)
      return
    }
    if (!known.includes(prefix)) throw unknownKey(path, prefix, known)
    if (typeof value === 'object')
      throw new KtrdrError('USAGE', `${path}: ${prefix} is a list; expected one value.`)
    values.set(prefix, value as Raw)
  }
  walk(root, '')
  return values
}

function unknownKey(path: string, key: string, known: readonly string[]): KtrdrError {
  const meant = nearest(key, known)
  return new KtrdrError('USAGE', `${path}: there is no setting "${key}".`, {
    suggestions: meant === undefined ? known : [meant],
  })
}
