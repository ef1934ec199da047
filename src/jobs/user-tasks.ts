// Tasks of a user as a queue: one module or function, one task for each item.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { KtrdrError } from '../core/errors.ts'
import { exactJson, sha256, type Json } from '../core/hash.ts'
import { counted } from '../core/text.ts'
import { loadTaskModule, moduleFile, placeOf, type ModuleRef } from './task-module.ts'
import type { QueueKind, TaskRecord } from './task-queue.ts'
import type { UserTaskSettings } from './user-task.ts'

/** What `ktrdr tasks run` and `mapTasks` ask for. */
export type UserTasksRequest = {
  readonly name: string
  readonly module: ModuleRef
  /** A file of JSON, or the values themselves. */
  readonly input:
    | { readonly path: string; readonly whole: boolean }
    | { readonly items: readonly Json[] }
  readonly seed: number
  readonly set: Readonly<Record<string, Json>>
}

type Plan = Omit<UserTasksRequest, 'input'> & {
  readonly items: readonly Json[]
  /** The input was one value, and so is the result. */
  readonly isSingle: boolean
}

export const userTasks: QueueKind<Plan> = {
  type: 'tasks',
  unit: 'task',

  async load(settings, _resources) {
    const { name, module: asked, input, seed, set } = settings as unknown as UserTasksRequest
    const module = 'path' in asked ? moduleFile(asked.path) : asked
    loadTaskModule(module) // a module that is none is told before anything is recorded
    const { items, isSingle } = itemsOf(input)
    const request: UserTasksRequest = { name, module, input, seed, set }
    return {
      name,
      settings: request as unknown as Readonly<Record<string, Json>>,
      fingerprints: {
        task: module.sha256,
        input: sha256(exactJson(items)),
        'resolved settings': sha256(exactJson({ seed, set })),
      },
      sources: [placeOf(module), ...('path' in input ? [input.path] : [])],
      headline: [
        ['Task', `${name}  ${placeOf(module)}`],
        ['Work', counted(items.length, 'task')],
      ],
      warnings: [],
      shared: null,
      inputs: { name, module, seed, set, items, isSingle },
    }
  },

  total: ({ items }) => items.length,

  task({ module, items, seed, set }, index) {
    const settings: UserTaskSettings = { module, index, input: items[index]!, seed, set }
    return { work: 'task', settings: settings as unknown as Json }
  },

  metrics: () => ({}),

  finish({ name, module, items, isSingle }, records) {
    const lines = records.map(lineOf).join('')
    return {
      result: {
        name,
        // Of many tasks the file has them all.
        output: isSingle ? (records[0]?.result ?? null) : null,
        resultsSha256: sha256(lines),
      },
      bundle: {
        kind: 'tasks',
        name,
        variant: 'tasks',
        manifest: { format: 1, kind: 'tasks', name, task: module.sha256, tasks: items.length },
        files: { 'results.jsonl': lines },
      },
    }
  },
}

function lineOf({ index, status, result, error }: TaskRecord): string {
  return `${JSON.stringify({ index, status, result, error })}\n`
}

/** A list is one task for each of its items, unless it is to be taken as a whole. @throws DATA_INVALID, FILE_NOT_FOUND */
function itemsOf(input: UserTasksRequest['input']): Pick<Plan, 'items' | 'isSingle'> {
  if ('items' in input) return { items: input.items, isSingle: input.items.length === 1 }
  const { path, whole } = input
  const values = readJson(path)
  if (whole && values.length === 1) return { items: values, isSingle: true }
  if (whole) return { items: [values], isSingle: true }
  const [only] = values
  if (values.length === 1 && !Array.isArray(only)) return { items: values, isSingle: true }
  return { items: values.length === 1 ? (only as Json[]) : values, isSingle: false }
}

/** One JSON document, or one on each line of a file of JSON lines. */
function readJson(path: string): Json[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new KtrdrError('FILE_NOT_FOUND', `The input ${path} cannot be read.`, { cause })
  }
  if (!/\.(jsonl|ndjson)$/.test(path)) return [parsed(text, path)]
  return text
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [parsed(line, `${path}:${i + 1}`)]))
}

function parsed(text: string, place: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new KtrdrError('DATA_INVALID', `${place} is no JSON: ${reason}`, {
      suggestions: [`Look at ${basename(place)}; a file of one value a line is called .jsonl.`],
    })
  }
}
