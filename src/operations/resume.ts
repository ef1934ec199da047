// Resuming an operation. The order keeps everything as it was until success is certain:
//
//   lock → newest checkpoint that verifies, inputs unchanged → one claiming UPDATE → go
//
// Of many concurrent resumes one gets the lock; whoever gets it later finds the status moved on. The claim is one
// statement in an explicit transaction, so a failed COMMIT is an error here and never a silent win.

import { hostname } from 'node:os'
import { KtrdrError } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import type { Json } from '../core/hash.ts'
import { syncStore } from '../checkpoint/durable-files.ts'
import { noCheckpoint } from '../checkpoint/read-checkpoint.ts'
import { runOperation, type RunEnd } from '../runner/run-operation.ts'
import { insertAttempt } from '../store/attempt-table.ts'
import { listCheckpoints } from '../store/checkpoint-table.ts'
import { inTransaction } from '../store/database.ts'
import { claimOperation, findOperation, type OperationRow } from '../store/operation-table.ts'
import { tryLock } from '../store/owner-lock.ts'
import { withCleanup } from './automatic-cleanup.ts'
import { checkSealed, operationNotFound, operationRunning } from './errors.ts'
import { watchWithLog } from './operation-log.ts'
import { recordDeath } from './recover.ts'
import { recordedRunSettings } from './run-settings.ts'
import type { StartContext } from './start.ts'
import { isResumable, RESUMABLE } from './states.ts'

/**
 * @param overrides what this resume changes, e.g. {epochs: 200}
 * @throws OPERATION_ALREADY_RUNNING or NOT_RESUMABLE; CHECKPOINT_NOT_FOUND, CHECKPOINT_CORRUPT, FINGERPRINT_CHANGED
 *   with status and error of the operation as they were
 */
export async function resumeOperation(
  context: StartContext,
  operationId: string,
  overrides: Readonly<Record<string, Json>>,
): Promise<RunEnd> {
  const { db, layout, clock, program } = context
  const lock = tryLock(layout.locks, operationId)
  if (!lock) throw operationRunning(operationId)
  try {
    passPoint('claim.locked')
    recordDeath(db, clock, operationId) // when the start of this program could not, as on a full disk
    const operation = findOperation(db, operationId)
    if (!operation) throw operationNotFound(operationId)
    checkSealed(operation)
    checkResumable(operation)
    if (listCheckpoints(db, operationId).length === 0) throw noCheckpoint(operationId)
    const run = recordedRunSettings(operation.policy)
    return await runOperation(
      withCleanup(watchWithLog(context), context.cleanup),
      {
        type: operation.type,
        settings: operation.settings,
        ...run,
        resume: { operationId, fingerprints: operation.fingerprints, overrides },
      },
      ({ facts, resumedFrom }) => {
        passPoint('claim.verified')
        inTransaction(db, () => {
          passPoint('claim.in-transaction')
          if (!claimOperation(db, operationId, RESUMABLE, facts.settings))
            checkResumable(findOperation(db, operationId) ?? operation)
          insertAttempt(db, operationId, {
            pid: process.pid,
            host: hostname(),
            program,
            overrides,
            resumedFrom,
            startedAtMs: clock.nowMs(),
          })
          passPoint('claim.before-commit')
        })
        syncStore(layout)
        passPoint('claim.after-commit')
        const generation = operation.generation + 1
        return {
          fence: { operationId, generation },
          lastSeq: operation.lastSeq,
          provenance: {
            operationId,
            startedAt: new Date(operation.createdAtMs).toISOString(),
            program,
            resumedFrom: resumedFrom && { ...resumedFrom, cursor: { ...resumedFrom.cursor } },
          },
        }
      },
    )
  } finally {
    lock.release()
  }
}

function checkResumable(operation: OperationRow): void {
  const { id, status, settings } = operation
  if (isResumable(operation)) return
  if (status === 'running') throw operationRunning(id)
  if (settings === null)
    throw new KtrdrError(
      'NOT_RESUMABLE',
      `${id} was rebuilt from packs that do not say what it was started with.`,
      { suggestions: [`ktrdr checkpoints export ${id} DIR`], details: { operationId: id } },
    )
  throw new KtrdrError('NOT_RESUMABLE', `${id} is already ${status}: there is nothing to resume.`, {
    suggestions: [`ktrdr operations show ${id}`],
    details: { operationId: id, status, resumableStatuses: RESUMABLE },
  })
}
