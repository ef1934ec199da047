// A queue of tasks as a job. It runs in the job thread, which has nothing else to do: each `advance` waits for one thing to
// happen, a moment at most, so that the driver can save and stop as it does with every job.

import { KtrdrError } from '../core/errors.ts'
import type { Json } from '../core/hash.ts'
import type { Job, Loaded } from './job.ts'
import { decodeQueue, emptyQueue, encodeQueue, type QueueState } from './queue-state.ts'
import { doneRatio, isQuarantined, summaryOf, totalsOf } from './queue-summary.ts'
import { advanceQueue, gatherSnapshots, type QueueInputs } from './queue-work.ts'
import type { QueueKind, QueueSettings, TaskRecord } from './task-queue.ts'

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

function taskFailed(unit: string, { index, error }: TaskRecord): KtrdrError {
  return new KtrdrError(
    'OPERATION_FAILED',
    `${unit} ${index} failed: ${error?.message ?? 'for an unknown reason'}`,
    { details: { index, code: error?.code ?? null } },
  )
}
