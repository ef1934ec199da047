// Compacting the packs of an operation under its lock: on demand, and by gc where much would be freed.

import { compact, wastedBytes, type Compaction } from '../checkpoint/compact.ts'
import type { Source } from '../checkpoint/read-blobs.ts'
import type { Clock } from '../core/clock.ts'
import { explainSystemError } from '../core/system-error.ts'
import { findOperation } from '../store/operation-table.ts'
import { tryLock } from '../store/owner-lock.ts'
import { listPackOwners } from '../store/pack-table.ts'
import { checkSealed, operationNotFound, operationRunning } from './errors.ts'
import { recordedRunSettings } from './run-settings.ts'

/** What gc does not leave lying in packs of an operation. */
const WORTHWHILE_BYTES = 1024 ** 2

type Context = Source & { readonly clock: Clock }

/** @throws OPERATION_ALREADY_RUNNING; CHECKPOINT_CORRUPT with nothing changed */
export function compactCheckpoints(
  { clock, ...source }: Context,
  operationId: string,
  options = { keepDeltas: false },
): Compaction {
  const lock = tryLock(source.layout.locks, operationId)
  if (!lock) throw operationRunning(operationId, ': its checkpoints are in use')
  try {
    const operation = findOperation(source.db, operationId)
    if (!operation) throw operationNotFound(operationId)
    checkSealed(operation)
    const { rules } = recordedRunSettings(operation.policy)
    return compact(source, operation, rules, options, clock.nowMs())
  } finally {
    lock.release()
  }
}

export type Compacted = { readonly operationId: string; readonly bytesFreed: number }

/** Gives up packs that are mostly unneeded. A running operation is passed over: its packs may become so any moment. */
export function compactWasteful(
  context: Context,
  dryRun: boolean,
): {
  readonly compacted: readonly Compacted[]
  readonly failed: readonly { readonly path: string; readonly reason: string }[]
} {
  const { db } = context
  const compacted: Compacted[] = []
  const failed: { path: string; reason: string }[] = []
  for (const operationId of listPackOwners(db)) {
    const wasted = wastedBytes(db, operationId)
    if (wasted <= WORTHWHILE_BYTES || findOperation(db, operationId)?.status === 'running') continue
    try {
      const { bytesBefore, bytesAfter } = dryRun
        ? { bytesBefore: wasted, bytesAfter: 0 }
        : compactCheckpoints(context, operationId, { keepDeltas: true })
      compacted.push({ operationId, bytesFreed: bytesBefore - bytesAfter })
    } catch (error) {
      const { message } = explainSystemError(error, 'It could not be compacted') as Error
      failed.push({ path: operationId, reason: message })
    }
  }
  return { compacted, failed }
}
