// A job is a kind of work that can be stopped at any safe point and continued to the same bytes. The runner drives it
// and knows nothing of what it does; a new kind of operation needs one file that exports a Job, and its line in the
// catalog.
//
// Invariants: `load` of the settings that `load` returned gives the same inputs; `advance` mutates only the state and
// returns exactly at `until`; `decode(encode(state))` continues to the same bytes; `finish` is a pure function.

import type { Headline, Stage } from '../core/events.ts'
import type { Json } from '../core/hash.ts'
import type { BundleKind } from '../core/layout.ts'
import type { Cursor } from '../core/operation.ts'
import type { BarCache } from '../data/bar-cache.ts'
import type { KernelThreadData } from '../neural/kernel/thread.ts'
import type { Crew } from './worker-pool.ts'

export type Loaded<Inputs> = {
  /** What a list shows, e.g. the name of the strategy. */
  readonly name: string
  /** Resolved: with every default, and with the exact range of the data. A resume starts from these. */
  readonly settings: Json
  /** What must be unchanged when a run is resumed: short texts or hashes by name. */
  readonly fingerprints: Readonly<Record<string, string>>
  /** Paths of what was read. */
  readonly sources: readonly string[]
  readonly headline: Headline
  readonly warnings: readonly string[]
  readonly inputs: Inputs
}

/** A directory to publish when the operation completes. */
export type OutcomeBundle = {
  readonly kind: BundleKind
  readonly name: string
  readonly variant: string
  readonly manifest: Readonly<Record<string, Json>>
  readonly files: Readonly<Record<string, Uint8Array | string>>
}

export type Outcome = {
  readonly result: Readonly<Record<string, Json>>
  readonly bundle: OutcomeBundle
}

/** What a job may use of the machine. Nothing of it changes a byte of what the job computes. */
export type Resources = {
  /** Threads to compute on, its own among them; null = as many as are worth it. */
  readonly threads: number | null
  readonly cores: number
  /** Compiles the kernel, once. */
  readonly kernel: () => WebAssembly.Module
  /** Starts a thread that runs `runKernelThread(data)`; when it dies, `abortKernel(data)` is called. */
  readonly startThread: (data: KernelThreadData) => void
  /** Where bars that were read are kept; nowhere unless it is given. */
  readonly barCache?: BarCache | null
  /** Workers for a queue of tasks; absent where nothing is to run. */
  readonly crew?: Crew
  /** Called when something begins that takes time. */
  readonly tell?: (stage: Stage) => void
  /**
   * To be called now and then in the midst of long work that changes no state.
   * @throws Interrupted when the run is to stop: the state is that of the last safe point
   */
  readonly breathe?: () => void
}

// Methods, not function properties: their parameters are compared loosely, so a catalog may hold jobs whose inputs
// and states nobody but they themselves look into.
export interface Job<Inputs = unknown, State = unknown> {
  readonly type: string
  /** The unit whose every completion is a safe point: `batch`, `bar`. */
  readonly step: string
  /** Positions to advance before asking again whether to save or to stop. */
  readonly stride: number
  /**
   * Of the layout of the encoded state, from 1. Raise it when a field comes or goes, or means something else: a
   * checkpoint of another version is refused as such. A faster way to the same state leaves it, and so does a field that
   * becomes a derived one.
   */
  readonly stateVersion: number
  /** The oldest layout that `decode` still reads; absent: only this one. */
  readonly oldestStateVersion?: number
  /** Paths of lists in the encoded state to whose end `advance` only appends: a save stores their new rows alone. */
  readonly appendOnly: readonly string[]
  /** Paths of fields of the encoded state that `decode` computes from the others: a checkpoint leaves them out. */
  readonly derived: readonly string[]
  load(settings: Json, resources: Resources): Promise<Loaded<Inputs>>
  /** Settings with what a resume may change, e.g. {epochs: 200}. @throws USAGE for anything else */
  override(settings: Json, changes: Readonly<Record<string, Json>>): Json
  begin(inputs: Inputs): State
  /** The state as plain data and typed arrays, for `takeApart`. */
  encode(state: State): object
  /**
   * @param stateVersion of the layout; this job's own unless given
   * @throws CHECKPOINT_CORRUPT naming the field that is missing, unknown or of another kind
   */
  decode(encoded: object, inputs: Inputs, stateVersion?: number): State
  position(state: State, inputs: Inputs): number
  isDone(state: State, inputs: Inputs): boolean
  advance(state: State, inputs: Inputs, until: number): void
  /**
   * Before a save that somebody waits for: asks those who compute elsewhere where they stand.
   * @param isLast the run is being stopped
   */
  gather?(state: State, inputs: Inputs, isLast: boolean): void
  /** Completed units of every kind, for the save policy and for faults, e.g. {epoch: 29, batch: 11720}. */
  units(state: State, inputs: Inputs): Readonly<Record<string, number>>
  cursor(state: State, inputs: Inputs): Cursor
  /** Share of all the work that is done, 0 … 1. */
  doneRatio(state: State, inputs: Inputs): number
  /** Figures worth a glance, e.g. valLoss. */
  metrics(state: State, inputs: Inputs): Readonly<Record<string, number | null>>
  /** What "checkpoints show" prints of a state; keys in camelCase. */
  summary(state: State, inputs: Inputs): Readonly<Record<string, Json>>
  /** By what retention knows the best checkpoint: lower is better. */
  metric(state: State): number | null
  finish(state: State, inputs: Inputs): Outcome
}
