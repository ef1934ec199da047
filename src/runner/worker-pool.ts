// The workers of a queue, seen from its job thread, which never returns to its event loop while it drives: it waits on a
// bell in shared memory and reads ports by hand. The main thread starts and ends the threads, and tells of those that
// died; a death is passed on behind everything that its worker had said before.

import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import type { Clock } from '../core/clock.ts'
import { errorToData, invariant, KtrdrError, type ErrorData } from '../core/errors.ts'
import type { Assignment, PoolEvent, PoolSettings, WorkerPool } from '../jobs/worker-pool.ts'
import { createSharedEntries } from './shared-cache.ts'
import {
  ASK_SNAPSHOT,
  ASKED,
  COPYING,
  STEP,
  type Bell,
  type PoolToTask,
  type SharedEntry,
  type TaskControl,
  type TaskThreadData,
  type TaskToPool,
  type WorkerDeath,
} from './task-messages.ts'

export type PoolHost = {
  readonly clock: Pick<Clock, 'elapsedMs'>
  readonly startWorker: (data: TaskThreadData) => void
  readonly stopWorker: (worker: number) => void
  /** The next death that the main thread has told of. */
  readonly nextDeath: () => WorkerDeath | undefined
}

type Worker = {
  readonly id: number
  readonly port: MessagePort
  readonly control: TaskControl
  task: number | null
  /** Keys of shared values that it has. */
  readonly has: Set<string>
  /** Of its task: the step that was seen last, and when it was seen first. */
  step: number
  sinceMs: number
  /** It was ended on purpose. */
  reason: ErrorData | null
}

export function createWorkerPool(host: PoolHost, settings: PoolSettings): WorkerPool {
  const bell: Bell = new Int32Array(new SharedArrayBuffer(4))
  const shared = createSharedEntries()
  const workers = new Map<number, Worker>()
  const inbox: PoolEvent[] = []
  let started = 0

  const start = (): Worker => {
    const id = started++
    const { port1, port2 } = new MessageChannel()
    const control: TaskControl = new Int32Array(new SharedArrayBuffer(12))
    const { snapshotEveryMs, workerMemoryBytes: memoryBytes } = settings
    host.startWorker({
      role: 'task',
      worker: id,
      port: port2,
      bell,
      control,
      shared: settings.shared,
      snapshotEveryMs,
      memoryBytes,
    })
    const worker: Worker = {
      id,
      port: port1,
      control,
      task: null,
      has: new Set(),
      step: 0,
      sinceMs: 0,
      reason: null,
    }
    workers.set(id, worker)
    return worker
  }
  const idleWorker = (): Worker | undefined => {
    const free = [...workers.values()].find(({ task }) => task === null)
    return free ?? (workers.size < settings.workers ? start() : undefined)
  }
  const tell = (worker: Worker, message: PoolToTask): void => worker.port.postMessage(message)

  const hear = (worker: Worker): void => {
    for (;;) {
      const received = receiveMessageOnPort(worker.port)
      if (!received) return
      const message = received.message as TaskToPool
      if (message.kind === 'shared') {
        const { kind: _, ...entry } = message
        worker.has.add(entry.key)
        shared.put(entry)
        continue
      }
      if (message.kind === 'finished' || message.kind === 'failed') worker.task = null
      inbox.push(message)
    }
  }
  const bury = ({ worker: id, error }: WorkerDeath): void => {
    const worker = workers.get(id)
    if (!worker) return
    hear(worker)
    worker.port.close()
    workers.delete(id)
    if (worker.task === null) return
    const step = Atomics.load(worker.control, STEP)
    const whileCopying = Atomics.load(worker.control, COPYING) === 1
    inbox.push({
      kind: 'died',
      index: worker.task,
      step,
      error: worker.reason ?? error,
      whileCopying,
    })
  }
  const listen = (): void => {
    for (const worker of workers.values()) hear(worker)
    for (let death = host.nextDeath(); death; death = host.nextDeath()) bury(death)
  }
  const endTheStuck = (): void => {
    const { taskTimeoutMs } = settings
    if (taskTimeoutMs === null) return
    const nowMs = host.clock.elapsedMs()
    for (const worker of workers.values()) {
      if (worker.task === null || worker.reason) continue
      const step = Atomics.load(worker.control, STEP)
      if (step !== worker.step) Object.assign(worker, { step, sinceMs: nowMs })
      else if (nowMs - worker.sinceMs > taskTimeoutMs) {
        worker.reason = errorToData(
          new KtrdrError('OPERATION_FAILED', `It did nothing for ${taskTimeoutMs / 1000} s.`),
        )
        host.stopWorker(worker.id)
      }
    }
  }
  const news = (worker: Worker): SharedEntry[] => {
    const entries = shared.all().filter(({ key }) => !worker.has.has(key))
    for (const { key } of entries) worker.has.add(key)
    return entries
  }

  return {
    idle: () => {
      const busy = [...workers.values()].filter(({ task }) => task !== null).length
      return Math.max(0, settings.workers - busy)
    },
    give(assignment: Assignment, parks: boolean) {
      const worker = idleWorker()
      invariant(worker, 'a task is given to an idle worker')
      worker.task = assignment.index
      worker.step = assignment.step
      worker.sinceMs = host.clock.elapsedMs()
      Atomics.store(worker.control, STEP, assignment.step)
      Atomics.store(worker.control, ASKED, 0)
      tell(worker, { kind: 'task', assignment, parks, shared: news(worker) })
    },
    take(forMs) {
      const rung = Atomics.load(bell, 0)
      listen()
      if (inbox.length === 0) {
        Atomics.wait(bell, 0, rung, forMs)
        listen()
        endTheStuck()
      }
      return inbox.shift() ?? null
    },
    askForSnapshots(isLast) {
      for (const worker of workers.values()) {
        Atomics.or(worker.control, ASKED, ASK_SNAPSHOT)
        if (isLast) tell(worker, { kind: 'stop' })
      }
    },
  }
}
