// Ending a running operation: its row and its open attempt, together.

import { endAttempt } from './attempt-table.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import { endOperation, type Ending, type Fence } from './operation-table.ts'

/**
 * Call inside a transaction.
 * @param reason why the attempt ended, for the record; null on completion
 * @returns false, with nothing written, when the caller has been fenced off
 */
export function endRunning(
  db: Sqlite,
  fence: Fence,
  ending: Ending,
  reason: string | null,
): boolean {
  if (!endOperation(db, fence, ending)) return false
  endAttempt(db, fence.operationId, ending.status, reason, ending.endedAtMs)
  return true
}
