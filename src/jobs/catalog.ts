// The kinds of work that ktrdr can run. A new one needs its file and a line here.

import { invariant } from '../core/errors.ts'
import type { Job } from './job.ts'
import type { QueueKind } from './task-queue.ts'

const JOBS: Readonly<Record<string, () => Promise<Job>>> = {
  training: async () => (await import('./training.ts')).trainingJob,
  backtesting: async () => (await import('./backtest.ts')).backtestJob,
  tasks: async () => queue((await import('./user-tasks.ts')).userTasks),
  search: async () => queue((await import('./search.ts')).searchKind),
  walkforward: async () => queue((await import('./walk-forward.ts')).walkForwardKind),
}

async function queue(kind: QueueKind): Promise<Job> {
  const { queueJob } = await import('./queue-job.ts')
  return queueJob(kind)
}

export const JOB_TYPES = Object.keys(JOBS)

export async function findJob(type: string): Promise<Job> {
  const load = JOBS[type]
  invariant(load, `There is no job of type ${type}`)
  return load()
}
