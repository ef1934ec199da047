// A queue of tasks as a job: hands tasks to workers, takes what they made, and gives what a dead worker leaves behind to
// another one. It runs in the job thread, which has nothing else to do: each `advance` waits for one thing to happen, a
// moment at most, so that the driver can save and stop as it does with every job.
//
// What becomes of a task does not depend on who does it or when: the kind says what task `index` is from results that are
// there whatever the number of workers, and a snapshot goes on to the same result.

import { EXIT_CODES, invariant, KtrdrError, type ErrorCode } from '../core/errors.ts'
import type { Json } from '../core/hash.ts'
import type { Job, Loaded } from './job.ts'
import { parcelBytes } from './parcel.ts'
import { decodeQueue, emptyQueue, encodeQueue, type QueueState } from './queue-state.ts'
import type { QueueKind, QueueSettings, TaskInWork, TaskRecord } from './task-queue.ts'
import type { Crew, PoolEvent } from './worker-pool.ts'

/** A task whose worker dies so often at the same step is not given to another one. */
const DEATHS = 3
const WAIT_MS = 50
/** For the last snapshots, when the run is stopped: what has not answered by then goes on from the one before. */
const GATHER_MS = 700

type Plan = unknown

export type QueueInputs = {
  readonly plan: Plan
  readonly queue: QueueSettings
  readonly shared: unknown
  readonly crew: Crew | undefined
}

/** What may be otherwise when it is resumed. */
const OVERRIDES = ['workers', 'taskTimeoutMs', 'failFast', 'snapshotEveryMs'] as const

export function queueJob(kind: QueueKind): Job<QueueInputs, QueueState> {
  return {
    type: kind.type,
    step: kind.unit,
    stride: 1,
    stateVersion: 1,
    appendOnly: ['finished'],
    derived: [],

    async load(settings, resources): Promise<Loaded<QueueInputs>> {
      const { queue } = settings as { readonly queue: QueueSettings }
      const { inputs: plan, shared, ...loaded } = await kind.load(settings, resources)
      return {
        ...loaded,
        settings: { ...loaded.settings, queue },
        inputs: { plan, queue, shared, crew: resources.crew },
      }
    },

    override(settings, changes) {
      const { queue, ...others } = settings as { readonly [key: string]: Json } & {
        readonly queue: QueueSettings
      }
      for (const key of Object.keys(changes))
        if (!(OVERRIDES as readonly string[]).includes(key))
          throw new KtrdrError('USAGE', `A ${kind.type} cannot change "${key}" when it is resumed.`)
      return { ...others, queue: { ...queue, ...changes } }
    },

    begin: emptyQueue,
    encode: encodeQueue,
    decode: decodeQueue,

    position: ({ finished }) => finished.length,
    isDone: (state, { plan }) =>
      state.failure !== null ||
      (state.inWork.size === 0 && state.next >= kind.total(plan, state.results)),
    advance: (state, inputs) => advanceQueue(kind, state, inputs),
    gather: (state, inputs, isLast) => gatherSnapshots(kind, state, inputs, isLast),

    units: ({ finished, snapshots }) => ({ [kind.unit]: finished.length, snapshot: snapshots }),
    cursor: (state, { plan }) => ({
      unit: kind.unit,
      at: state.finished.length,
      of: kind.total(plan, state.results),
      within: null,
    }),
    doneRatio: (state, { plan }) => doneRatio(state, kind.total(plan, state.results)),
    metrics: (state, { plan }) => ({
      ...kind.metrics(plan, state.results),
      inWork: state.given.size,
      quarantined: state.finished.filter(isQuarantined).length,
    }),
    summary: (state, { plan }) => summaryOf(state, kind.total(plan, state.results)),
    metric: () => null,

    finish(state, { plan }) {
      if (state.failure) throw taskFailed(kind.unit, state.failure)
      const records = state.finished.toSorted((a, b) => a.index - b.index)
      const outcome = kind.finish(plan, records)
      return { ...outcome, result: { ...outcome.result, tasks: totalsOf(state, records.length) } }
    },
  }
}

