// The driver: runs a job from safe point to safe point and, in between, asks whether to save, to stop or to report.
// It runs in the job thread: no database, no disk, and a stopwatch that is read around saves alone. Whatever the
// answer, the state is never touched outside `advance`, so a run that is watched, saved or stopped computes the same
// bytes as one that is not.

import {
  isNewBest,
  isSaveDue,
  NOTHING_SPENT,
  spend,
  untilTrigger,
  type Moment,
  type SavePolicy,
} from '../checkpoint/save-policy.ts'
import { errorToData, type ErrorData } from '../core/errors.ts'
import type { Stage } from '../core/events.ts'
import { nextLoopFault, passLoopPoint } from '../core/fault.ts'
import { Interrupted } from '../core/interrupted.ts'
import type { CheckpointType, Overhead, Progress } from '../core/operation.ts'
import { takeApart } from '../core/snapshot.ts'
import type { Job, Outcome } from '../jobs/job.ts'
import {
  ABORT,
  CANCEL,
  elapsedOf,
  flagsOf,
  isWriterBusy,
  lower,
  PROGRESS_DUE,
  SAVE,
  setWriterBusy,
  SHUTDOWN,
  waitForWriter,
  type Control,
} from './control.ts'
import type { JobEnding, JobToWriter, StagedSave } from './messages.ts'
import { createStaging } from './staging.ts'

export type DriveContext = {
  readonly job: Job
  readonly inputs: unknown
  readonly policy: SavePolicy
  readonly control: Control
  /** Rows of each append-only part that the writer has; grows with each save that it is told of. */
  readonly sent: Map<string, number>
  /** Milliseconds since an arbitrary moment. No state depends on them. */
  readonly elapsedMs: () => number
  readonly toWriter: (message: JobToWriter) => void
  readonly onProgress: (progress: Progress) => void
  readonly onStage: (stage: Stage) => void
  readonly onSaveFailed: (error: ErrorData) => void
}

const UNASKED: ReadonlySet<CheckpointType> = new Set(['periodic', 'best'])

/** For the outcome that the writer could not publish. */
export type EndInstead = (ending: JobEnding) => void

/**
 * Runs `state` to the end of the job, or to where it is told to stop, and hands the ending to the writer.
 * @returns of a job that has finished, how it ends when its outcome is refused
 */
