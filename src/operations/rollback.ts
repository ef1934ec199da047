// Going back to an earlier checkpoint, under the lock of the operation. Nothing is deleted: newer checkpoints are marked
// as left behind, so that no resume starts from them, and a rollback to one of them takes the mark away. Numbers are
// never given twice: what is saved from here on is newer than all there is.

import type { Source } from '../checkpoint/read-blobs.ts'
import { loadCheckpoint } from '../checkpoint/read-checkpoint.ts'
import type { Clock } from '../core/clock.ts'
import { passPoint } from '../core/fault.ts'
import { doneRatio, type Progress } from '../core/operation.ts'
import { listCheckpoints, markCheckpoint, type CheckpointRow } from '../store/checkpoint-table.ts'
import { inTransaction } from '../store/database.ts'
import { findOperation, rewindOperation } from '../store/operation-table.ts'
import { tryLock } from '../store/owner-lock.ts'
import { checkpointNotFound, checkSealed, operationNotFound, operationRunning } from './errors.ts'
import { recordDeath } from './recover.ts'

/**
 * @returns the checkpoint from which the next resume starts, and the numbers of those that are left behind
 * @throws OPERATION_ALREADY_RUNNING, CHECKPOINT_NOT_FOUND; CHECKPOINT_CORRUPT with nothing changed
 */
export function rollBack(
  source: Source & { readonly clock: Clock },
  operationId: string,
  seq: number,
): { readonly row: CheckpointRow; readonly leftBehind: readonly number[] } {
  const { db, layout, clock } = source
  const lock = tryLock(layout.locks, operationId)
  if (!lock) throw operationRunning(operationId, ': cancel it before you roll it back')
  try {
    recordDeath(db, clock, operationId)
    const operation = findOperation(db, operationId)
    if (!operation) throw operationNotFound(operationId)
    checkSealed(operation)
    const rows = listCheckpoints(db, operationId)
    const row = rows.find((candidate) => candidate.seq === seq)
    if (!row) throw checkpointNotFound(operationId, seq, rows)
    loadCheckpoint(source, row)
    passPoint('rollback.verified')
    inTransaction(db, () => {
      passPoint('rollback.in-transaction')
      for (const newer of rows)
        if (newer.seq > seq) markCheckpoint(db, newer.id, { isSuperseded: true })
      markCheckpoint(db, row.id, { isSuperseded: false, damage: null })
      rewindOperation(db, operationId, progressAt(operation.progress, row))
      passPoint('rollback.before-commit')
    })
    passPoint('rollback.after-commit')
    const now = listCheckpoints(db, operationId)
    return {
      row: now.find((candidate) => candidate.seq === seq)!,
      leftBehind: now.filter(({ isSuperseded }) => isSuperseded).map((newer) => newer.seq),
    }
  } finally {
    lock.release()
  }
}

/** What a list shows of the operation then: of the figures those that the checkpoint has. */
function progressAt({ metrics }: Progress, { cursor, summary }: CheckpointRow): Progress {
  const known = summary as Readonly<Record<string, unknown>>
  const figure = (name: string): number | null =>
    typeof known[name] === 'number' ? known[name] : null
  return {
    cursor,
    doneRatio: doneRatio(cursor),
    metrics: Object.fromEntries(Object.keys(metrics).map((name) => [name, figure(name)])),
  }
}
