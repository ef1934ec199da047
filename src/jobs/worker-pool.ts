// What a queue sees of its workers. The runner makes them (runner/worker-pool.ts); a queue that is tested in one thread
// may be given others.

import type { Clock } from '../core/clock.ts'
import type { ErrorData } from '../core/errors.ts'
import type { Json } from '../core/hash.ts'
import type { Parcel } from './parcel.ts'

export type PoolSettings = {
  readonly workers: number
  /** Handed to each worker once. */
  readonly shared: unknown
  readonly snapshotEveryMs: number | null
  readonly taskTimeoutMs: number | null
  readonly workerMemoryBytes: number | null
}

export type Assignment = {
  readonly index: number
  readonly work: string
  readonly settings: Json
  /** Safe points passed before, of a task that goes on. */
  readonly step: number
  readonly state: Parcel | null
  /** False: a copy of its state has killed a worker, so none is made any more. */
  readonly isCopyable: boolean
}

export type PoolEvent = { readonly index: number } & (
  | {
      readonly kind: 'progress'
      readonly step: number
      readonly doneRatio: number | null
      readonly metrics: Readonly<Record<string, number | null>>
    }
  | { readonly kind: 'snapshot'; readonly step: number; readonly state: Parcel }
  /** The state cannot be saved; the task goes on. */
  | { readonly kind: 'snapshot-failed'; readonly error: ErrorData }
  | { readonly kind: 'log'; readonly text: string }
  /** @param state the last one, where the task parks */
  | { readonly kind: 'finished'; readonly result: Json; readonly state: Parcel | null }
  /** Its own code has failed at this step. */
  | { readonly kind: 'failed'; readonly step: number; readonly error: ErrorData }
  /** Its worker is gone; another one has taken its place. */
  | {
      readonly kind: 'died'
      readonly step: number
      readonly error: ErrorData
      /** It was copying the state of its task, for a snapshot. */
      readonly whileCopying?: boolean
    }
)

export type WorkerPool = {
  /** How many tasks can be given now. */
  readonly idle: () => number
  readonly give: (assignment: Assignment, parks: boolean) => void
  /** The next thing that has happened; waits for it, at most so long. */
  readonly take: (forMs: number) => PoolEvent | null
  /** Asks every worker for a snapshot, and to stop waiting for anything when `isLast`. */
  readonly askForSnapshots: (isLast: boolean) => void
}

/** What a queue needs of the machine. */
export type Crew = {
  readonly openPool: (settings: PoolSettings) => WorkerPool
  /** No result depends on it. */
  readonly clock: Clock
  /** For the log: what became of a task. */
  readonly note: (event: TaskNote) => void
}

export type TaskNote = { readonly index: number; readonly text: string }