export function drive(context: DriveContext, state: unknown): EndInstead | null {
  const { job, inputs, policy, control, sent, elapsedMs } = context
  const staging = createStaging()
  const beganMs = elapsedMs()
  // Safe points are asked by the time of the main thread, which costs a load: to read a clock at each would cost a
  // small network more than its saves do.
  const beganAt = elapsedOf(control)
  const here = (): Moment => ({
    units: job.units(state, inputs),
    runningMs: elapsedOf(control) - beganAt,
  })
  let last = here()
  let cost = NOTHING_SPENT
  let stepsSeen = last.units[job.step] ?? 0
  /** False while `advance` runs: what it leaves behind when it throws is no safe point. */
  let atSafePoint = true
  /** Somebody wants the run to stop and not to finish. */
  let isInterrupted = false

  const send = (message: JobToWriter): void => {
    waitForWriter(control)
    setWriterBusy(control, true)
    try {
      context.toWriter(message)
      noteSent(sent, message)
    } catch (error) {
      setWriterBusy(control, false) // it was not even told, so it will not say that it is done
      throw error
    }
  }
  const overhead = (): Overhead => ({
    saves: cost.saves,
    blockedMs: cost.blockedMs,
    runningMs: elapsedMs() - beganMs,
  })
  const stagedSave = (type: CheckpointType): StagedSave => {
    if (!UNASKED.has(type)) job.gather?.(state, inputs, type !== 'manual')
    return {
      type,
      progress: progressOf(job, state, inputs),
      summary: job.summary(state, inputs),
      metric: job.metric(state),
      snapshot: staging.stage(
        takeApart(job.encode(state), {
          appendOnly: job.appendOnly,
          derived: job.derived,
          since: sent,
        }),
      ),
      stateVersion: job.stateVersion,
      overhead: overhead(),
    }
  }
  /** Ends the operation, with a last checkpoint unless there is nothing worth saving or the run saves nothing. */
  const end = (ending: JobEnding, type: CheckpointType | null): void => {
    if (type !== null && policy.onStop) {
      context.onStage('saving')
      waitForWriter(control) // it may still be reading the staging buffer
      send({ kind: 'save', save: stagedSave(type), ending })
    } else send({ kind: 'end', ending, overhead: overhead() })
  }
  /** If even the save fails, the ending alone is recorded. */
  const endSaved: EndInstead = (ending) => {
    try {
      end(ending, 'failure')
    } catch {
      end(ending, null)
    }
  }
  /** A periodic save that fails is reported and the work goes on: the earlier checkpoints stay valid. */
  const trySave = (type: CheckpointType): void => {
    const before = cost
    const stoppedMs = elapsedMs()
    const measure = (): void => {
      cost = spend(before, elapsedMs() - stoppedMs)
    }
    try {
      waitForWriter(control) // it may still be reading the staging buffer
      const staged = stagedSave(type)
      measure() // this much can be told with the save itself
      send({ kind: 'save', save: { ...staged, overhead: overhead() }, ending: null })
    } catch (error) {
      context.onSaveFailed(errorToData(error))
    }
    measure()
  }

  try {
    for (;;) {
      const now = here()
      const steps = now.units[job.step] ?? 0
      const faultCancels = steps !== stepsSeen && passFault(context, steps)
      stepsSeen = steps

      const flags = flagsOf(control) | (faultCancels ? CANCEL : 0)
      if (flags & ABORT) return null
      if (flags & PROGRESS_DUE) {
        lower(control, PROGRESS_DUE)
        context.onProgress(progressOf(job, state, inputs))
      }
      if (!isInterrupted && job.isDone(state, inputs)) {
        context.onStage('judging')
        const outcome = unlessInterrupted(() => job.finish(state, inputs))
        if (outcome === null) {
          isInterrupted = true
          continue
        }
        context.onStage('publishing')
        const progress = progressOf(job, state, inputs)
        send({ kind: 'finish', outcome, progress, overhead: overhead() })
        return endSaved
      }
      if (flags & (CANCEL | SHUTDOWN)) {
        const type = flags & CANCEL ? 'cancellation' : 'shutdown'
        end({ status: 'cancelled', error: null, reason: type }, type)
        return null
      }
      // At most one save is in flight; one that falls due meanwhile is taken at the first safe point after it. Only a
      // new best state, for those who want each of them, and what somebody has asked for, are worth waiting for.
      const isAskedFor = (flags & SAVE) !== 0
      if (isAskedFor) lower(control, SAVE)
      const isBest = isNewBest(policy, last, now)
      const type = isAskedFor ? 'manual' : isBest ? 'best' : 'periodic'
      const isPossible = isBest || !isWriterBusy(control)
      if (isAskedFor || (isPossible && isSaveDue(policy, last, now, cost))) {
        last = now
        trySave(type)
      }
      atSafePoint = false
      try {
        job.advance(state, inputs, job.position(state, inputs) + nextStride(job, policy, steps))
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error // else it has stopped at a safe point
      }
      atSafePoint = true
    }
  } catch (error) {
    const { stack: _, details: __, ...facts } = errorToData(error)
    const ending: JobEnding = { status: 'failed', error: facts, reason: facts.code }
    // A failure between two steps leaves a good state: save it.
    if (atSafePoint) endSaved(ending)
    else end(ending, null)
    return null
  }
}

/** Null when it has been interrupted. */
function unlessInterrupted(work: () => Outcome): Outcome | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof Interrupted) return null
    throw error
  }
}

/** What a message carried need not be carried again. */
function noteSent(sent: Map<string, number>, message: JobToWriter): void {
  if (message.kind !== 'save') return
  for (const { name, from, rows } of message.save.snapshot.streams)
    sent.set(name, from + rows.length)
}

/** A fault of the loop strikes between saves: what was handed to the writer before is safe by then. */
function passFault({ job, control }: DriveContext, steps: number): boolean {
  if (nextLoopFault(job.step, steps) === steps) waitForWriter(control)
  return passLoopPoint(job.step, steps)
}

/** Positions to advance: the job's stride, but never past a save trigger or a fault. */
function nextStride(job: Job, policy: SavePolicy, steps: number): number {
  if (job.stride === 1) return 1
  const untilFault = nextLoopFault(job.step, steps + 1) - steps
  return Math.min(job.stride, untilTrigger(policy, job.step, steps), untilFault)
}

export function progressOf(job: Job, state: unknown, inputs: unknown): Progress {
  return {
    cursor: job.cursor(state, inputs),
    doneRatio: job.doneRatio(state, inputs),
    metrics: job.metrics(state, inputs),
  }
}
