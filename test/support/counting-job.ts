// A small but real job: it adds up numbers and remembers each partial sum. Its inputs can make it fail at an exact
// point, and tell the test at every unit, so that the test can act like the main thread or the writer just there.

import { drive } from '../../src/runner/drive.ts'
import { createControl, setWriterBusy, type Control } from '../../src/runner/control.ts'
import type { JobToWriter } from '../../src/runner/messages.ts'
import { unstage } from '../../src/runner/staging.ts'
import type { SavePolicy } from '../../src/checkpoint/save-policy.ts'
import type { ErrorData } from '../../src/core/errors.ts'
import type { Stage } from '../../src/core/events.ts'
import { Interrupted } from '../../src/core/interrupted.ts'
import type { Json } from '../../src/core/hash.ts'
import type { Overhead, Progress } from '../../src/core/operation.ts'
import { appendTo, emptyColumn, putTogether, type Column } from '../../src/core/snapshot.ts'
import type { Job } from '../../src/jobs/job.ts'

export type CountingState = { at: number; sum: number; readonly sums: Column }

export type CountingInputs = {
  readonly of: number
  /** Called inside `advance` after each unit. */
  readonly onUnit?: (at: number) => void
  /** Throws when asked, between two calls of `advance`, whether it is done. */
  readonly failsBetweenAt?: number
  /** Has a field that no checkpoint can hold. */
  readonly unserialisableAt?: number
  /** Throws Interrupted there when it is to go on, or to finish. */
  readonly interruptedAt?: number
  /** Says something of itself that no thread can be told. */
  readonly unspeakableAt?: number
}

export function countingJob(stride = 1): Job<CountingInputs, CountingState> {
  return {
    type: 'counting',
    step: 'bar',
    stride,
    stateVersion: 1,
    appendOnly: [],
    derived: [],
    load: async (settings) => ({
      name: 'count',
      settings,
      fingerprints: { of: String((settings as { of: number }).of) },
      sources: [],
      headline: [],
      warnings: [],
      inputs: settings as unknown as CountingInputs,
    }),
    override: (settings, changes) => ({ ...(settings as object), ...changes }) as Json,
    begin: () => ({ at: 0, sum: 0, sums: emptyColumn(0) }),
    encode: (state) => state,
    decode: (encoded) => encoded as CountingState,
    position: ({ at }) => at,
    isDone({ at }, { of, failsBetweenAt }) {
      if (at === failsBetweenAt) throw new Error(`lost the thread after ${at}`)
      return at >= of
    },
    advance(state, { of, onUnit, unserialisableAt, interruptedAt }, until) {
      for (const end = Math.min(until, of); state.at < end;) {
        if (state.at === interruptedAt) throw new Interrupted()
        state.at++
        state.sum += state.at / 3
        appendTo(state.sums, state.sum)
        Object.assign(state, state.at === unserialisableAt ? { odd: new Map() } : {})
        if (state.at === unserialisableAt! + 1) delete (state as { odd?: unknown }).odd
        onUnit?.(state.at)
      }
    },
    units: ({ at }) => ({ bar: at }),
    cursor: ({ at }, { of }) => ({ unit: 'bar', at, of, within: null }),
    doneRatio: ({ at }, { of }) => at / of,
    metrics: ({ sum }) => ({ sum }),
    summary: ({ at, sum }, { unspeakableAt }) =>
      at === unspeakableAt ? { sum: (() => sum) as unknown as Json } : { sum },
    metric: ({ sum }) => -sum,
    finish: ({ at, sum }, { interruptedAt }) => {
      if (at === interruptedAt) throw new Interrupted()
      return {
        result: { at, sum },
        bundle: {
          kind: 'backtest',
          name: 'count',
          variant: 'all',
          manifest: {},
          files: { 'sum.txt': String(sum) },
        },
      }
    },
  }
}

/** What the writer was told, with the state of each save as it was at that moment. */
export type Told = {
  readonly kind: JobToWriter['kind']
  readonly type?: string
  readonly state?: CountingState
  readonly ending?: unknown
  readonly result?: unknown
}

export type Drive = {
  readonly control: Control
  readonly told: Told[]
  /** What each message said that saving has cost. */
  readonly overheads: Overhead[]
  readonly progress: Progress[]
  readonly stages: Stage[]
  readonly failures: ErrorData[]
}

export const NO_TRIGGER: SavePolicy = {
  every: {},
  intervalMs: null,
  minIntervalMs: 0,
  onStop: true,
}

/**
 * Drives the job to its end, with a writer that is done at once.
 * @param writer called for each message instead, and has to free itself
 */
export function driveCounting(
  inputs: CountingInputs,
  policy: Partial<SavePolicy> = {},
  options: {
    stride?: number
    state?: CountingState
    control?: Control
    writer?: (message: JobToWriter) => void
    elapsedMs?: () => number
  } = {},
): Drive {
  const job = countingJob(options.stride)
  const control = options.control ?? createControl()
  const seen: Drive = { control, told: [], overheads: [], progress: [], stages: [], failures: [] }
  const rows = new Map<string, number[]>()
  drive(
    {
      job: job as Job,
      inputs,
      policy: { ...NO_TRIGGER, ...policy },
      control,
      elapsedMs: options.elapsedMs ?? (() => 0),
      sent: new Map(),
      toWriter: (message) => {
        seen.told.push(toldOf(structuredClone(message), rows))
        seen.overheads.push(message.kind === 'save' ? message.save.overhead : message.overhead)
        if (options.writer) options.writer(message)
        else setWriterBusy(control, false)
      },
      onStage: (stage) => seen.stages.push(stage),
      onProgress: (progress) => seen.progress.push(progress),
      onSaveFailed: (error) => seen.failures.push(error),
    },
    options.state ?? job.begin(inputs),
  )
  return seen
}

/** @param known rows of each stream that the writer has been sent so far */
function toldOf(message: JobToWriter, known: Map<string, number[]>): Told {
  switch (message.kind) {
    case 'finish':
      return { kind: 'finish', result: message.outcome.result }
    case 'end':
      return { kind: 'end', ending: message.ending }
    case 'save': {
      const { type, snapshot } = message.save
      const { json, arrays, streams } = unstage(snapshot)
      for (const { name, from, rows } of streams)
        known.set(name, [...(known.get(name) ?? []).slice(0, from), ...(rows as Float64Array)])
      const state = putTogether<CountingState>({
        json,
        arrays: arrays.map((array) => ({ ...array, data: array.data.slice() })),
        streams: [...known].map(([name, rows]) => ({
          name,
          from: 0,
          rows: Float64Array.from(rows),
        })),
      })
      return { kind: 'save', type, state, ending: message.ending }
    }
  }
}

/** Units at which something was saved. */
export function savedAt({ told }: Drive): number[] {
  return told.flatMap(({ state }) => (state ? [state.at] : []))
}
