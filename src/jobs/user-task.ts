// A task of a user as the work of a worker. Its state is kept as the user's code left it; only a snapshot takes it apart.

import { KtrdrError } from '../core/errors.ts'
import { sha256, type Json } from '../core/hash.ts'
import { randomStream } from '../core/rng.ts'
import { loadTaskModule, placeOf, type ModuleRef } from './task-module.ts'
import { fromPlain, toJson, toPlain } from './task-state.ts'
import type { TaskContext, TaskModule } from './task-types.ts'
import type { Work, WorkContext } from './work.ts'

export type UserTaskSettings = {
  readonly module: ModuleRef
  readonly index: number
  readonly input: Json
  readonly seed: number
  readonly set: Readonly<Record<string, Json>>
}

type Inputs = {
  readonly module: TaskModule
  readonly place: string
  readonly input: unknown
  readonly context: TaskContext
  readonly told: Told
}

/** What the task says of itself; a part of its state, for it is said once. */
type Told = { ratio: number | null; figures: Readonly<Record<string, number | null>> }

type State = {
  user: unknown
  isDone: boolean
  result: unknown
  generator: AsyncGenerator | Generator | null
}

export const userTask: Work<Inputs, State> = {
  async load(settings, context) {
    const { module: ref, input, ...rest } = settings as UserTaskSettings
    const told: Told = { ratio: null, figures: {} }
    return {
      module: loadTaskModule(ref),
      place: placeOf(ref),
      input,
      told,
      context: contextOf(rest, context, told),
    }
  },

  async begin({ module, input, context }) {
    const state = emptyState()
    if (module.run) state.generator = module.run(input, context, null)
    else if (module.start) state.user = await module.start(input, context)
    return state
  },

  isDone: ({ isDone }) => isDone,

  advance(state, inputs) {
    const { module, context, input } = inputs
    if (state.generator) return when(state.generator.next(), (next) => afterYield(state, next))
    if (!module.step || !module.start)
      return when(module.default!(input, context), (result) => done(state, result))
    return when(module.step(state.user, context), (isLast) => afterStep(state, isLast))
  },

  encode({ user, isDone, result }, { told }) {
    return {
      user: toPlain(user),
      isDone,
      result: toPlain(result, 'result'),
      ratio: toPlain(told.ratio),
      figures: toPlain(told.figures, 'figures'),
    }
  },

  decode(encoded, { module, input, context, told }) {
    const saved = encoded as Record<string, unknown>
    const state = emptyState()
    state.user = fromPlain(saved['user'])
    state.isDone = saved['isDone'] === true
    state.result = fromPlain(saved['result'])
    Object.assign(told, {
      ratio: fromPlain(saved['ratio']),
      figures: fromPlain(saved['figures']),
    })
    if (module.run && !state.isDone) state.generator = module.run(input, context, state.user)
    return state
  },

  doneRatio: (_, { told }) => told.ratio,
  metrics: (_, { told }) => told.figures,

  async finish({ user, result }, { module, context }) {
    const isStepped = module.start && module.step && !module.run
    return toJson(isStepped ? await module.finish?.(user, context) : result)
  },
}

/** What is there already is not waited for: a step may take a microsecond. */
function when<Value>(
  value: Value | Promise<Value>,
  use: (value: Value) => State,
): State | Promise<State> {
  if (!(value instanceof Promise)) return use(value)
  return (async () => use(await value))()
}

function emptyState(): State {
  return { user: null, isDone: false, result: null, generator: null }
}

function afterYield(state: State, { done: isDone, value }: IteratorResult<unknown>): State {
  if (isDone) return done(state, value)
  state.user = value
  return state
}

function afterStep(state: State, isLast: boolean | void): State {
  state.isDone = isLast === true
  return state
}

function done(state: State, result: unknown): State {
  state.isDone = true
  state.result = result
  return state
}

function contextOf(
  { index, seed, set }: Pick<UserTaskSettings, 'index' | 'seed' | 'set'>,
  { log, signal }: WorkContext,
  told: Told,
): TaskContext {
  return {
    index,
    seed,
    set,
    log,
    signal,
    random(purpose, ...coordinates) {
      const [a, b] = wordsOf(sha256([index, purpose, ...coordinates].join('\0')))
      return randomStream(seed, 'task', a, b)
    },
    progress(ratio, figures = told.figures) {
      if (!(ratio >= 0 && ratio <= 1))
        throw new KtrdrError('USAGE', `ctx.progress takes a share from 0 to 1, was ${ratio}.`)
      told.ratio = ratio
      told.figures = figures
    },
  }
}

/** The first 64 bits of a hash. */
function wordsOf(hash: string): [number, number] {
  return [Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8, 16), 16)]
}
