// The words of a job that is a queue of tasks: what a task is, where each stands, and what a kind of queue (tasks of a
// user, a search, a walk-forward) says about its own. queue-job.ts makes a Job of a kind.

import type { ErrorData } from '../core/errors.ts'
import type { Json } from '../core/hash.ts'
import type { Loaded, Outcome, Resources } from './job.ts'
import type { Parcel } from './parcel.ts'

/** One task: what a worker is to do. */
export type TaskSpec = {
  /** Name of the Work in work-catalog.ts. */
  readonly work: string
  readonly settings: Json
  /** Begins from the last state of this earlier task, which was parked. */
  readonly continues?: number
  /** Keep its last state for a task that continues it, until `release` says otherwise. */
  readonly parks?: boolean
}

export const TASK_STATUSES = ['completed', 'quarantined'] as const
export type TaskStatus = (typeof TASK_STATUSES)[number]

/** What a list tells of a task: one that is running was taken up and is not over. */
export const TASK_LIST_STATUSES = ['waiting', 'running', ...TASK_STATUSES] as const

/** A task that is over. */
export type TaskRecord = {
  readonly index: number
  readonly status: TaskStatus
  /** What the work made; null when it is quarantined. */
  readonly result: Json
  readonly error: Pick<ErrorData, 'code' | 'message'> | null
  /** Times that a worker took it up. No part of a result: it depends on who died when. */
  readonly attempts: number
  /** Snapshots that its workers handed over. */
  readonly checkpoints: number
}

/** A task that was taken up and is not over. */
export type TaskInWork = {
  readonly index: number
  attempts: number
  /** Safe points that it has passed, as far as is known. */
  step: number
  /** How often its worker died since it handed over a snapshot, or since it was taken up. */
  fruitless: number
  /** How often its worker died at `diedAt`, and there alone. */
  deaths: number
  diedAt: number
  doneRatio: number | null
  metrics: Readonly<Record<string, number | null>>
  checkpoints: number
  /** UTC epoch milliseconds of the newest snapshot. */
  savedAtMs: number | null
  /** What its worker handed over last; null: it begins at the beginning. */
  state: Parcel | null
  lastError: Pick<ErrorData, 'code' | 'message'> | null
}

/** Tasks that are over, by number; the order in which they ended is nobody's business. */
export type TaskResults = {
  readonly count: number
  readonly get: (index: number) => TaskRecord | undefined
  /** How many tasks from the first one on are over without a gap. */
  readonly unbroken: number
}

/** How a queue is worked off. Nothing of it changes a result. */
export type QueueSettings = {
  readonly workers: number
  /** Milliseconds between the snapshots of a task; null: none, a task that is cut short begins anew. */
  readonly snapshotEveryMs: number | null
  /** A task whose worker passes no safe point for this long is taken from it; null: never. */
  readonly taskTimeoutMs: number | null
  /** An older snapshot is not used; null: age is no reason. */
  readonly maxSnapshotAgeMs: number | null
  /** The first quarantined task ends the job. */
  readonly failFast: boolean
  /** Heap of one worker; null: as Node sees fit. */
  readonly workerMemoryBytes: number | null
}

/** What a kind of queue loads; `settings.queue` of the operation holds the QueueSettings. */
export type LoadedQueue<Plan> = Omit<Loaded<Plan>, 'settings'> & {
  readonly settings: Readonly<Record<string, Json>>
  /** Goes to every worker; its typed arrays should lie in shared memory. */
  readonly shared: unknown
}

// Methods, as in Job: their parameters are compared loosely.
export interface QueueKind<Plan = unknown> {
  readonly type: string
  /** What a task is called here, e.g. `trial`; the unit of the save policy. */
  readonly unit: string
  load(settings: Json, resources: Resources): Promise<LoadedQueue<Plan>>
  /** Of the tasks to do; may grow or shrink with the results. */
  total(plan: Plan, results: TaskResults): number
  /**
   * The task of this number. A pure function of the results that it is said to depend on, which must not be more than the
   * first ones without a gap: whatever the number of workers, it is the same task.
   * @returns 'later' while it depends on what is not there yet
   */
  task(plan: Plan, index: number, results: TaskResults): TaskSpec | 'later'
  /** Whether the parked state of a task is of no more use. */
  isReleased?(plan: Plan, index: number, results: TaskResults): boolean
  /** Figures of the whole, worth a glance: e.g. the best objective so far. */
  metrics(plan: Plan, results: TaskResults): Readonly<Record<string, number | null>>
  /** @param records all of them, by number */
  finish(plan: Plan, records: readonly TaskRecord[]): Outcome
}
