// The state of a queue of tasks: what is over, what is in work, and what its workers handed over last. It is all that a
// resume needs: a task in work goes on from its newest snapshot, with whatever worker.

import { KtrdrError } from '../core/errors.ts'
import type { Parcel } from './parcel.ts'
import type { TaskInWork, TaskRecord, TaskResults } from './task-queue.ts'
import type { PoolEvent, WorkerPool } from './worker-pool.ts'

export type QueueState = {
  /** In the order in which they ended. */
  readonly finished: TaskRecord[]
  /** By number, ascending. */
  readonly inWork: Map<number, TaskInWork>
  /** Last states that later tasks may continue. */
  readonly parked: Map<number, Parcel>
  /** Tasks below were taken up. */
  next: number
  /** The quarantined task that ends the job. */
  failure: TaskRecord | null
  readonly results: GrowingResults
  /** Tasks that a worker has now. */
  readonly given: Set<number>
  /** Tasks whose state was too large to be copied, in this attempt. */
  readonly uncopyable: Set<number>
  pool: WorkerPool | null
  /** That were handed over since this attempt began. */
  snapshots: number
  /** What came while snapshots were gathered. */
  readonly early: PoolEvent[]
}

export type GrowingResults = TaskResults & { readonly add: (record: TaskRecord) => void }

export function growingResults(): GrowingResults {
  const records = new Map<number, TaskRecord>()
  let unbroken = 0
  return {
    get count() {
      return records.size
    },
    get unbroken() {
      return unbroken
    },
    get: (index) => records.get(index),
    add(record) {
      records.set(record.index, record)
      while (records.has(unbroken)) unbroken++
    },
  }
}

export function emptyQueue(): QueueState {
  return {
    finished: [],
    inWork: new Map(),
    parked: new Map(),
    next: 0,
    failure: null,
    results: growingResults(),
    given: new Set(),
    uncopyable: new Set(),
    pool: null,
    snapshots: 0,
    early: [],
  }
}

export function encodeQueue({ finished, inWork, parked, next }: QueueState): object {
  return {
    finished,
    inWork: Object.fromEntries(inWork),
    parked: Object.fromEntries(parked),
    next,
  }
}

type Encoded = {
  readonly finished: readonly TaskRecord[]
  readonly inWork: Readonly<Record<string, TaskInWork>>
  readonly parked: Readonly<Record<string, Parcel>>
  readonly next: number
}

/** Deaths are forgotten: whoever resumes may have mended what they died of. @throws CHECKPOINT_CORRUPT */
export function decodeQueue(encoded: object): QueueState {
  const { finished, inWork, parked, next } = encoded as Partial<Encoded>
  if (!Array.isArray(finished) || !inWork || !parked || typeof next !== 'number')
    throw new KtrdrError('CHECKPOINT_CORRUPT', 'The state of the queue lacks a part.')
  const state = { ...emptyQueue(), next }
  for (const record of finished as TaskRecord[]) {
    state.finished.push(record)
    state.results.add(record)
  }
  for (const task of Object.values(inWork))
    state.inWork.set(task.index, { ...task, deaths: 0, diedAt: -1 })
  for (const [index, parcel] of Object.entries(parked)) state.parked.set(Number(index), parcel)
  return state
}
