// A checkpoint on demand, from any terminal: a request that the owner sees within a fraction of a second, answered by
// the checkpoint that it has acknowledged.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'
import { KtrdrError } from '../core/errors.ts'
import type { Layout } from '../core/layout.ts'
import { listCheckpoints, type CheckpointRow } from '../store/checkpoint-table.ts'
import type { Sqlite } from '../store/database.ts'
import { findOperation, type OperationRow } from '../store/operation-table.ts'
import { leaveSaveRequest, takeSaveRequest } from '../store/save-request.ts'
import { operationNotFound } from './errors.ts'

const POLL_MS = 50

export type SaveNowContext = {
  readonly db: Sqlite
  readonly layout: Layout
  readonly clock: Clock
}

/**
 * @param waitMs how long to wait for the owner
 * @returns the checkpoint
 * @throws NOT_RUNNING when the operation is not running, or ends before it has saved; OPERATION_FAILED when its owner
 *   has not answered in time
 */
export async function saveNow(
  context: SaveNowContext,
  operationId: string,
  waitMs: number,
): Promise<CheckpointRow> {
  const { db, layout, clock } = context
  const before = findOperation(db, operationId)
  if (!before) throw operationNotFound(operationId)
  if (before.status !== 'running') throw notRunning(operationId, `it is ${before.status}`)
  leaveSaveRequest(layout.locks, operationId)
  try {
    return await waitForSave(context, before, clock.elapsedMs() + waitMs)
  } finally {
    takeSaveRequest(layout.locks, operationId) // whoever gives up does not want it any more
  }
}

async function waitForSave(
  { db, clock }: SaveNowContext,
  { id, lastSeq }: OperationRow,
  giveUpAtMs: number,
): Promise<CheckpointRow> {
  for (;;) {
    const operation = findOperation(db, id)
    const rows = listCheckpoints(db, id)
    // At most one save was on the way when the request was left: a later one is what was asked for as well. Where saves
    // are quick, retention may have taken the requested one already.
    const saved =
      rows.find(({ type, seq }) => type === 'manual' && seq > lastSeq) ??
      rows.find(({ seq }) => seq > lastSeq + 1)
    if (saved) return saved
    if (operation?.status !== 'running')
      throw notRunning(id, `it has ended meanwhile: ${operation?.status ?? 'deleted'}`)
    if (clock.elapsedMs() >= giveUpAtMs)
      throw new KtrdrError('OPERATION_FAILED', `${id} has not saved in time.`, {
        suggestions: [`ktrdr operations logs ${id}`],
        details: { operationId: id },
      })
    await sleep(POLL_MS)
  }
}

function notRunning(operationId: string, why: string): KtrdrError {
  return new KtrdrError('NOT_RUNNING', `${operationId} cannot save now: ${why}.`, {
    suggestions: [`ktrdr operations show ${operationId}`],
    details: { operationId },
  })
}
