// Runs one operation from the main thread: starts the job and the writer, lets the caller record the claim once both
// are ready, then keeps time, watches for Ctrl-C and for cancel requests, and returns how the operation ended.
//
// Nothing is recorded before `claim`, so whatever goes wrong earlier leaves no trace. After it the operation ends in
// exactly one of three ways: the writer records it; or, when it cannot, this thread does; or this process dies, and
// the next ktrdr finds the lock free and records that.

import type { Keys } from '../checkpoint/encryption.ts'
import type { SaveRules } from '../checkpoint/plan-save.ts'
import type { RetentionRule } from '../checkpoint/retention.ts'
import type { SavePolicy } from '../checkpoint/save-policy.ts'
import type { Clock } from '../core/clock.ts'
import { KtrdrError } from '../core/errors.ts'
import type { Listener } from '../core/events.ts'
import type { Json } from '../core/hash.ts'
import type { Layout } from '../core/layout.ts'
import type { Cursor, ResumedFrom } from '../core/operation.ts'
import { inTransaction, type Sqlite } from '../store/database.ts'
import { endRunning } from '../store/end-running.ts'
import { pendingCancel, type Fence } from '../store/operation-table.ts'
import { takeSaveRequest } from '../store/save-request.ts'
import {
  ABORT,
  CANCEL,
  createControl,
  PROGRESS_DUE,
  raise,
  SAVE,
  setElapsed,
  SHUTDOWN,
} from './control.ts'
import {
  failureOf,
  type Ended,
  type JobEnding,
  type ReadyFacts,
  type ResumeFacts,
} from './messages.ts'
import { listenForSignals, type StopSignal } from './signals.ts'
import { startThreads, type Ready } from './threads.ts'

const TICK_MS = 50
const PROGRESS_EVERY_TICKS = 2
const REQUEST_POLL_EVERY_TICKS = 4

export type RunRequest = {
  readonly type: string
  readonly settings: Json
  readonly policy: SavePolicy
  readonly retention: RetentionRule
  readonly rules: SaveRules
  readonly keepCheckpoints: boolean
  /** The operation to resume, or null for a new one. */
  readonly resume: ({ readonly operationId: string } & ResumeFacts) | null
}

/** What the caller recorded: from here on the operation is ours. */
export type Claim = {
  readonly fence: Fence
  readonly lastSeq: number
  readonly provenance: Json
}

export type RunContext = {
  readonly db: Sqlite
  readonly layout: Layout
  readonly keys: Keys
  readonly clock: Clock
  readonly listener: Listener
  /** Threads to compute on; null = as many as are worth it. */
  readonly threads: number | null
  /** Called when the run has started, and at every tick until it is to stop; never throws. */
  readonly housekeep?: (operationId: string) => void
  /** It runs without a terminal: nothing hangs up. */
  readonly isDetached?: boolean
}

export type RunEnd = Ended & {
  readonly operationId: string
  readonly facts: ReadyFacts
  readonly resumedFrom: ResumedFrom | null
  /** The signal that stopped the run, if one did. */
  readonly signal: StopSignal | null
  /** True when a second Ctrl-C left without waiting for the last save. */
  readonly isAbandoned: boolean
}

/**
 * @param claim records the start or the resume, in a transaction of its own; may throw to refuse
 * @throws what loading, restoring or claiming threw; CANCELLED when stopped before the claim
 */
