// A worker of a queue: does one task after the other, from safe point to safe point. Between two of them it looks whether
// a snapshot is due or asked for, and now and then says how far it is. What its task throws is told, not fatal.

import type { Clock } from '../core/clock.ts'
import { errorToData, KtrdrError, type ErrorData } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import { packParcel, parcelBuffers, unpackParcel, type Parcel } from '../jobs/parcel.ts'
import type { Work, WorkContext } from '../jobs/work.ts'
import { createSharedEntries } from './shared-cache.ts'
import {
  ASK_SNAPSHOT,
  ASKED,
  COPYING,
  ring,
  STEP,
  type PoolToTask,
  type TaskThreadData,
  type TaskToPool,
} from './task-messages.ts'

const PROGRESS_EVERY_MS = 200

type Task = Extract<PoolToTask, { kind: 'task' }>

export function runTaskThread(
  data: TaskThreadData,
  findWork: (name: string) => Promise<Work>,
  resources: WorkContext['resources'],
  clock: Pick<Clock, 'elapsedMs'>,
): void {
  const { port, bell, control, snapshotEveryMs } = data
  const tell = (message: TaskToPool, transfer: ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer)
    ring(bell)
  }
  const stopped = new AbortController()
  const entries = createSharedEntries()
  const cache: WorkContext['cache'] = {
    get: entries.get,
    put(key, value, sizeBytes) {
      entries.put({ key, value, sizeBytes })
      tell({ kind: 'shared', key, value, sizeBytes })
    },
  }

  port.on('message', (message: PoolToTask) => {
    if (message.kind === 'stop') return stopped.abort()
    for (const entry of message.shared) entries.put(entry)
    void doTask(message)
  })

  async function doTask({ assignment, parks }: Task): Promise<void> {
    const { index, settings } = assignment
    let { step } = assignment
    try {
      const work = await findWork(assignment.work)
      const inputs = await work.load(settings, {
        shared: data.shared,
        cache,
        resources,
        log: (text) => tell({ kind: 'log', index, text }),
        signal: stopped.signal,
      })
      const begun = assignment.state
        ? work.decode(unpackParcel(assignment.state), inputs)
        : work.begin(inputs)
      let state = begun instanceof Promise ? await begun : begun
      let savedMs = clock.elapsedMs()
      let toldMs = savedMs
      while (!work.isDone(state, inputs)) {
        passPoint('task.step')
        const next = work.advance(state, inputs)
        state = next instanceof Promise ? await next : next
        Atomics.store(control, STEP, ++step)
        const nowMs = clock.elapsedMs()
        const isAsked = (Atomics.load(control, ASKED) & ASK_SNAPSHOT) !== 0
        const isDue = snapshotEveryMs !== null && nowMs - savedMs >= snapshotEveryMs
        const tellsSnapshot = isAsked || (isDue && assignment.isCopyable)
        if (tellsSnapshot || nowMs - toldMs >= PROGRESS_EVERY_MS) {
          toldMs = nowMs
          const [doneRatio, metrics] = [work.doneRatio(state, inputs), work.metrics(state, inputs)]
          tell({ kind: 'progress', index, step, doneRatio, metrics })
        }
        if (tellsSnapshot) {
          Atomics.and(control, ASKED, ~ASK_SNAPSHOT)
          savedMs = nowMs
          tellSnapshot(assignment, step, () => packParcel(work.encode(state, inputs)))
        }
      }
      const result = await work.finish(state, inputs)
      const last = parks ? packParcel(work.encode(state, inputs)) : null
      work.dispose?.(state, inputs)
      tell({ kind: 'finished', index, result, state: last }, last ? parcelBuffers(last) : [])
    } catch (error) {
      tell({ kind: 'failed', index, step, error: failureData(error) })
    }
  }

  /** A state that has no codec, or no memory for its copy, costs this snapshot and nothing else. */
  function tellSnapshot(
    { index, isCopyable }: Task['assignment'],
    step: number,
    pack: () => Parcel,
  ): void {
    Atomics.store(control, COPYING, 1)
    try {
      if (!isCopyable)
        throw new KtrdrError('OPERATION_FAILED', 'The last one needed too much memory.')
      const state = pack()
      tell({ kind: 'snapshot', index, step, state }, parcelBuffers(state))
    } catch (error) {
      tell({ kind: 'snapshot-failed', index, error: errorToData(error) })
    }
    Atomics.store(control, COPYING, 0)
  }
}

/** What a task throws is its own fault, not a bug of ours. */
function failureData(error: unknown): ErrorData {
  const data = errorToData(error)
  return error instanceof KtrdrError ? data : { ...data, code: 'OPERATION_FAILED' }
}
