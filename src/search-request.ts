// From what was typed after `ktrdr search` to what the queue of its trials is asked.

import { resolve } from 'node:path'
import type { ObjectiveName } from './jobs/objective.ts'
import type { SearchRequest } from './jobs/search-inputs.ts'
import type { QueueSettings } from './jobs/task-queue.ts'
import { dataRequest, type DataOptions } from './requests.ts'
import type { Method } from './search/methods.ts'
import type { Settings } from './settings.ts'
import type { TradingTerms } from './trading/trading-terms.ts'

export type SearchOptions = DataOptions & {
  readonly strategy: string
  /** A file of YAML. */
  readonly space: string
  readonly method: Method
  readonly trials: number
  readonly objective: ObjectiveName
  readonly seed: number
  readonly prune?: boolean | undefined
  readonly epochs?: number | undefined
  /** What is to be otherwise than the strategy or the defaults say. */
  readonly trading?: TradingTerms | undefined
}

export function searchRequest(
  { strategyDirectories }: Pick<Settings, 'strategyDirectories'>,
  options: SearchOptions,
  queue: QueueSettings,
): SearchRequest {
  const { strategy, space, method, trials, objective, seed } = options
  const { epochs = null, prune = false, trading = {} } = options
  return {
    strategy: { given: strategy, directories: strategyDirectories, snapshot: null },
    space: { path: resolve(space), text: null },
    ...dataRequest(options),
    method,
    trials,
    objective,
    seed,
    prune,
    epochs,
    trading,
    queue,
  }
}