export async function runOperation(
  context: RunContext,
  request: RunRequest,
  claim: (ready: Ready) => Claim,
): Promise<RunEnd> {
  const { clock, layout, db, housekeep } = context
  const { type, settings, policy, resume } = request
  const control = createControl()
  let lastSaved: Cursor | null = null
  const listener: Listener = (event) => {
    if (event.kind === 'saved') lastSaved = event.checkpoint.cursor
    context.listener(event)
  }
  listener({ kind: 'loading' })
  const threads = startThreads(
    {
      role: 'job',
      type,
      settings,
      resume,
      policy,
      control,
      threads: context.threads,
      barCache: layout.barCache,
    },
    { role: 'writer', layout, keys: context.keys, control, resume: resume && resume.operationId },
    listener,
  )

  let fence: Fence | undefined
  let signal: StopSignal | null = null
  let isStopping = false
  const abandoned = Promise.withResolvers<'abandoned'>()
  const stop = (bit: number): void => {
    if (isStopping) return
    isStopping = true
    if (fence) {
      listener({ kind: 'stopping', lastSaved, isSaving: policy.onStop })
      raise(control, bit)
    } else
      threads.fail(
        new KtrdrError('CANCELLED', 'Stopped before anything was started.', {
          details: { signal },
        }),
      )
  }
  const stopListening = listenForSignals(
    clock,
    {
      onStop: (which) => {
        signal = which
        stop(which === 'SIGINT' ? CANCEL : SHUTDOWN)
      },
      onQuit: () => abandoned.resolve('abandoned'),
    },
    context.isDetached ? ['SIGHUP'] : [],
  )
  const stopTicking = keepTime(clock, (elapsedMs, ticks) => {
    setElapsed(control, elapsedMs)
    if (ticks % PROGRESS_EVERY_TICKS === 0) raise(control, PROGRESS_DUE)
    if (fence && !isStopping) housekeep?.(fence.operationId)
    if (!fence || ticks % REQUEST_POLL_EVERY_TICKS !== 0) return
    if (isCancelRequested(db, fence)) stop(CANCEL)
    if (takeSaveRequest(layout.locks, fence.operationId)) raise(control, SAVE)
  })

  let isAbandoned = false
  try {
    const ready = await threads.ready
    const { facts, resumedFrom, damaged, repairedId } = ready
    listener({ kind: 'loaded', headline: facts.headline, warnings: facts.warnings })
    for (const { seq, reason } of damaged) listener({ kind: 'damaged', seq, reason })

    const claimed = claim(ready)
    takeSaveRequest(layout.locks, claimed.fence.operationId) // of an owner that has died
    fence = claimed.fence
    lastSaved = resumedFrom?.cursor ?? null
    const go = async (): Promise<Ended> => {
      listener({ kind: 'started', operationId: claimed.fence.operationId, resumedFrom })
      const { retention, rules, keepCheckpoints } = request
      threads.go({
        kind: 'open',
        ...claimed,
        retention,
        rules,
        keepCheckpoints,
        damaged: [
          ...damaged.flatMap(({ id, reason }) => (id === null ? [] : [{ id, reason }])),
          ...(repairedId === null ? [] : [{ id: repairedId, reason: null }]),
        ],
      })
      housekeep?.(claimed.fence.operationId)
      return threads.ended
    }
    const end = await Promise.race([
      go().catch((error: unknown) => recordFailure(db, claimed.fence, clock, error)),
      abandoned.promise,
    ])
    isAbandoned = end === 'abandoned'
    const ended = end === 'abandoned' ? abandon(db, claimed.fence, clock) : end
    if (ended.checkpoint) listener({ kind: 'saved', checkpoint: ended.checkpoint })
    listener({ kind: 'ended', status: ended.status, error: ended.error?.message ?? null })
    return { ...ended, operationId: fence.operationId, facts, resumedFrom, signal, isAbandoned }
  } finally {
    stopTicking()
    stopListening()
    raise(control, ABORT)
    const closed = threads.close()
    if (!isAbandoned) await closed // the writer may hang in a write: whoever abandons does not wait for it
  }
}

/** Calls `onTick` every TICK_MS with the time since the start, until the returned function is called. */
function keepTime(clock: Clock, onTick: (elapsedMs: number, ticks: number) => void): () => void {
  const startedAtMs = clock.elapsedMs()
  let ticks = 0
  const timer = setInterval(() => onTick(clock.elapsedMs() - startedAtMs, ++ticks), TICK_MS)
  return () => clearInterval(timer)
}

function isCancelRequested(db: Sqlite, { operationId }: Fence): boolean {
  try {
    return pendingCancel(db, operationId) !== undefined
  } catch {
    return false // the database cannot be read just now: ask again at the next tick
  }
}

/**
 * The writer could not record the end, or is dead: this thread, which holds the lock, tries.
 * @throws `error` when it cannot either; the resume will record what happened
 */
function recordFailure(db: Sqlite, fence: Fence, clock: Clock, error: unknown): Ended {
  const ending = failureOf(error)
  if (!tryToEnd(db, fence, clock, ending)) {
    if (!(error instanceof KtrdrError) || error.code === 'OWNERSHIP_LOST') throw error
    const { code, message, suggestions, details, cause } = error
    const resume = `ktrdr operations resume ${fence.operationId}`
    throw new KtrdrError(code, message, { suggestions: [...suggestions, resume], details, cause })
  }
  return { status: 'failed', error: ending.error, result: null, checkpoint: null }
}

/** A second Ctrl-C: one short try to record CANCELLED, then leave. The next start would find out anyway. */
function abandon(db: Sqlite, fence: Fence, clock: Clock): Ended {
  db.pragma('busy_timeout = 100')
  tryToEnd(db, fence, clock, { status: 'cancelled', error: null, reason: 'abandoned' })
  return { status: 'cancelled', error: null, result: null, checkpoint: null }
}

function tryToEnd(db: Sqlite, fence: Fence, clock: Clock, ending: JobEnding): boolean {
  const { status, error, reason } = ending
  try {
    return inTransaction(db, () =>
      endRunning(
        db,
        fence,
        { status, endedAtMs: clock.nowMs(), ...(error ? { error } : {}) },
        reason,
      ),
    )
  } catch {
    return false
  }
}
