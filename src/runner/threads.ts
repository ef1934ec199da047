// The two worker threads of a run, seen from the main thread: two promises, and what they report in between.

import { MessageChannel, type ResourceLimits, type Worker } from 'node:worker_threads'
import { errorFromData, errorToData, KtrdrError } from '../core/errors.ts'
import type { Listener } from '../core/events.ts'
import type { ResumedFrom } from '../core/operation.ts'
import { startWorker } from '../runtime/start-worker.ts'
import { ABORT, raise } from './control.ts'
import { failureOf } from './messages.ts'
import type {
  Ended,
  JobThreadData,
  JobToMain,
  KernelThreadData,
  MainToJob,
  MainToWriter,
  ReadyFacts,
  WriterThreadData,
  WriterToMain,
} from './messages.ts'
import { ring, type TaskThreadData } from './task-messages.ts'

export type Ready = {
  readonly facts: ReadyFacts
  readonly resumedFrom: ResumedFrom | null
  /** Newer checkpoints that could not be used; id null = nothing to mark. */
  readonly damaged: readonly {
    readonly seq: number
    readonly reason: string
    readonly id: number | null
  }[]
  readonly repairedId: number | null
}

export type Threads = {
  /** Inputs loaded and, for a resume, the checkpoint verified and taken over. */
  readonly ready: Promise<Ready>
  /** How the writer has recorded the end. Rejects when it could not, or is dead. */
  readonly ended: Promise<Ended>
  /** Lets the job go: from now on the writer records what happens. */
  readonly go: (open: Extract<MainToWriter, { kind: 'open' }>) => void
  /** Makes `ready` and `ended` reject, if they have not settled. */
  readonly fail: (error: unknown) => void
  readonly close: () => Promise<unknown>
}

export function startThreads(
  jobData: JobThreadData,
  writerData: WriterThreadData,
  listener: Listener,
): Threads {
  const { port1, port2 } = new MessageChannel()
  const job = startWorker({ workerData: { ...jobData, peer: port1 }, transferList: [port1] })
  const writer = startWorker({ workerData: { ...writerData, peer: port2 }, transferList: [port2] })
  const ready = Promise.withResolvers<Ready>()
  const ended = Promise.withResolvers<Ended>()
  ended.promise.catch(() => {}) // it may fail before anybody waits for it
  const fail = (error: unknown): void => {
    ready.reject(error)
    ended.reject(error)
  }
  const helpers: Worker[] = []
  const startHelper = (data: KernelThreadData): void => {
    const helper = startWorker({ workerData: { role: 'kernel', ...data } })
    helpers.push(helper)
    onDeath(helper, async (error) => {
      listener({ kind: 'thread-died', error: errorToData(error) })
      const { abortKernel } = await import('../neural/kernel/thread.ts')
      abortKernel(data) // the job notices, and fails as it does for other reasons
    })
  }
  const workers = new Map<number, Worker>()
  const startTaskWorker = (data: TaskThreadData): void => {
    const { worker: id, port, bell, memoryBytes } = data
    const worker = startWorker({
      workerData: data,
      transferList: [port],
      ...(memoryBytes === null ? {} : { resourceLimits: limitsOf(memoryBytes) }),
    })
    workers.set(id, worker)
    // Also when it ends in peace: a task may call process.exit().
    onEnd(worker, (code, cause) => {
      workers.delete(id)
      const error = new KtrdrError('OPERATION_FAILED', deathText(code, cause), { cause })
      const death: MainToJob = { kind: 'worker-died', worker: id, error: errorToData(error) }
      job.postMessage(death)
      ring(bell)
    })
  }
  const tellWriter = (message: MainToWriter): void => writer.postMessage(message)

  let isOpen = false
  let facts: ReadyFacts | undefined
  let restored: Omit<Ready, 'facts'> | undefined =
    writerData.resume === null ? { resumedFrom: null, damaged: [], repairedId: null } : undefined
  const checkReady = (): void => {
    if (facts && restored) ready.resolve({ facts, ...restored })
  }
  job.on('message', (message: JobToMain) => {
    switch (message.kind) {
      case 'ready':
        facts = message.facts
        return checkReady()
      case 'load-failed':
        return fail(errorFromData(message.error))
      case 'progress':
      case 'stage':
      case 'save-failed':
        return listener(message)
      case 'task':
        return listener(message)
      case 'start-thread':
        return startHelper(message.data)
      case 'start-worker':
        return startTaskWorker(message.data)
      case 'stop-worker':
        return void workers.get(message.worker)?.terminate()
    }
  })
  writer.on('message', (message: WriterToMain) => {
    switch (message.kind) {
      case 'restored':
        restored = message
        return checkReady()
      case 'restore-failed':
      case 'end-failed':
        return fail(errorFromData(message.error))
      case 'saved':
      case 'save-failed':
        return listener(message)
      case 'ended':
        return ended.resolve(message.ended)
    }
  })
  onDeath(job, (error) => {
    // The job is gone, the writer is not: it records the failure behind whatever it is writing.
    if (isOpen) tellWriter({ kind: 'end', ending: failureOf(error) })
    else fail(error)
  })
  onDeath(writer, (error) => {
    raise(jobData.control, ABORT)
    fail(error)
  })

  return {
    ready: ready.promise,
    ended: ended.promise,
    go: (open) => {
      isOpen = true
      tellWriter(open)
      const go: MainToJob = { kind: 'go' }
      job.postMessage(go)
    },
    fail,
    close: () => {
      const threads = [job, writer, ...helpers, ...workers.values()]
      for (const thread of threads) thread.removeAllListeners().on('error', () => {})
      return Promise.all(threads.map((thread) => thread.terminate()))
    },
  }
}

function limitsOf(memoryBytes: number): ResourceLimits {
  return { maxOldGenerationSizeMb: Math.max(16, Math.round(memoryBytes / 1024 ** 2)) }
}

/** Calls back when a thread ends that nobody has asked to end. */
function onDeath(thread: Worker, callback: (error: KtrdrError) => unknown): void {
  onEnd(thread, (code, cause) => {
    if (code === 0 && cause === undefined) return
    const message = `The run crashed: ${deathText(code, cause)}.`
    callback(new KtrdrError('OPERATION_FAILED', message, { cause }))
  })
}

/** Calls back when a thread ends. */
function onEnd(thread: Worker, callback: (code: number, failure: unknown) => unknown): void {
  let failure: unknown
  thread.on('error', (error) => {
    failure = error
  })
  thread.on('exit', (code) => callback(code, failure))
}

function deathText(code: number, failure: unknown): string {
  return failure instanceof Error ? failure.message : `a worker thread exited with ${code}`
}
