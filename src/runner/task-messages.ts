// What the job thread and its workers tell each other. Each worker has a port of its own, and three words in shared
// memory that both look at without waiting.

import type { MessagePort } from 'node:worker_threads'
import type { ErrorData } from '../core/errors.ts'
import type { Assignment, PoolEvent } from '../jobs/worker-pool.ts'

/** Rung whenever a worker or the main thread has told the job thread something. */
export type Bell = Int32Array<SharedArrayBuffer>

/** Of one worker: what it is asked for, how many safe points its task has passed, and whether it copies its state. */
export type TaskControl = Int32Array<SharedArrayBuffer>
export const ASKED = 0
export const STEP = 1
export const COPYING = 2

export const ASK_SNAPSHOT = 1

export type TaskThreadData = {
  readonly role: 'task'
  readonly worker: number
  readonly port: MessagePort
  readonly bell: Bell
  readonly control: TaskControl
  readonly shared: unknown
  readonly snapshotEveryMs: number | null
  readonly memoryBytes: number | null
}

export type PoolToTask =
  | {
      readonly kind: 'task'
      readonly assignment: Assignment
      readonly parks: boolean
      /** What other workers have made since the last assignment. */
      readonly shared: readonly SharedEntry[]
    }
  /** No task will be finished any more: work that waits for something may give up. */
  | { readonly kind: 'stop' }

export type SharedEntry = {
  readonly key: string
  readonly value: unknown
  readonly sizeBytes: number
}

export type TaskToPool =
  | Exclude<PoolEvent, { kind: 'died' }>
  | ({ readonly kind: 'shared' } & SharedEntry)

/** A worker that has ended. */
export type WorkerDeath = { readonly worker: number; readonly error: ErrorData }

export function ring(bell: Bell): void {
  Atomics.add(bell, 0, 1)
  Atomics.notify(bell, 0)
}
