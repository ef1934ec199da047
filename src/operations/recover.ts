// Crash recovery, part of every start. A running operation whose lock is free has lost its owner: it is recorded as
// failed, under the lock, and its generation moves on, so that an owner that was only asleep finds itself shut out.
// Best effort: a command that merely reads must work even when this cannot write.

import type { Clock } from '../core/clock.ts'
import type { Layout } from '../core/layout.ts'
import { inTransaction, type Sqlite } from '../store/database.ts'
import { endRunning } from '../store/end-running.ts'
import { listRunningIds } from '../store/operation-list.ts'
import { bumpGeneration, findOperation } from '../store/operation-table.ts'
import { tryLock } from '../store/owner-lock.ts'

const OWNER_DIED = {
  code: 'OWNER_DIED',
  message:
    'owner died: the process that ran it ended without a word (killed, crashed, or power loss)',
  suggestions: [],
}

/** @returns ids of the operations whose owner was found dead */
export function recoverDead(db: Sqlite, layout: Layout, clock: Clock): string[] {
  const recovered: string[] = []
  for (const id of listRunningIds(db)) {
    try {
      if (recoverOne(db, layout, clock, id)) recovered.push(id)
    } catch {
      // Read-only or busy: the next start tries again.
    }
  }
  return recovered
}

function recoverOne(db: Sqlite, layout: Layout, clock: Clock, id: string): boolean {
  const lock = tryLock(layout.locks, id)
  if (!lock) return false
  try {
    return recordDeath(db, clock, id)
  } finally {
    lock.release()
  }
}

/**
 * Records a running operation as failed. The caller holds its lock, so nobody runs it.
 * @returns whether it was running
 */
export function recordDeath(db: Sqlite, clock: Clock, id: string): boolean {
  return inTransaction(db, () => {
    const operation = findOperation(db, id)
    if (operation?.status !== 'running') return false
    const fence = { operationId: id, generation: operation.generation }
    const ending = { status: 'failed', error: OWNER_DIED, endedAtMs: clock.nowMs() } as const
    endRunning(db, fence, ending, OWNER_DIED.code)
    bumpGeneration(db, id)
    return true
  })
}
