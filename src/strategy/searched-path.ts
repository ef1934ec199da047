// Which places of a strategy a search may change: those that are in the file, or that the grammar has room for, and that
// do not decide which data is read.

import { nearest } from '../core/did-you-mean.ts'
import { isMapping } from './plain-value.ts'
import { pathText, type Path } from './problems.ts'
import { hasPlaceFor, homeOf, keysAt, placeAt } from './schema-walk.ts'

export type WrongPath = { readonly message: string; readonly remedy: string }

/** Sections that are the same for all trials: the bars are read once, and the name says whose trials they are. */
const FIXED: readonly Path[] = [
  ['name'],
  ['version'],
  ['description'],
  ['training_data', 'symbols'],
  ['training_data', 'timeframes'],
  ['context_data'],
]

/** @param root of the strategy */
export function checkSearchedPath(path: Path, root: unknown): WrongPath | undefined {
  if (FIXED.some((fixed) => fixed.every((step, i) => path[i] === step)))
    return {
      message: 'is the same in all trials',
      remedy: 'search what the strategy makes of its data',
    }
  const ignored = placeAt(path)?.ignored
  if (ignored !== undefined) return { message: `changes nothing: ${ignored}`, remedy: 'remove it' }
  let value: unknown = root
  for (const [i, step] of path.entries()) {
    const before = path.slice(0, i)
    if (typeof step === 'number') {
      if (Array.isArray(value) && step < value.length) value = value[step]
      else return missing(path, before, Array.isArray(value) ? listText(value) : 'it is no list')
    } else if (isMapping(value) && Object.hasOwn(value, step)) value = value[step]
    else if (isRoomAt(path, i, value)) return undefined
    else return unknownName(path, before, value)
  }
  return undefined
}

/** Whether what is missing from step `i` on can be written into the strategy. */
function isRoomAt(path: Path, i: number, owner: unknown): boolean {
  if (!isMapping(owner) || !hasPlaceFor(path)) return false
  const isLast = i === path.length - 1
  return isLast || keysAt(path.slice(0, i)).includes(String(path[i]))
}

function missing(path: Path, owner: Path, remedy: string): WrongPath {
  const where = owner.length === 0 ? 'the strategy' : `${pathText(owner)} of the strategy`
  return { message: `is not in the strategy: ${where} has no ${stepText(path, owner)}`, remedy }
}

function stepText(path: Path, owner: Path): string {
  const step = path[owner.length]!
  return typeof step === 'number' ? `item ${step}` : step
}

function listText(list: readonly unknown[]): string {
  return list.length === 0 ? 'it is empty' : `it has the items 0 to ${list.length - 1}`
}

/** Below a key that may be written, the step that is not in the grammar is the one that is wrong. */
function unknownName(path: Path, before: Path, owner: unknown): WrongPath {
  let known = before
  let there = owner
  while (isMapping(there ?? {}) && keysAt(known).includes(String(path[known.length])))
    [known, there] = [path.slice(0, known.length + 1), undefined]
  if (known.length === path.length) [known, there] = [before, owner]
  return missing(path, known, namesText(String(path[known.length]), there, known))
}

function namesText(step: string, owner: unknown, path: Path): string {
  const names = [...new Set([...(isMapping(owner) ? Object.keys(owner) : []), ...keysAt(path)])]
  const meant = nearest(step, names)
  if (meant !== undefined) return `did you mean "${meant}"?`
  const home = homeOf(step)
  if (home !== undefined) return `it belongs ${home}`
  return names.length === 0 ? 'it is no mapping' : `it has ${names.join(', ')}`
}
