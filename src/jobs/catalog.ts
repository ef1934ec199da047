// The kinds of work that ktrdr can run. A new one needs its file and a line here.

import { invariant } from '../core/errors.ts'
import type { Job } from './job.ts'
import type { QueueKind } from './task-queue.ts'

const STEPPED: Readonly<Record<string, () => Promise<Job>>> = {
  training: async () => (await import('./training.ts')).trainingJob,
  backtesting: async () => (await import('./backtest.ts')).backtestJob,
}

/** Those that are done in tasks, by several workers. */
const QUEUES: Readonly<Record<string, () => Promise<QueueKind>>> = {
  tasks: async () => (await import('./user-tasks.ts')).userTasks,
  search: async () => (await import('./search.ts')).searchKind,
  walkforward: async () => (await import('./walk-forward.ts')).walkForwardKind,
}

export const STEPPED_TYPES = Object.keys(STEPPED)
export const QUEUE_TYPES = Object.keys(QUEUES)
export const JOB_TYPES = [...STEPPED_TYPES, ...QUEUE_TYPES]

export async function findJob(type: string): Promise<Job> {
  const load = STEPPED[type]
  if (load) return load()
  const [kind, { queueJob }] = await Promise.all([findQueueKind(type), import('./queue-job.ts')])
  return queueJob(kind)
}

export async function findQueueKind(type: string): Promise<QueueKind> {
  const load = QUEUES[type]
  invariant(load, `There is no job of type ${type}`)
  return load()
}
