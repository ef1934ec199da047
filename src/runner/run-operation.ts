// Runs one operation from the main thread: starts the job and the writer, lets the caller record the claim once both
// are ready, then keeps time, watches for Ctrl-C and for cancel requests, and returns how the operation ended.
//
// Nothing is recorded before `claim`, so whatever goes wrong earlier leaves no trace. After it, the operation ends in
// exactly one of three ways: the writer records it; or, when a thread has died, this thread does; or this process
// dies, and the next ktrdr finds the lock free and records that.

import { MessageChannel, type Worker } from 'node:worker_threads'
import type { RetentionRule } from '../checkpoint/retention.ts'
import type { SavePolicy } from '../checkpoint/save-policy.ts'
import type { Clock } from '../core/clock.ts'
import { errorFromData, errorToData, KtrdrError } from '../core/errors.ts'
import type { Listener } from '../core/events.ts'
import type { Json } from '../core/hash.ts'
import type { Layout } from '../core/layout.ts'
import type { Cursor, ResumedFrom } from '../core/operation.ts'
import { startWorker } from '../runtime/start-worker.ts'
import { inTransaction, type Sqlite } from '../store/database.ts'
import { endRunning } from '../store/end-running.ts'
import { pendingCancel, type Fence } from '../store/operation-table.ts'
import {
  ABORT,
  CANCEL,
  createControl,
  PROGRESS_DUE,
  raise,
  setElapsed,
  setWriterBusy,
  SHUTDOWN,
} from './control.ts'
import type {
  Ended,
  JobEnding,
  JobThreadData,
  JobToMain,
  MainToJob,
  MainToWriter,
  ReadyFacts,
  ResumeFacts,
  WriterThreadData,
  WriterToMain,
} from './messages.ts'
import { listenForSignals, type StopSignal } from './signals.ts'

const TICK_MS = 50
const PROGRESS_EVERY_TICKS = 2
const CANCEL_POLL_EVERY_TICKS = 4

export type RunRequest = {
  readonly type: string
  readonly settings: Json
  readonly policy: SavePolicy
  readonly retention: RetentionRule
  readonly inlineLimitBytes: number
  readonly keepCheckpoints: boolean
  /** The operation to resume, or null for a new one. */
  readonly resume: ({ readonly operationId: string } & ResumeFacts) | null
}

