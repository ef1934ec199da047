// Works a queue off in one thread with its real works, as workers of any number in any order would: who goes on next is
// picked, and now and then a state goes to "another worker" as the bytes that a snapshot is.

import type { Json } from '../../src/core/hash.ts'
import { packParcel, unpackParcel, type Parcel } from '../../src/jobs/parcel.ts'
import { growingResults } from '../../src/jobs/queue-state.ts'
import type { QueueKind, TaskRecord } from '../../src/jobs/task-queue.ts'
import { findWork } from '../../src/jobs/work-catalog.ts'
import type { SharedCache, Work, WorkContext } from '../../src/jobs/work.ts'
import { ONE_THREAD } from './kernel-engine.ts'

export type QueueRun = {
  readonly result: Readonly<Record<string, Json>>
  readonly files: Readonly<Record<string, Uint8Array | string>>
  readonly records: readonly TaskRecord[]
  /** Keys that were put into the cache, each time that they were. */
  readonly cached: readonly string[]
  /** How often a state went to another worker. */
  readonly handedOver: number
}

type InWork = {
  readonly index: number
  parks: boolean
  work: Work
  inputs: unknown
  state: unknown
}

/** @param pick a number below n: decides whose turn it is, and what happens to it */
export async function runQueue<Plan>(
  kind: QueueKind<Plan>,
  settings: Json,
  workers = 1,
  pick: (n: number) => number = () => 0,
): Promise<QueueRun> {
  const { inputs: plan, shared } = await kind.load(settings, ONE_THREAD)
  const cached: string[] = []
  const context = contextOf(shared, cached)
  const results = growingResults()
  const parked = new Map<number, Parcel>()
  const inWork: InWork[] = []
  let next = 0
  let handedOver = 0
  for (;;) {
    while (inWork.length < workers && next < kind.total(plan, results)) {
      const spec = kind.task(plan, next, results)
      if (spec === 'later') break
      const work = await findWork(spec.work)
      const inputs = await work.load(spec.settings, context)
      const begun = spec.continues === undefined ? undefined : parked.get(spec.continues)!
      const state = await (begun ? work.decode(unpackParcel(begun), inputs) : work.begin(inputs))
      inWork.push({ index: next++, parks: spec.parks ?? false, work, inputs, state })
    }
    if (inWork.length === 0) break
    const place = pick(inWork.length)
    const task = inWork[place]!
    const { work, inputs, index } = task
    for (let steps = 1 + pick(40); steps > 0 && !work.isDone(task.state, inputs); steps--)
      task.state = await work.advance(task.state, inputs)
    if (!work.isDone(task.state, inputs)) {
      if (pick(3) !== 1) continue
      const parcel = packParcel(work.encode(task.state, inputs))
      task.state = await work.decode(unpackParcel(parcel), inputs)
      handedOver++
      continue
    }
    const result = await work.finish(task.state, inputs)
    if (task.parks) parked.set(index, packParcel(work.encode(task.state, inputs)))
    work.dispose?.(task.state, inputs)
    inWork.splice(place, 1)
    results.add({ index, status: 'completed', result, error: null, attempts: 1, checkpoints: 0 })
    for (const other of parked.keys())
      if (kind.isReleased?.(plan, other, results)) parked.delete(other)
  }
  if (parked.size > 0) throw new Error(`${parked.size} states are parked for nobody.`)
  const records = Array.from({ length: results.count }, (_, index) => results.get(index)!)
  const { result, bundle } = kind.finish(plan, records)
  return { result, files: bundle.files, records, cached, handedOver }
}

function contextOf(shared: unknown, cached: string[]): WorkContext {
  const entries = new Map<string, unknown>()
  const cache: SharedCache = {
    get: (key) => entries.get(key),
    put(key, value) {
      cached.push(key)
      entries.set(key, value)
    },
  }
  const { signal } = new AbortController()
  return { shared, cache, resources: ONE_THREAD, log: () => {}, signal }
}
