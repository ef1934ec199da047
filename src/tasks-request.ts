// From what was typed after `ktrdr tasks run` to what the queue of a user's tasks is asked.

import { basename, extname, resolve } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import type { Json } from './core/hash.ts'
import { functionText, moduleFile } from './jobs/task-module.ts'
import type { UserTasksRequest } from './jobs/user-tasks.ts'

export type TasksOptions = {
  /** What lists show; by default the name of the module. */
  readonly name?: string | undefined
  /** A file that exports the task. */
  readonly module?: string | undefined
  /** The text of a function, instead of a file. */
  readonly source?: string | undefined
  /** A file of JSON, or JSON lines; without it and without `items` the task is given null. */
  readonly input?: string | undefined
  readonly items?: readonly Json[] | undefined
  /** A list in the file is the input of one task. */
  readonly whole?: boolean | undefined
  readonly seed?: number | undefined
  /** key=value, the value as JSON where it is some. */
  readonly set?: readonly string[] | undefined
  readonly values?: Readonly<Record<string, Json>> | undefined
}

/** @throws USAGE, FILE_NOT_FOUND */
export function tasksRequest(options: TasksOptions): UserTasksRequest {
  const { module = '', source, input, whole = false, items = [null], seed = 42 } = options
  const { name = source === undefined ? basename(module, extname(module)) : 'function' } = options
  return {
    name,
    module: source === undefined ? moduleFile(resolve(module)) : functionText(source),
    input: input === undefined ? { items } : { path: resolve(input), whole },
    seed,
    set: options.values ?? Object.fromEntries((options.set ?? []).map(assignment)),
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
