// Cancelling from another terminal: a request in the row, which the owner sees within a fraction of a second; then
// wait until the owner has saved and recorded it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'
import { KtrdrError } from '../core/errors.ts'
import { inTransaction, type Sqlite } from '../store/database.ts'
import { findOperation, requestCancel, type OperationRow } from '../store/operation-table.ts'
import { operationNotFound } from './errors.ts'

const POLL_MS = 50

/**
 * @param waitMs how long to wait for the owner
 * @returns the operation as it ended, or still running when the owner has not answered in time
 * @throws NOT_CANCELLABLE when it is not running
 */
export async function cancelOperation(
  db: Sqlite,
  clock: Clock,
  operationId: string,
  reason: string | null,
  waitMs: number,
): Promise<OperationRow> {
  const nowMs = clock.nowMs()
  if (!inTransaction(db, () => requestCancel(db, operationId, reason, nowMs))) {
    const operation = findOperation(db, operationId)
    if (!operation) throw operationNotFound(operationId)
    throw new KtrdrError(
      'NOT_CANCELLABLE',
      `${operationId} cannot be cancelled: it is ${operation.status}.`,
      {
        suggestions: [`ktrdr operations show ${operationId}`],
        details: { operationId, status: operation.status },
      },
    )
  }
  const giveUpAtMs = clock.elapsedMs() + waitMs
  for (;;) {
    const operation = findOperation(db, operationId)
    if (!operation) throw operationNotFound(operationId)
    if (operation.status !== 'running' || clock.elapsedMs() >= giveUpAtMs) return operation
    await sleep(POLL_MS)
  }
}
