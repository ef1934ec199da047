// Pins, tags and notes: what a user says of a checkpoint. A pinned or tagged one is never cleaned up, and a tag is a
// name by which it can be called.

import type { Source } from '../checkpoint/read-blobs.ts'
import { KtrdrError } from '../core/errors.ts'
import {
  listCheckpoints,
  markCheckpoint,
  type CheckpointMarks,
  type CheckpointRow,
} from '../store/checkpoint-table.ts'
import { inTransaction } from '../store/database.ts'
import { tryLock } from '../store/owner-lock.ts'
import { checkpointNotFound, operationRunning } from './errors.ts'
import { TAG } from './find-checkpoint.ts'

export type UserMarks = Pick<CheckpointMarks, 'isPinned' | 'tag' | 'note'>

/**
 * @throws USAGE for a tag that is no name or is another checkpoint's; OPERATION_ALREADY_RUNNING, CHECKPOINT_NOT_FOUND,
 *   CHECKPOINT_CORRUPT
 */
export function markVersion(
  { db, layout }: Source,
  operationId: string,
  seq: number,
  marks: UserMarks,
): CheckpointRow {
  if (typeof marks.tag === 'string') checkName(marks.tag, operationId, seq)
  const lock = tryLock(layout.locks, operationId)
  if (!lock) throw operationRunning(operationId, ': its checkpoints are in use')
  try {
    return inTransaction(db, () => {
      const rows = listCheckpoints(db, operationId)
      const row = rows.find((candidate) => candidate.seq === seq)
      if (!row) throw checkpointNotFound(operationId, seq, rows)
      if (!row.isSealed) throw notAsWritten(row)
      if (typeof marks.tag === 'string') checkFree(marks.tag, row, rows)
      markCheckpoint(db, row.id, marks)
      return listCheckpoints(db, operationId).find(({ id }) => id === row.id)!
    })
  } finally {
    lock.release()
  }
}

/** Also while somebody else has the operation. */
function checkName(tag: string, operationId: string, seq: number): void {
  if (TAG.test(tag)) return
  throw new KtrdrError(
    'USAGE',
    `"${tag}" is no tag: a letter, then up to 63 letters, digits, dots, dashes or underscores, all lower case.`,
    { suggestions: [`ktrdr checkpoints tag ${operationId}@${seq} before-tuning`] },
  )
}

function checkFree(tag: string, row: CheckpointRow, rows: readonly CheckpointRow[]): void {
  const other = rows.find((candidate) => candidate.tag === tag && candidate.id !== row.id)
  if (other)
    throw new KtrdrError('USAGE', `Checkpoint #${other.seq} is called ${tag} already.`, {
      suggestions: [`ktrdr checkpoints tag ${row.operationId}@${other.seq} --remove`],
    })
}

function notAsWritten({ operationId, seq }: CheckpointRow): KtrdrError {
  return new KtrdrError(
    'CHECKPOINT_CORRUPT',
    `The row of checkpoint #${seq} in the database is not as it was written.`,
    { suggestions: [`ktrdr checkpoints verify ${operationId} --repair`] },
  )
}
