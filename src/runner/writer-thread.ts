// The writer thread: every fenced write of a running operation. It takes one message at a time from the job, encodes,
// hashes, writes and commits, and tells the main thread; meanwhile the job computes on. When an operation is resumed
// it first reads and verifies the newest good checkpoint and hands it to the job.

import { join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { removeIfEmpty } from '../checkpoint/durable-files.ts'
import { PROVENANCE_FILE, publishBundle, stageBundle } from '../checkpoint/publish-bundle.ts'
import { loadNewestCheckpoint } from '../checkpoint/read-checkpoint.ts'
import { createSaveMemory, rememberRestored, type SaveMemory } from '../checkpoint/save-memory.ts'
import {
  afterCommit,
  ownershipLost,
  unlinkTrash,
  writeCheckpoint,
} from '../checkpoint/write-checkpoint.ts'
import type { Clock } from '../core/clock.ts'
import { errorToData, invariant, KtrdrError } from '../core/errors.ts'
import type { SavedCheckpoint } from '../core/events.ts'
import { passPoint } from '../core/fault.ts'
import type { Json } from '../core/hash.ts'
import type { Overhead, Progress } from '../core/operation.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { explainSystemError } from '../core/system-error.ts'
import type { Outcome } from '../jobs/job.ts'
import { recordOverhead } from '../store/attempt-table.ts'
import { listCheckpoints, markCheckpoint, removeCheckpoints } from '../store/checkpoint-table.ts'
import { inTransaction, openDatabase, type Sqlite } from '../store/database.ts'
import { endRunning } from '../store/end-running.ts'
import { findOperation, type Ending } from '../store/operation-table.ts'
import { setWriterBusy } from './control.ts'
import { failureOf } from './messages.ts'
import type {
  Ended,
  JobEnding,
  JobToWriter,
  MainToWriter,
  Refused,
  StagedSave,
  WriterThreadData,
  WriterToJob,
  WriterToMain,
} from './messages.ts'
import { unstage } from './staging.ts'

const NOT_SAVED = 'The checkpoint could not be saved'

type Open = Extract<MainToWriter, { kind: 'open' }>
type Finish = Extract<JobToWriter, { kind: 'finish' }>

export function runWriterThread(
  data: WriterThreadData,
  clock: Clock,
  main: MessagePort,
  job: MessagePort,
): void {
  const { layout, keys, control } = data
  const db = openDatabase(layout.database)
  const tell = (message: WriterToMain): void => main.postMessage(message)
  const memory = createSaveMemory()
  let open: Open | undefined
  let seq = 0

  if (data.resume !== null) restore(db, data, data.resume, memory, tell, job)

  main.on('message', (message: MainToWriter) =>
    guarded('The end could not be recorded', () => {
      if (message.kind === 'end') return endWith(message.ending, null)
      open = message
      seq = message.lastSeq
      markAll(db, message.damaged)
      job.on('message', listenToJob) // not earlier: between two ports there is no order
    }),
  )

  function listenToJob(message: JobToWriter): void {
    guarded(NOT_SAVED, () => {
      if (message.kind === 'finish') endWithResult(message)
      else if (message.kind === 'end') endWith(message.ending, message.overhead)
      else if (message.ending) endWithSave(message.save, message.ending)
      else periodicSave(message.save)
    })
    setWriterBusy(control, false)
  }

  function guarded(what: string, work: () => void): void {
    try {
      work()
    } catch (error) {
      tell({ kind: 'end-failed', error: errorToData(explainSystemError(error, what)) })
    }
  }

  function periodicSave(save: StagedSave): void {
    try {
      tell({ kind: 'saved', checkpoint: write(save) })
    } catch (error) {
      if (isOwnershipLost(error)) throw error
      tell({ kind: 'save-failed', error: errorToData(explainSystemError(error, NOT_SAVED)) })
    }
  }

  /** When the result cannot be published, the job saves what led to it: a resume then only has to publish again. */
  function endWithResult({ outcome, progress, overhead }: Finish): void {
    try {
      return tell({ kind: 'ended', ended: finish(outcome, progress, overhead) })
    } catch (error) {
      if (isOwnershipLost(error)) throw error
      const ending = failureOf(explainSystemError(error, 'The result could not be saved'))
      job.postMessage({ kind: 'refused', ending } satisfies Refused)
    }
  }

  /** The last save of an attempt. When it fails the operation is recorded as failed, its older checkpoints good. */
  function endWithSave(save: StagedSave, ending: JobEnding): void {
    let checkpoint: SavedCheckpoint
    try {
      checkpoint = write(save, endingOf(ending))
    } catch (error) {
      if (isOwnershipLost(error)) throw error
      const failure = failureOf(explainSystemError(error, NOT_SAVED))
      const told = ending.error ? { ...failure, error: ending.error } : failure
      return endWith(told, save.overhead)
    }
    const { status, error } = ending
    tell({ kind: 'ended', ended: { status, error, result: null, checkpoint } })
  }

  function write(save: StagedSave, ending?: Ending): SavedCheckpoint {
    invariant(open, 'the writer saves before it is opened')
    seq++ // also when the save fails: a number, and the file name made of it, is used once
    const { type, progress, snapshot } = save
    const context = { ...open, db, layout, keys, memory }
    const numbered = { ...save, seq, snapshot: unstage(snapshot) }
    const sizeBytes = writeCheckpoint(context, numbered, clock.nowMs(), ending)
    return { seq, type, cursor: progress.cursor, sizeBytes }
  }

  /** @param overhead null when the job has died and cannot say: what the last save told stays */
  function endWith(ending: JobEnding, overhead: Overhead | null): void {
    invariant(open, 'the writer ends before it is opened')
    const { fence } = open
    inTransaction(db, () => {
      if (overhead) recordOverhead(db, fence, overhead)
      if (!endRunning(db, fence, endingOf(ending), ending.reason)) throw ownershipLost(fence)
    })
    tell({
      kind: 'ended',
      ended: { status: ending.status, error: ending.error, result: null, checkpoint: null },
    })
  }

  function endingOf({ status, error }: JobEnding): Ending {
    return { status, endedAtMs: clock.nowMs(), ...(error ? { error } : {}) }
  }

  /** Publishes what the job made and completes the operation, all in one transaction. */
  function finish(outcome: Outcome, progress: Progress, overhead: Overhead): Ended {
    invariant(open, 'the writer finishes before it is opened')
    passPoint('complete.begun')
    const { fence, keepCheckpoints, provenance } = open
    const nowMs = clock.nowMs()
    const staged = stageBundle(layout, fence.operationId, outcome.bundle, {
      [PROVENANCE_FILE]: `${JSON.stringify(provenance, null, 2)}\n`,
    })
    const result = inTransaction(db, () => {
      passPoint('complete.in-transaction')
      const { kind, path, version } = publishBundle(db, layout, fence.operationId, staged, nowMs)
      const completed = withPlace(outcome.result, kind, {
        path: join(layout.bundles[kind], path),
        version,
      })
      const ending: Ending = { status: 'completed', result: completed, progress, endedAtMs: nowMs }
      recordOverhead(db, fence, overhead)
      if (!endRunning(db, fence, ending, null)) throw ownershipLost(fence)
      if (!keepCheckpoints) removeCheckpoints(db, listCheckpoints(db, fence.operationId), nowMs)
      passPoint('complete.before-commit')
      return completed
    })
    afterCommit(() => {
      passPoint('complete.after-commit')
      unlinkTrash(db, layout)
      passPoint('complete.after-unlink')
      removeIfEmpty(join(layout.packs, fence.operationId))
      passPoint('complete.done')
    })
    return { status: 'completed', error: null, result, checkpoint: null }
  }
}

/** The result, with the place of its bundle under the bundle's kind: `model: {sha256, path, version}`. */
function withPlace(
  result: Outcome['result'],
  kind: string,
  place: { readonly path: string; readonly version: number },
): Json {
  const facts = result[kind]
  return { ...result, [kind]: { ...(typeof facts === 'object' ? facts : {}), ...place } }
}

function restore(
  db: Sqlite,
  { layout, keys }: WriterThreadData,
  operationId: string,
  memory: SaveMemory,
  tell: (message: WriterToMain) => void,
  job: MessagePort,
): void {
  try {
    const operation = findOperation(db, operationId)
    invariant(operation, `${operationId} has no row`)
    const rows = listCheckpoints(db, operationId)
    const loaded = loadNewestCheckpoint({ db, layout, keys }, operationId, rows, operation.lastSeq)
    const { row, snapshot, stateVersion, damaged } = loaded
    rememberRestored(memory, row.lane, loaded)
    const message: WriterToJob = { kind: 'restore', stateVersion, ...snapshot }
    job.postMessage(message, buffersOf(snapshot))
    const { seq, type, createdAtMs, cursor } = row
    tell({
      kind: 'restored',
      resumedFrom: { seq, type, createdAtMs, cursor },
      damaged: damaged.map(({ seq: n, reason, row: bad }) => ({
        seq: n,
        reason,
        id: bad?.id ?? null,
      })),
      repairedId: row.damage === null ? null : row.id,
    })
  } catch (error) {
    tell({
      kind: 'restore-failed',
      error: errorToData(explainSystemError(error, 'The checkpoint could not be read')),
    })
  }
}

/** The memory of a snapshot, to be handed over instead of copied. */
function buffersOf({ arrays, streams }: Snapshot): ArrayBuffer[] {
  const views = [...arrays.map(({ data }) => data), ...streams.map(({ rows }) => rows)]
  return views.flatMap((view) => ('buffer' in view ? [view.buffer as ArrayBuffer] : []))
}

function markAll(db: Sqlite, damaged: Open['damaged']): void {
  if (damaged.length === 0) return
  inTransaction(db, () => {
    for (const { id, reason } of damaged) markCheckpoint(db, id, { damage: reason })
  })
}

function isOwnershipLost(error: unknown): boolean {
  return error instanceof KtrdrError && error.code === 'OWNERSHIP_LOST'
}
