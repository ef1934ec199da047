// The flags of commands that work off a queue of tasks.

import { Flags, type Interfaces } from '@oclif/core'
import type { QueueOptions } from '../src/ktrdr.ts'

const queue = { helpGroup: 'WORKERS' } as const

export const queueFlags = {
  workers: Flags.integer({
    ...queue,
    min: 1,
    helpValue: 'N',
    description: 'how many work at once; the result is the same with any number (one a processor)',
  }),
  'task-timeout': Flags.string({
    ...queue,
    helpValue: '5m',
    description: 'take a task from a worker that has passed no safe point for so long',
  }),
  'max-checkpoint-age': Flags.string({
    ...queue,
    helpValue: '1h',
    description: 'begin a task anew rather than from an older snapshot',
  }),
  'worker-memory': Flags.string({
    ...queue,
    helpValue: '512MB',
    description: 'heap of one worker; one that needs more dies, and not the run',
  }),
  'fail-fast': Flags.boolean({
    ...queue,
    description: 'stop when the first task is given up, instead of going on with the others',
  }),
}

/** What a resume may change. */
export const resumeQueueFlags = {
  workers: queueFlags.workers,
  'task-timeout': queueFlags['task-timeout'],
}

type Typed = Partial<Interfaces.InferredFlags<typeof queueFlags>> & {
  readonly 'checkpoint-interval'?: string | undefined
}

export function queueOptions(flags: Typed): QueueOptions {
  return {
    workers: flags.workers,
    snapshotInterval: flags['checkpoint-interval'],
    taskTimeout: flags['task-timeout'],
    maxCheckpointAge: flags['max-checkpoint-age'],
    workerMemory: flags['worker-memory'],
    failFast: flags['fail-fast'] || undefined,
  }
}