export type Ready = {
  readonly facts: ReadyFacts
  readonly resumedFrom: ResumedFrom | null
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
  readonly clock: Clock
  readonly listener: Listener
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
  const { clock, listener, layout, db } = context
  const control = createControl()
  setWriterBusy(control, false)
  const { port1, port2 } = new MessageChannel()
  const jobData: JobThreadData = {
    role: 'job',
    type: request.type,
    settings: request.settings,
    resume: request.resume && {
      fingerprints: request.resume.fingerprints,
      overrides: request.resume.overrides,
    },
    policy: request.policy,
    control,
  }
  const writerData: WriterThreadData = {
    role: 'writer',
    layout,
    control,
    resume: request.resume && request.resume.operationId,
  }
  listener({ kind: 'loading' })
  const job = startWorker({ workerData: { ...jobData, peer: port1 }, transferList: [port1] })
  const writer = startWorker({ workerData: { ...writerData, peer: port2 }, transferList: [port2] })

  let signal: StopSignal | null = null
  let isStopping = false
  let isAbandoned = false
  let lastSaved: Cursor | null = null
  let fence: Fence | undefined
  const ready = Promise.withResolvers<Ready>()
  const ended = Promise.withResolvers<Ended>()
  ended.promise.catch(() => {}) // it may fail before anybody waits for it
  const fail = (error: unknown): void => {
    ready.reject(error)
    ended.reject(error)
  }

  const stop = (bit: number): void => {
    if (isStopping) return
    isStopping = true
    if (!fence) return fail(new KtrdrError('CANCELLED', 'Stopped before anything was started.'))
    listener({ kind: 'stopping', lastSaved })
    raise(control, bit)
  }
  const stopListening = listenForSignals(clock, {
    onStop: (which) => {
      signal = which
      stop(which === 'SIGINT' ? CANCEL : SHUTDOWN)
    },
    onQuit: () => {
      if (!fence) return
      abandon(db, fence, clock)
      isAbandoned = true
      ended.resolve({ status: 'cancelled', error: null, result: null, checkpoint: null })
    },
  })

  let facts: ReadyFacts | undefined
  let restored: Extract<WriterToMain, { kind: 'restored' }> | undefined
  const checkReady = (): void => {
    if (facts && (restored || !request.resume))
      ready.resolve({ facts, resumedFrom: restored?.resumedFrom ?? null })
  }
  job.on('message', (message: JobToMain) => {
    switch (message.kind) {
      case 'ready':
        facts = message.facts
        return checkReady()
      case 'load-failed':
        return fail(errorFromData(message.error))
      case 'progress':
        return listener({ kind: 'progress', progress: message.progress })
      case 'save-failed':
        return listener({ kind: 'save-failed', error: message.error })
    }
  })
  writer.on('message', (message: WriterToMain) => {
    switch (message.kind) {
      case 'restored':
        restored = message
        return checkReady()
      case 'restore-failed':
        return fail(errorFromData(message.error))
      case 'saved':
        lastSaved = message.checkpoint.cursor
        return listener(message)
      case 'save-failed':
        return listener({ kind: 'save-failed', error: message.error })
      case 'ended':
        return ended.resolve(message.ended)
      case 'end-failed':
        return fail(errorFromData(message.error))
    }
  })
  const tellWriter = (message: MainToWriter): void => writer.postMessage(message)
  onDeath(job, (error) => {
    if (!fence) return fail(error)
    // The job is gone, the writer is not: it records the failure behind whatever it is writing.
    tellWriter({ kind: 'end', ending: failureOf(error) })
  })
  onDeath(writer, (error) => {
    raise(control, ABORT)
    if (!fence) return fail(error)
    const ending = failureOf(error)
    const status = ending.status
    inTransaction(db, () => endRunning(db, fence!, endingRow(ending, clock), ending.reason))
    ended.resolve({ status, error: ending.error, result: null, checkpoint: null })
  })

  let ticks = 0
  const startedAtMs = clock.elapsedMs()
  const timer = setInterval(() => {
    ticks++
    setElapsed(control, clock.elapsedMs() - startedAtMs)
    if (ticks % PROGRESS_EVERY_TICKS === 0) raise(control, PROGRESS_DUE)
    if (
      fence &&
      ticks % CANCEL_POLL_EVERY_TICKS === 0 &&
      pendingCancel(db, fence.operationId) !== undefined
    )
      stop(CANCEL)
  }, TICK_MS)

  try {
    const now = await ready.promise
    listener({ kind: 'loaded', headline: now.facts.headline, warnings: now.facts.warnings })
    const damaged = restored?.damaged ?? []
    for (const { seq, reason } of damaged) listener({ kind: 'damaged', seq, reason })
    const claimed = claim(now)
    fence = claimed.fence
    lastSaved = now.resumedFrom?.cursor ?? null
    listener({ kind: 'started', operationId: fence.operationId, resumedFrom: now.resumedFrom })
    tellWriter({
      kind: 'open',
      fence,
      operationType: request.type,
      fingerprints: now.facts.fingerprints,
      lastSeq: claimed.lastSeq,
      retention: request.retention,
      inlineLimitBytes: request.inlineLimitBytes,
      keepCheckpoints: request.keepCheckpoints,
      provenance: claimed.provenance,
      damaged: damaged.flatMap(({ id, reason }) => (id === null ? [] : [{ id, reason }])),
    })
    const go: MainToJob = { kind: 'go' }
    job.postMessage(go)

    const end = await ended.promise
    if (end.checkpoint) listener({ kind: 'saved', checkpoint: end.checkpoint })
    listener({ kind: 'ended', status: end.status, error: end.error?.message ?? null })
    return {
      ...end,
      operationId: fence.operationId,
      facts: now.facts,
      resumedFrom: now.resumedFrom,
      signal,
      isAbandoned,
    }
  } finally {
    clearInterval(timer)
    stopListening()
    raise(control, ABORT)
    job.removeAllListeners()
    writer.removeAllListeners()
    const terminated = Promise.all([job.terminate(), writer.terminate()])
    if (!isAbandoned) await terminated // the writer may hang in a write: whoever abandons does not wait for it
  }
}

/** A second Ctrl-C: one short try to record CANCELLED, then leave. The next start would find out anyway. */
function abandon(db: Sqlite, fence: Fence, clock: Clock): void {
  db.pragma('busy_timeout = 100')
  try {
    const ending: JobEnding = { status: 'cancelled', error: null, reason: 'abandoned' }
    inTransaction(db, () => endRunning(db, fence, endingRow(ending, clock), ending.reason))
  } catch {
    // Somebody is writing: recovery will record it.
  }
}

function endingRow({ status, error }: JobEnding, clock: Clock): Parameters<typeof endRunning>[2] {
  return { status, endedAtMs: clock.nowMs(), ...(error ? { error } : {}) }
}

function failureOf(error: unknown): JobEnding {
  const { code, message, suggestions } = errorToData(error)
  return { status: 'failed', error: { code, message, suggestions }, reason: code }
}

/** Calls back once when a thread ends that nobody has asked to end. */
function onDeath(worker: Worker, callback: (error: unknown) => void): void {
  let failure: unknown
  worker.on('error', (error) => {
    failure = error
  })
  worker.on('exit', (code) => {
    if (code === 0 && failure === undefined) return
    const message =
      failure instanceof Error ? failure.message : `a worker thread exited with ${code}`
    callback(new KtrdrError('OPERATION_FAILED', `The run crashed: ${message}.`, { cause: failure }))
  })
}
