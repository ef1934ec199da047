// What a user's task module exports, and what it is given: the types that `import type … from 'ktrdr'` shows.

import type { RandomStream } from '../core/rng.ts'

export type TaskContext = {
  /** Number of the task, from 0. */
  readonly index: number
  /** Of the whole job. */
  readonly seed: number
  /** What was typed as --set key=value, or given as `set`. */
  readonly set: Readonly<Record<string, unknown>>
  /**
   * Random numbers of a purpose: the same for the same seed, task and coordinates, whatever was killed in between. Take a
   * new stream at each step, with what the state counts as a coordinate: `ctx.random('noise', state.step)`.
   */
  readonly random: (purpose: string, ...coordinates: readonly (number | string)[]) => RandomStream
  /** Share of the task that is done, 0 … 1, and figures worth a glance. */
  readonly progress: (ratio: number, figures?: Readonly<Record<string, number | null>>) => void
  /** A line for the log of the operation. */
  readonly log: (text: string) => void
  /** Aborted when the run is to stop: what waits for something may give up. */
  readonly signal: AbortSignal
}

/**
 * One of three forms:
 * - `start`, `step`, `finish`: the state is all there is; `step` changes it and returns true when it was the last one;
 * - `run`, a generator, async or not: each yield is a safe point, and what it yields must say all that `run` needs to go on
 *   when it is called again with it as `saved`; what it returns is the result;
 * - a default function: one step, which begins anew when it is cut short.
 */
export type TaskModule<Input = unknown, State = unknown, Result = unknown> = {
  readonly start?: (input: Input, ctx: TaskContext) => State | Promise<State>
  readonly step?: (state: State, ctx: TaskContext) => boolean | void | Promise<boolean | void>
  readonly finish?: (state: State, ctx: TaskContext) => Result | Promise<Result>
  readonly run?: (
    input: Input,
    ctx: TaskContext,
    saved: State | null,
  ) => AsyncGenerator<State, Result> | Generator<State, Result>
  readonly default?: (input: Input, ctx: TaskContext) => Result | Promise<Result>
}
