// The kinds of work that a worker of a queue can do. A new one needs its file and a line here.

import { invariant } from '../core/errors.ts'
import type { Work } from './work.ts'

const WORKS: Readonly<Record<string, () => Promise<Work>>> = {
  task: async () => (await import('./user-task.ts')).userTask,
  fold: async () => (await import('./fold.ts')).foldWork,
  trial: async () => (await import('./trial.ts')).trialWork,
}

export async function findWork(name: string): Promise<Work> {
  const load = WORKS[name]
  invariant(load, `There is no work called ${name}`)
  return load()
}
