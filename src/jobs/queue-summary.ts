// What a queue says of itself: how far it is, and the aggregates that document 004 asks of a job.

import type { Json } from '../core/hash.ts'
import { parcelBytes } from './parcel.ts'
import type { QueueState } from './queue-state.ts'
import type { TaskRecord } from './task-queue.ts'

export function doneRatio(state: QueueState, total: number): number {
  if (total === 0) return 1
  let done = state.finished.length
  for (const task of state.inWork.values()) done += task.doneRatio ?? 0
  return Math.min(1, done / total)
}

export function isQuarantined({ status }: TaskRecord): boolean {
  return status === 'quarantined'
}

/** The aggregates that document 004 asks of a job, and its tasks in work. */
export function summaryOf(state: QueueState, total: number): Readonly<Record<string, Json>> {
  const inWork = [...state.inWork.values()]
  return {
    ...totalsOf(state, total),
    averageProgress: doneRatio(state, total),
    inWork: inWork.map(({ state: parcel, lastError, diedAt: _, ...task }) => ({
      ...task,
      snapshotBytes: parcel === null ? null : parcelBytes(parcel),
      lastError,
    })),
  }
}

export function totalsOf(state: QueueState, total: number): { readonly [key: string]: Json } {
  const tasks = [...state.finished, ...state.inWork.values()]
  return {
    total,
    completed: state.finished.filter((record) => !isQuarantined(record)).length,
    quarantined: state.finished.filter(isQuarantined).map(({ index, error }) => ({ index, error })),
    withCheckpoints: tasks.filter(({ checkpoints }) => checkpoints > 0).length,
    checkpointsTaken: tasks.reduce((sum, { checkpoints }) => sum + checkpoints, 0),
    attempts: tasks.reduce((sum, { attempts }) => sum + attempts, 0),
  }
}
