// Which checkpoint a name means: `ID` the newest, `ID@7` the one of that number, `ID@NAME` the one with that tag.

import { KtrdrError } from '../core/errors.ts'
import { findOperationId } from '../core/ids.ts'
import { listCheckpoints, type CheckpointRow } from '../store/checkpoint-table.ts'
import type { Sqlite } from '../store/database.ts'
import { listIdsLike } from '../store/operation-list.ts'
import { findOperation, type OperationRow } from '../store/operation-table.ts'
import { checkpointNotFound, operationNotFound } from './errors.ts'

/** A tag is told from a number by its first character. */
export const TAG = /^[a-z][a-z0-9._-]{0,63}$/

/** @throws OPERATION_NOT_FOUND, or USAGE when several match */
export function findOperationNamed(db: Sqlite, text: string): OperationRow {
  const id = findOperationId(text, listIdsLike(db, text))
  const row = findOperation(db, id)
  if (!row) throw operationNotFound(id)
  return row
}

/**
 * The operation, and of its checkpoints the number that was named; null when none was.
 * @throws USAGE, OPERATION_NOT_FOUND; CHECKPOINT_NOT_FOUND for a tag that none has
 */
export function parseVersion(
  db: Sqlite,
  text: string,
): { readonly operation: OperationRow; readonly seq: number | null } {
  const [name = '', version] = text.split(/@(.*)/s)
  const operation = findOperationNamed(db, name)
  if (version === undefined) return { operation, seq: null }
  if (/^[1-9]\d*$/.test(version)) return { operation, seq: Number(version) }
  if (!TAG.test(version))
    throw new KtrdrError(
      'USAGE',
      `"${text}" names no checkpoint; expected ID, ID@NUMBER or ID@TAG.`,
    )
  const rows = listCheckpoints(db, operation.id)
  const tagged = rows.find(({ tag }) => tag === version)
  if (!tagged) throw checkpointNotFound(operation.id, version, rows)
  return { operation, seq: tagged.seq }
}

/**
 * `ID` means the newest that no rollback has left behind.
 * @throws USAGE, OPERATION_NOT_FOUND, CHECKPOINT_NOT_FOUND
 */
export function findVersion(
  db: Sqlite,
  text: string,
): { readonly operation: OperationRow; readonly row: CheckpointRow } {
  const { operation, seq } = parseVersion(db, text)
  const rows = listCheckpoints(db, operation.id)
  const row =
    seq === null
      ? (rows.find(({ isSuperseded }) => !isSuperseded) ?? rows[0])
      : rows.find((candidate) => candidate.seq === seq)
  if (!row) throw checkpointNotFound(operation.id, seq, rows)
  return { operation, row }
}

/**
 * Exactly one checkpoint: what is about to change it must say which.
 * @throws USAGE when `text` names an operation alone
 */
export function findOneVersion(db: Sqlite, text: string): ReturnType<typeof findVersion> {
  const found = findVersion(db, text)
  if (text.includes('@')) return found
  const { id } = found.operation
  throw new KtrdrError('USAGE', `"${text}" names an operation; say which of its checkpoints.`, {
    suggestions: [`${id}@${found.row.seq}`, `ktrdr checkpoints list ${id}`],
  })
}
