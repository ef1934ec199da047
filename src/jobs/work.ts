// A piece of the work of a job that is done by several workers: a user's task, a trial of a search, a fold. Like a Job it
// goes from safe point to safe point and its state can be taken over by another worker; unlike one it may wait for
// something, and what it makes is plain data.
//
// Invariants: `advance` changes nothing but the state it returns; `decode(encode(state))` goes on to the same result.

import type { Json } from '../core/hash.ts'
import type { Resources } from './job.ts'

export type WorkContext = {
  /** What the job gave all of its workers; typed arrays of it lie in shared memory. */
  readonly shared: unknown
  readonly cache: SharedCache
  readonly resources: Pick<Resources, 'cores' | 'kernel' | 'startThread' | 'threads'>
  /** A line for the log of the operation. */
  readonly log: (text: string) => void
  /** The whole job is to stop, soon: work that waits for something may give up waiting. */
  readonly signal: AbortSignal
}

/** What one worker has made and the others can use; what was not asked for in a long time goes. */
export type SharedCache = {
  readonly get: (key: string) => unknown
  /** @param value plain data; its typed arrays over SharedArrayBuffers are not copied */
  readonly put: (key: string, value: unknown, sizeBytes: number) => void
}

export interface Work<Inputs = unknown, State = unknown> {
  /** @throws KtrdrError for settings that cannot work: it is not tried again */
  load(settings: Json, context: WorkContext): Promise<Inputs>
  begin(inputs: Inputs): State | Promise<State>
  isDone(state: State, inputs: Inputs): boolean
  /** To the next safe point; the state may be the same object. */
  advance(state: State, inputs: Inputs): State | Promise<State>
  /** Plain data and typed arrays, for `takeApart`. */
  encode(state: State, inputs: Inputs): object
  decode(encoded: object, inputs: Inputs): State | Promise<State>
  /** Share of the work that is done, 0 … 1; null: unknown. */
  doneRatio(state: State, inputs: Inputs): number | null
  /** Figures worth a glance. */
  metrics(state: State, inputs: Inputs): Readonly<Record<string, number | null>>
  finish(state: State, inputs: Inputs): Json | Promise<Json>
  /** Gives up what the garbage collector does not: called when the worker turns to another task. */
  dispose?(state: State, inputs: Inputs): void
}
