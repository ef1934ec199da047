// Deleting checkpoints by hand, under the lock of their operation: a running one is never touched.

import { join } from 'node:path'
import { removeIfEmpty } from '../checkpoint/durable-files.ts'
import { afterCommit, unlinkTrash } from '../checkpoint/write-checkpoint.ts'
import type { Clock } from '../core/clock.ts'
import { passPoint } from '../core/fault.ts'
import type { Layout } from '../core/layout.ts'
import { storedBytes } from '../store/blob-table.ts'
import {
  listCheckpoints,
  newestSeq,
  removeCheckpoints,
  type CheckpointRow,
} from '../store/checkpoint-table.ts'
import { inTransaction, type Sqlite } from '../store/database.ts'
import { lastSeqOf, setLastSeq } from '../store/operation-table.ts'
import { tryLock } from '../store/owner-lock.ts'
import { checkpointNotFound, operationRunning } from './errors.ts'

/**
 * @param seqs versions
 * @returns what was deleted: of these versions those that were still there; and the bytes that only they needed
 * @throws OPERATION_ALREADY_RUNNING, CHECKPOINT_NOT_FOUND
 */
export function deleteCheckpoints(
  db: Sqlite,
  layout: Layout,
  clock: Clock,
  operationId: string,
  seqs: readonly number[],
): { readonly rows: readonly CheckpointRow[]; readonly bytesFreed: number } {
  const lock = tryLock(layout.locks, operationId)
  if (!lock) throw operationRunning(operationId, ': its checkpoints are in use')
  try {
    const deleted = inTransaction(db, () => {
      passPoint('delete.in-transaction')
      const all = listCheckpoints(db, operationId)
      const chosen = all.filter(({ seq }) => seqs.includes(seq))
      if (chosen.length === 0) throw checkpointNotFound(operationId, seqs[0] ?? null, all)
      const bytesFreed = dropCheckpoints(db, operationId, chosen, clock.nowMs())
      passPoint('delete.before-commit')
      return { rows: chosen, bytesFreed }
    })
    afterCommit(() => {
      passPoint('delete.after-commit')
      unlinkTrash(db, layout)
      passPoint('delete.after-unlink')
      removeIfEmpty(join(layout.packs, operationId))
    })
    return deleted
  } finally {
    lock.release()
  }
}

/**
 * Removes rows; call it in a transaction, under the lock. When the last number goes it becomes that of the newest one
 * that is left, or a resume would miss what is gone on purpose.
 * @returns the bytes that only they needed
 */
export function dropCheckpoints(
  db: Sqlite,
  operationId: string,
  rows: readonly CheckpointRow[],
  nowMs: number,
): number {
  const before = storedBytes(db, operationId)
  removeCheckpoints(db, rows, nowMs)
  const lastSeq = lastSeqOf(db, operationId)
  if (rows.some(({ seq }) => seq === lastSeq))
    setLastSeq(db, operationId, newestSeq(db, operationId))
  return before - storedBytes(db, operationId)
}
