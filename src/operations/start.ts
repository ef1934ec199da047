// Starting an operation: the job loads its inputs first, so that a wrong strategy or a broken file leaves no trace;
// then the operation is recorded as running, under its lock, and the job goes.

import { hostname } from 'node:os'
import { KtrdrError } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import type { LogLevel } from '../core/events.ts'
import type { Json } from '../core/hash.ts'
import { newOperationId } from '../core/ids.ts'
import { runOperation, type RunContext, type RunEnd } from '../runner/run-operation.ts'
import { insertAttempt } from '../store/attempt-table.ts'
import { inTransaction } from '../store/database.ts'
import { insertOperation } from '../store/operation-table.ts'
import { tryLock, type OwnerLock } from '../store/owner-lock.ts'
import { withCleanup, type AutomaticCleanup } from './automatic-cleanup.ts'
import { syncStore } from '../checkpoint/durable-files.ts'
import { watchWithLog } from './operation-log.ts'
import type { RunSettings } from './run-settings.ts'

export type StartContext = RunContext & {
  /** Versions of ktrdr and Node, for the record. */
  readonly program: string
  /** Of the log of the run; absent: info. */
  readonly logLevel?: LogLevel
  /** Absent: nothing is cleaned up on the way. */
  readonly cleanup?: AutomaticCleanup | undefined
  /** Of a new operation, when somebody waits for it under that name; by default one is made. */
  readonly operationId?: string | undefined
  /** The operation that this one is a retry of. */
  readonly retriedFrom?: string | undefined
}

/** What a new operation is, beyond its work. */
export type NewOperation = Pick<StartContext, 'operationId' | 'retriedFrom'>

export async function startOperation(
  context: StartContext,
  type: string,
  request: Json,
  run: RunSettings,
): Promise<RunEnd> {
  const { db, layout, clock, program } = context
  const startedAtMs = clock.nowMs()
  const { operationId = newOperationId(type, startedAtMs) } = context
  let lock: OwnerLock | undefined
  const watched = withCleanup(watchWithLog(context), context.cleanup)
  try {
    return await runOperation(
      watched,
      { type, settings: request, ...run, resume: null },
      ({ facts }) => {
        lock = lockNew(layout.locks, operationId)
        passPoint('start.locked')
        inTransaction(db, () => {
          passPoint('start.begun')
          insertOperation(db, {
            id: operationId,
            type,
            name: facts.name,
            settings: facts.settings,
            fingerprints: facts.fingerprints,
            policy: run,
            progress: facts.progress,
            createdAtMs: startedAtMs,
            retriedFrom: context.retriedFrom ?? null,
          })
          insertAttempt(db, operationId, {
            pid: process.pid,
            host: hostname(),
            program,
            overrides: {},
            resumedFrom: null,
            startedAtMs: clock.nowMs(),
          })
          passPoint('start.committing')
        })
        syncStore(layout)
        passPoint('start.committed')
        return {
          fence: { operationId, generation: 1 },
          lastSeq: 0,
          provenance: {
            operationId,
            startedAt: new Date(startedAtMs).toISOString(),
            program,
            resumedFrom: null,
          },
        }
      },
    )
  } finally {
    lock?.release()
  }
}

function lockNew(locksDirectory: string, operationId: string): OwnerLock {
  const lock = tryLock(locksDirectory, operationId)
  if (lock) return lock
  throw new KtrdrError(
    'OPERATION_ALREADY_RUNNING',
    `The lock of ${operationId} is held by somebody else.`,
    {
      suggestions: ['Try again: the id is new each time.'],
    },
  )
}