function crewOf({ crew }: QueueInputs): Crew {
  invariant(crew, 'a queue runs with a crew')
  return crew
}

function advanceQueue(kind: QueueKind, state: QueueState, inputs: QueueInputs): void {
  state.pool ??= crewOf(inputs).openPool({ ...inputs.queue, shared: inputs.shared })
  giveTasks(kind, state, inputs)
  const event = state.early.shift() ?? state.pool.take(WAIT_MS)
  if (event) handle(kind, state, inputs, event)
}

function giveTasks(kind: QueueKind, state: QueueState, inputs: QueueInputs): void {
  const pool = state.pool!
  const { plan, queue } = inputs
  for (let free = pool.idle() - state.early.length; free > 0; free--) {
    const task = nextTask(kind, state, plan)
    if (!task) return
    const spec = kind.task(plan, task.index, state.results)
    if (spec === 'later') return
    const isBegun = task.attempts > 0
    if (isBegun && isStale(task, queue, crewOf(inputs))) {
      crewOf(inputs).note({ index: task.index, text: 'its snapshot is too old: it begins anew' })
      Object.assign(task, { state: null, step: 0 })
    }
    task.attempts++
    state.inWork.set(task.index, task)
    state.next = Math.max(state.next, task.index + 1)
    state.given.add(task.index)
    const begun = spec.continues === undefined ? null : state.parked.get(spec.continues)!
    pool.give(
      {
        index: task.index,
        work: spec.work,
        settings: spec.settings,
        step: task.step,
        state: task.state ?? begun,
      },
      spec.parks ?? false,
    )
  }
}

/** One that was cut short goes before a new one. */
function nextTask(kind: QueueKind, state: QueueState, plan: Plan): TaskInWork | undefined {
  for (const task of state.inWork.values()) if (!state.given.has(task.index)) return task
  const { next, results } = state
  if (next >= kind.total(plan, results) || kind.task(plan, next, results) === 'later')
    return undefined
  return {
    index: next,
    attempts: 0,
    step: 0,
    deaths: 0,
    diedAt: -1,
    doneRatio: null,
    metrics: {},
    checkpoints: 0,
    savedAtMs: null,
    state: null,
    lastError: null,
  }
}

function isStale(
  { savedAtMs, state }: TaskInWork,
  { maxSnapshotAgeMs }: QueueSettings,
  { clock }: Crew,
): boolean {
  if (state === null || savedAtMs === null || maxSnapshotAgeMs === null) return false
  return clock.nowMs() - savedAtMs > maxSnapshotAgeMs
}

function handle(kind: QueueKind, state: QueueState, inputs: QueueInputs, event: PoolEvent): void {
  const { index } = event
  const task = state.inWork.get(index)!
  const { note, clock } = crewOf(inputs)
  switch (event.kind) {
    case 'progress':
      task.doneRatio = event.doneRatio
      task.metrics = finiteOnly(event.metrics)
      return
    case 'snapshot':
      task.state = event.state
      task.step = event.step
      task.checkpoints++
      state.snapshots++
      task.savedAtMs = clock.nowMs()
      return
    case 'snapshot-failed':
      return note({ index, text: `a snapshot was skipped: ${event.error.message}` })
    case 'log':
      return note({ index, text: event.text })
    case 'finished':
      if (event.state) state.parked.set(index, event.state)
      return end(kind, state, inputs, { task, result: event.result, error: null })
    case 'failed':
    case 'died':
      return takeBack(kind, state, inputs, task, event)
  }
}

