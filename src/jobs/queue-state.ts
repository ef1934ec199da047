// The state of a queue of tasks: what is over, what is in work, and what its workers handed over last. It is all that a
// resume needs: a task in work goes on from its newest snapshot, with whatever worker.

import type { ErrorCode, ErrorData } from '../core/errors.ts'
import {
  anything,
  fields,
  listOf,
  number,
  oneOf,
  orNull,
  recordOf,
  text,
  typedArray,
  type Reader,
} from '../core/state-fields.ts'
import type { Parcel } from './parcel.ts'
import { TASK_STATUSES, type TaskInWork, type TaskRecord, type TaskResults } from './task-queue.ts'
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

const parcel: Reader<Parcel> = fields<Parcel>({
  json: text,
  arrays: recordOf(
    fields<Parcel['arrays'][string]>({
      dtype: oneOf(['F64', 'F32', 'I32', 'U32', 'U8']),
      shape: listOf(number),
      data: typedArray,
    }),
  ),
})

const fault = orNull(
  fields<Pick<ErrorData, 'code' | 'message'>>({ code: text as Reader<ErrorCode>, message: text }),
)

const queue = fields<{
  readonly finished: readonly TaskRecord[]
  readonly inWork: Readonly<Record<string, TaskInWork>>
  readonly parked: Readonly<Record<string, Parcel>>
  readonly next: number
}>({
  finished: listOf(
    fields<TaskRecord>({
      index: number,
      status: oneOf(TASK_STATUSES),
      result: anything,
      error: fault,
      attempts: number,
      checkpoints: number,
    }),
  ),
  inWork: recordOf(
    fields<TaskInWork>({
      index: number,
      attempts: number,
      step: number,
      fruitless: number,
      deaths: number,
      diedAt: number,
      doneRatio: orNull(number),
      metrics: recordOf(orNull(number)),
      checkpoints: number,
      savedAtMs: orNull(number),
      state: orNull(parcel),
      lastError: fault,
    }),
  ),
  parked: recordOf(parcel),
  next: number,
})

/** Deaths are forgotten: whoever resumes may have mended what they died of. @throws CHECKPOINT_CORRUPT */
export function decodeQueue(encoded: object): QueueState {
  const { finished, inWork, parked, next } = queue(encoded, '')
  const state = { ...emptyQueue(), next }
  for (const record of finished) {
    state.finished.push(record)
    state.results.add(record)
  }
  for (const task of Object.values(inWork))
    state.inWork.set(task.index, { ...task, fruitless: 0, deaths: 0, diedAt: -1 })
  for (const [index, last] of Object.entries(parked)) state.parked.set(Number(index), last)
  return state
}
