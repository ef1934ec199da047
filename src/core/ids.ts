// Operation ids: `op_<type>_<YYYYMMDD>_<HHMMSS>_<tail>`, UTC, sortable by eye, with a random 6-character tail
// that is enough to name one on the command line. Ids are never reused and are no part of any result.

import { randomInt } from 'node:crypto'
import { KtrdrError } from './errors.ts'

const TAIL_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789' // no i, l, o, 0, 1
const ID = /^op_[a-z][a-z0-9]*_\d{8}_\d{6}_[a-z0-9]{6}$/

export function newOperationId(type: string, nowMs: number): string {
  const [date, time] = new Date(nowMs).toISOString().replaceAll(/[-:]/g, '').split(/[T.]/)
  let tail = ''
  while (tail.length < 6) tail += TAIL_ALPHABET[randomInt(TAIL_ALPHABET.length)]
  return `op_${type}_${date}_${time}_${tail}`
}

export function isOperationId(text: string): boolean {
  return ID.test(text)
}

/**
 * The one id that `text` names: the whole id, a unique prefix, a unique tail, or `latest`.
 * @param ids known ids, newest first
 * @throws OPERATION_NOT_FOUND, or USAGE when several match
 */
export function findOperationId(text: string, ids: readonly string[]): string {
  if (text === 'latest') {
    if (ids[0]) return ids[0]
    throw new KtrdrError('OPERATION_NOT_FOUND', 'There are no operations yet.', {
      suggestions: ['ktrdr train STRATEGY --data FILE', 'ktrdr demo'],
    })
  }
  const exact = ids.find((id) => id === text)
  if (exact) return exact
  const matches = text === '' ? [] : ids.filter((id) => id.startsWith(text) || id.endsWith(text))
  if (matches.length === 1) return matches[0]!
  if (matches.length === 0)
    throw new KtrdrError('OPERATION_NOT_FOUND', `No operation is called "${text}".`, {
      suggestions: ['ktrdr operations list'],
      details: { operationId: text },
    })
  const shown = matches.slice(0, 5).join(', ')
  throw new KtrdrError(
    'USAGE',
    `"${text}" names ${matches.length} operations: ${shown}${matches.length > 5 ? ', …' : ''}.`,
    { suggestions: ['Type more of the id, or its last six characters.'], details: { matches } },
  )
}