/** The worker has not finished its task: another one goes on from the newest snapshot, unless that is hopeless. */
function takeBack(
  kind: QueueKind,
  state: QueueState,
  inputs: QueueInputs,
  task: TaskInWork,
  { kind: how, step, error }: Extract<PoolEvent, { kind: 'failed' | 'died' }>,
): void {
  task.deaths = step === task.diedAt ? task.deaths + 1 : 1
  task.diedAt = step
  const { code, message } = error
  const told = { code, message }
  if (task.deaths >= DEATHS || (how === 'failed' && isFinal(code)))
    return end(kind, state, inputs, { task, result: null, error: told })
  task.lastError = told
  state.given.delete(task.index)
  const from = task.state === null ? 'its beginning' : `step ${task.step}`
  const text = `its worker ${how === 'died' ? 'died' : 'failed'} at step ${step} (${message}): it goes on from ${from}`
  crewOf(inputs).note({ index: task.index, text })
}

/** What was asked cannot work, however often it is tried. */
function isFinal(code: ErrorCode): boolean {
  return [2, 4, 6, 7].includes(EXIT_CODES[code])
}

function end(
  kind: QueueKind,
  state: QueueState,
  inputs: QueueInputs,
  { task, result, error }: { task: TaskInWork } & Pick<TaskRecord, 'result' | 'error'>,
): void {
  const { plan, queue } = inputs
  const { index, attempts, checkpoints } = task
  const status = error ? 'quarantined' : 'completed'
  const record: TaskRecord = { index, status, result, error, attempts, checkpoints }
  if (error) crewOf(inputs).note({ index, text: `quarantined: ${error.message}` })
  state.given.delete(index)
  if (error && queue.failFast) {
    state.failure = record // it stays in work: a resume tries it again
    return
  }
  state.inWork.delete(index)
  state.finished.push(record)
  state.results.add(record)
  for (const parked of state.parked.keys())
    if (kind.isReleased?.(plan, parked, state.results)) state.parked.delete(parked)
}

/** Where every task stands now, before a save that ends the run or that somebody has asked for. */
function gatherSnapshots(
  kind: QueueKind,
  state: QueueState,
  inputs: QueueInputs,
  isLast: boolean,
): void {
  const { pool, given, early } = state
  const { clock } = crewOf(inputs)
  if (!pool || inputs.queue.snapshotEveryMs === null) return
  const awaited = new Set(given)
  pool.askForSnapshots(isLast)
  const untilMs = clock.elapsedMs() + GATHER_MS
  while (awaited.size > 0 && clock.elapsedMs() < untilMs) {
    const event = pool.take(Math.max(1, untilMs - clock.elapsedMs()))
    if (!event) continue
    if (event.kind === 'progress' || event.kind === 'log' || event.kind === 'snapshot')
      handle(kind, state, inputs, event)
    else early.push(event)
    if (event.kind !== 'progress' && event.kind !== 'log') awaited.delete(event.index)
  }
  // What ended meanwhile is over: it need not be done again.
  if (isLast)
    for (let event = early.shift(); event; event = early.shift())
      if (event.kind === 'finished') handle(kind, state, inputs, event)
}

function doneRatio(state: QueueState, total: number): number {
  if (total === 0) return 1
  let done = state.finished.length
  for (const task of state.inWork.values()) done += task.doneRatio ?? 0
  return Math.min(1, done / total)
}

function isQuarantined({ status }: TaskRecord): boolean {
  return status === 'quarantined'
}

/** The aggregates that document 004 asks of a job, and its tasks in work. */
function summaryOf(state: QueueState, total: number): Readonly<Record<string, Json>> {
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

function totalsOf(state: QueueState, total: number): { readonly [key: string]: Json } {
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

function taskFailed(unit: string, { index, error }: TaskRecord): KtrdrError {
  return new KtrdrError(
    'OPERATION_FAILED',
    `${unit} ${index} failed: ${error?.message ?? 'for an unknown reason'}`,
    { details: { index, code: error?.code ?? null } },
  )
}

function finiteOnly(metrics: TaskInWork['metrics']): TaskInWork['metrics'] {
  return Object.fromEntries(
    Object.entries(metrics).map(([key, value]) => [key, Number.isFinite(value) ? value : null]),
  )
}
