// What `ktrdr search` asks for, for tests of the jobs.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SearchRequest } from '../../src/jobs/search-inputs.ts'
import { ONE_WORKER } from './queue-results.ts'

export type SmallSearch = {
  readonly strategy: string
  readonly data: SearchRequest['data']
  /** YAML. */
  readonly space: string
}

let spaces = 0

/** @param directory where the space is written */
export function searchOf(
  directory: string,
  { strategy, data, space }: SmallSearch,
  changes: Partial<SearchRequest> = {},
): SearchRequest {
  const path = join(directory, `space-${spaces++}.yaml`)
  writeFileSync(path, space)
  return {
    strategy: { given: strategy, directories: [], snapshot: null },
    space: { path, text: null },
    data,
    range: { fromMs: null, toMs: null },
    method: 'random',
    trials: 12,
    objective: 'val_loss',
    seed: 5,
    prune: false,
    epochs: null,
    trading: {},
    queue: ONE_WORKER,
    ...changes,
  }
}
