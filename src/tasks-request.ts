// From what was typed after `ktrdr tasks run` to what the queue of a user's tasks is asked.

import { basename, extname, resolve } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import type { Json } from './core/hash.ts'
import { moduleFile } from './jobs/task-module.ts'
import type { UserTasksRequest } from './jobs/user-tasks.ts'

export type TasksOptions = {
  /** A file that exports the task. */
  readonly module: string
  /** JSON, or JSON lines; without it the task is given null. */
  readonly input?: string | undefined
  /** A list is the input of one task. */
  readonly whole?: boolean | undefined
  readonly seed?: number | undefined
  /** key=value, the value as JSON where it is some. */
  readonly set?: readonly string[] | undefined
}

/** @throws USAGE, FILE_NOT_FOUND */
export function tasksRequest(options: TasksOptions): UserTasksRequest {
  const { module, input, whole = false, seed = 42, set = [] } = options
  return {
    name: basename(module, extname(module)),
    module: moduleFile(resolve(module)),
    input: input === undefined ? { items: [null] } : { path: resolve(input), whole },
    seed,
    set: Object.fromEntries(set.map(assignment)),
  }
}

function assignment(text: string): [string, Json] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined)
    throw new KtrdrError('USAGE', `--set takes key=value, was "${text}".`, {
      suggestions: ['--set steps=100'],
    })
  try {
    return [key, JSON.parse(value) as Json]
  } catch {
    return [key, value]
  }
}
