// The job thread: loads the inputs, takes over the state of a checkpoint when it resumes, reports that it is ready,
// and drives when it is told to go. Nothing of the operation is recorded before that.

import { once } from 'node:events'
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import type { Clock } from '../core/clock.ts'
import { errorToData, KtrdrError } from '../core/errors.ts'
import type { Stage } from '../core/events.ts'
import { Interrupted } from '../core/interrupted.ts'
import { explainSystemError } from '../core/system-error.ts'
import { putTogether } from '../core/snapshot.ts'
import type { Job, Resources } from '../jobs/job.ts'
import { ABORT, CANCEL, flagsOf, SHUTDOWN } from './control.ts'
import { drive, progressOf } from './drive.ts'
import type {
  JobThreadData,
  JobToMain,
  JobToWriter,
  MainToJob,
  Refused,
  WriterToJob,
} from './messages.ts'
import type { WorkerDeath } from './task-messages.ts'
import { createWorkerPool } from './worker-pool.ts'

export async function runJobThread(
  data: JobThreadData,
  job: Job,
  { clock, ...machine }: Pick<Resources, 'cores' | 'kernel'> & { readonly clock: Clock },
  main: MessagePort,
  writer: MessagePort,
): Promise<void> {
  const tell = (message: JobToMain): void => main.postMessage(message)
  const enter = (stage: Stage): void => tell({ kind: 'stage', stage })
  const resources: Resources = {
    ...machine,
    threads: data.threads,
    barCache: data.barCache === null ? null : { directory: data.barCache },
    // The main thread starts and watches it: this one is busy, and would not see it die.
    startThread: (helper) => tell({ kind: 'start-thread', data: helper }),
    crew: {
      clock,
      note: (event) => tell({ kind: 'task', ...event }),
      openPool: (settings) =>
        createWorkerPool(
          {
            clock,
            startWorker: (worker) =>
              main.postMessage({ kind: 'start-worker', data: worker } satisfies JobToMain, [
                worker.port,
              ]),
            stopWorker: (worker) => tell({ kind: 'stop-worker', worker }),
            nextDeath: () => nextDeath(main),
          },
          settings,
        ),
    },
    tell: enter,
    breathe: () => {
      if (flagsOf(data.control) & (CANCEL | SHUTDOWN | ABORT)) throw new Interrupted()
    },
  }
  const restored = data.resume ? (once(writer, 'message') as Promise<[WriterToJob]>) : null
  const go = once(main, 'message')
  /** Rows of append-only parts that the writer has. */
  const sent = new Map<string, number>()
  let inputs: unknown
  let state: unknown
  try {
    const settings = data.resume
      ? job.override(data.settings, data.resume.overrides)
      : data.settings
    const { inputs: loaded, ...facts } = await job.load(settings, resources)
    inputs = loaded
    if (data.resume) checkUnchanged(data.resume.fingerprints, facts.fingerprints, facts.sources)
    if (restored) enter('reading the checkpoint')
    const [saved] = restored ? await restored : []
    enter('preparing the first step')
    // Rows of an older layout are told anew, and saved as rows of this one.
    if (saved?.stateVersion === job.stateVersion)
      for (const { name, rows } of saved.streams) sent.set(name, rows.length)
    state = saved ? decode(job, saved, inputs) : job.begin(inputs)
    tell({ kind: 'ready', facts: { ...facts, progress: progressOf(job, state, inputs) } })
  } catch (error) {
    tell({
      kind: 'load-failed',
      error: errorToData(explainSystemError(error, 'The inputs could not be loaded')),
    })
    return
  }
  await go
  const endInstead = drive(
    {
      job,
      inputs,
      policy: data.policy,
      control: data.control,
      sent,
      elapsedMs: clock.elapsedMs,
      toWriter: (message: JobToWriter) => writer.postMessage(message, buffersOf(message)),
      onProgress: (progress) => tell({ kind: 'progress', progress }),
      onStage: enter,
      onSaveFailed: (error) => tell({ kind: 'save-failed', error }),
    },
    state,
  )
  if (endInstead) writer.on('message', ({ ending }: Refused) => endInstead(ending))
}

/** Read by hand: while it drives, this thread does not return to its event loop. */
function nextDeath(main: MessagePort): WorkerDeath | undefined {
  for (;;) {
    const received = receiveMessageOnPort(main)
    if (!received) return undefined
    const message = received.message as MainToJob
    if (message.kind === 'worker-died') return message
  }
}

/** Files of a result that are handed over: a copy of a large one would take as much memory again. */
function buffersOf(message: JobToWriter): ArrayBuffer[] {
  if (message.kind !== 'finish') return []
  return Object.values(message.outcome.bundle.files).flatMap((file) =>
    typeof file !== 'string' && file.buffer instanceof ArrayBuffer && isWhole(file)
      ? [file.buffer]
      : [],
  )
}

/** A view of a part shares its buffer, with files of the same result perhaps. */
function isWhole({ byteLength, buffer }: Uint8Array): boolean {
  return byteLength === buffer.byteLength
}

/** @throws FORMAT_TOO_NEW, CHECKPOINT_CORRUPT when the state is laid out in another way than this job does it */
function decode(job: Job, restored: WriterToJob, inputs: unknown): unknown {
  const { stateVersion } = restored
  const { oldestStateVersion: oldest = job.stateVersion } = job
  if (stateVersion > job.stateVersion || stateVersion < oldest)
    throw new KtrdrError(
      stateVersion > job.stateVersion ? 'FORMAT_TOO_NEW' : 'CHECKPOINT_CORRUPT',
      `The state of this ${job.type} has layout ${stateVersion}; this ktrdr knows ${job.stateVersion}.`,
      { suggestions: ['Use the ktrdr that wrote it.'] },
    )
  return job.decode(putTogether(restored), inputs, stateVersion)
}

/** @throws FINGERPRINT_CHANGED saying what differs */
function checkUnchanged(
  recorded: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  sources: readonly string[],
): void {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(now)])]
  const changes = names
    .filter((name) => recorded[name] !== now[name])
    .map((name) => ({ name, was: recorded[name] ?? 'absent', is: now[name] ?? 'absent' }))
  if (changes.length === 0) return
  // Where a number of rows or a range has changed, the hashes have too and say no more.
  const legible = changes.filter(({ was, is }) => was.length < 40 && is.length < 40)
  const told =
    legible.length > 0
      ? legible.map(({ name, was, is }) => `${name} was ${was}, is now ${is}`)
      : changes.map(({ name }) => `${name} differs`)
  throw new KtrdrError(
    'FINGERPRINT_CHANGED',
    `The inputs are not those of the start, so the result could not be the same: ${told.join('; ')}.`,
    {
      suggestions: [
        `Restore ${sources.join(', ')} as ${sources.length === 1 ? 'it was' : 'they were'}, use the ktrdr that started it, or start a new operation.`,
      ],
      details: { changes },
    },
  )
}
