// The module of a user that says what a task is. It is loaded by require(), which takes ES modules and TypeScript too and
// is there in the single executable as well.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { KtrdrError } from '../core/errors.ts'
import { sha256, type Json } from '../core/hash.ts'
import type { TaskModule } from './task-types.ts'

/** A file, or the text of a function. */
export type ModuleRef =
  | { readonly path: string; readonly sha256: string }
  | { readonly source: string; readonly sha256: string }

export function moduleFile(path: string): ModuleRef & Json {
  try {
    return { path, sha256: sha256(readFileSync(path)) }
  } catch (error) {
    throw new KtrdrError('FILE_NOT_FOUND', `The task module ${path} cannot be read.`, {
      cause: error,
    })
  }
}

export function functionText(source: string): ModuleRef & Json {
  return { source, sha256: sha256(source) }
}

const FORMS =
  'It exports start(input, ctx), step(state, ctx) and finish(state, ctx); or run(input, ctx, saved), a generator; or a default function of (input, ctx).'

/** @throws USAGE for a module that is none */
export function loadTaskModule(ref: ModuleRef): TaskModule {
  const module: TaskModule =
    'path' in ref ? requireFile(ref.path) : { default: functionOf(ref.source) }
  const { start, step, run, default: whole } = module
  const isOne = [
    typeof start === 'function' && typeof step === 'function',
    typeof run === 'function',
    typeof whole === 'function',
  ].some(Boolean)
  if (isOne) return module
  throw new KtrdrError('USAGE', `${placeOf(ref)} is no task.`, { suggestions: [FORMS] })
}

function requireFile(path: string): TaskModule {
  try {
    return createRequire(path)(path) as TaskModule
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    throw new KtrdrError('USAGE', `The task module ${path} cannot be loaded: ${reason}`, {
      suggestions: [
        'It may import what Node finds from its own directory, and must not await at its top level.',
      ],
      cause: error,
    })
  }
}

/** It sees nothing of where it was written. */
function functionOf(source: string): NonNullable<TaskModule['default']> {
  try {
    return new Function(`return (${source})`)() as NonNullable<TaskModule['default']>
  } catch (error) {
    throw new KtrdrError('USAGE', `The function cannot be sent to a worker: ${String(error)}`, {
      suggestions: ['Write it as a function expression, or put it into a module of its own.'],
      cause: error,
    })
  }
}

export function placeOf(ref: ModuleRef): string {
  return 'path' in ref ? ref.path : 'the function'
}
