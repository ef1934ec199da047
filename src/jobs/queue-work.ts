// What a queue does: hands tasks to workers, takes what they made, gives what a dead worker leaves behind to another one.
// What becomes of a task does not depend on who does it or when: the kind says what task `index` is from results that are
// there whatever the number of workers, and a snapshot goes on to the same result.

import { EXIT_CODES, invariant, type ErrorCode } from '../core/errors.ts'
import type { QueueState } from './queue-state.ts'
import type { QueueKind, QueueSettings, TaskInWork, TaskRecord } from './task-queue.ts'
import type { Crew, PoolEvent } from './worker-pool.ts'

export type QueueInputs = {
  /** Of the kind. */
  readonly plan: unknown
  readonly queue: QueueSettings
  readonly shared: unknown
  readonly crew: Crew | undefined
}

/** A task whose worker dies so often at the same step is not given to another one. */
const DEATHS = 3
/** Nor one whose workers die at ever other steps and never come as far as a snapshot. */
const FRUITLESS_DEATHS = 20
const WAIT_MS = 50
/** For the last snapshots, when the run is stopped: what has not answered by then goes on from the one before. */
const GATHER_MS = 700

function crewOf({ crew }: QueueInputs): Crew {
  invariant(crew, 'a queue runs with a crew')
  return crew
}

export function advanceQueue(kind: QueueKind, state: QueueState, inputs: QueueInputs): void {
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
        isCopyable: !state.uncopyable.has(task.index),
      },
      spec.parks ?? false,
    )
  }
}

/** One that was cut short goes before a new one. */
function nextTask(kind: QueueKind, state: QueueState, plan: unknown): TaskInWork | undefined {
  for (const task of state.inWork.values()) if (!state.given.has(task.index)) return task
  const { next, results } = state
  if (next >= kind.total(plan, results) || kind.task(plan, next, results) === 'later')
    return undefined
  return {
    index: next,
    attempts: 0,
    step: 0,
    fruitless: 0,
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
      task.fruitless = 0
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
  event: Extract<PoolEvent, { kind: 'failed' | 'died' }>,
): void {
  const { kind: how, step, error } = event
  task.deaths = step === task.diedAt ? task.deaths + 1 : 1
  task.diedAt = step
  task.fruitless++
  const { code, message } = error
  const told = { code, message }
  const isHopeless = task.deaths >= DEATHS || task.fruitless >= FRUITLESS_DEATHS
  if (isHopeless || (how === 'failed' && isFinal(code)))
    return end(kind, state, inputs, { task, result: null, error: told })
  const wasCopying = event.kind === 'died' && event.whileCopying === true
  if (wasCopying) state.uncopyable.add(task.index)
  task.lastError = told
  state.given.delete(task.index)
  const from = task.state === null ? 'its beginning' : `step ${task.step}`
  const text = `its worker ${how === 'died' ? 'died' : 'failed'} at step ${step}${wasCopying ? ' while its state was copied' : ''} (${message}): it goes on from ${from}${wasCopying ? ', without further snapshots' : ''}`
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
export function gatherSnapshots(
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

function finiteOnly(metrics: TaskInWork['metrics']): TaskInWork['metrics'] {
  return Object.fromEntries(
    Object.entries(metrics).map(([key, value]) => [key, Number.isFinite(value) ? value : null]),
  )
}
