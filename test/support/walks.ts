// What `ktrdr walkforward` asks for, for tests of the jobs.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../src/core/hash.ts'
import type { WalkForwardRequest } from '../../src/jobs/walk-forward-inputs.ts'
import { ONE_WORKER } from './queue-results.ts'

export type SmallWalk = {
  readonly strategy: string
  readonly data: WalkForwardRequest['data']
}

export type Walk = Partial<Omit<WalkForwardRequest, 'search'>> & {
  /** YAML of a space. */
  readonly space?: string
  readonly search?: Partial<Pick<NonNullable<WalkForwardRequest['search']>, 'method' | 'trials'>>
}

let spaces = 0

/** @param directory where the space is written */
export function walkOf(
  directory: string,
  { strategy, data }: SmallWalk,
  { space, search, ...changes }: Walk = {},
): Json {
  const path = join(directory, `folds-${spaces++}.yaml`)
  if (space !== undefined) writeFileSync(path, space)
  const request: WalkForwardRequest = {
    strategy: { given: strategy, directories: [], snapshot: null },
    data,
    range: { fromMs: null, toMs: null },
    train: '500bars',
    test: '150bars',
    step: null,
    isAnchored: false,
    search:
      space === undefined
        ? null
        : { space: { path, text: null }, method: 'random', trials: 6, seed: 5, ...search },
    objective: null,
    epochs: null,
    trading: {},
    funding: [],
    queue: ONE_WORKER,
    ...changes,
  }
  return request as unknown as Json
}
