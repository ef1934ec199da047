// From what was typed after `ktrdr search` to what the queue of its trials is asked.

import { resolve } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import { OBJECTIVES, type ObjectiveName } from './jobs/objective.ts'
import type { SearchRequest } from './jobs/search-inputs.ts'
import { METHODS, type Method } from './jobs/search-plan.ts'
import type { QueueSettings } from './jobs/task-queue.ts'
import { dataRequest, type DataOptions } from './requests.ts'
import type { Settings } from './settings.ts'
import type { TradingTerms } from './trading/trading-terms.ts'

export { METHODS as SEARCH_METHODS } from './jobs/search-plan.ts'
export { OBJECTIVES as SEARCH_OBJECTIVES } from './jobs/objective.ts'

/** Of the search that each fold of a walk-forward makes. */
export const FOLD_METHODS = METHODS.filter((method) => method !== 'halving')

export type SearchOptions = DataOptions & {
  readonly strategy: string
  /** A file of YAML. */
  readonly space: string
  readonly method?: string | undefined
  readonly trials?: number | undefined
  readonly objective?: string | undefined
  readonly seed?: number | undefined
  readonly prune?: boolean | undefined
  readonly epochs?: number | undefined
  /** What is to be otherwise than the strategy or the defaults say. */
  readonly trading?: TradingTerms | undefined
}

const TRIALS = 100
const SEED = 42

/** @throws USAGE */
export function searchRequest(
  { strategyDirectories }: Pick<Settings, 'strategyDirectories'>,
  options: SearchOptions,
  queue: QueueSettings,
): SearchRequest {
  const { strategy, space, trials = TRIALS, seed = SEED, epochs = null, prune = false } = options
  const { trading = {} } = options
  return {
    strategy: { given: strategy, directories: strategyDirectories, snapshot: null },
    space: { path: resolve(space), text: null },
    ...dataRequest(options),
    method: oneOf<Method>('method', options.method ?? 'tpe', METHODS),
    trials,
    objective: oneOf<ObjectiveName>('objective', options.objective ?? 'val_loss', OBJECTIVES),
    seed,
    prune,
    epochs,
    // JSON has no undefined.
    trading: Object.fromEntries(Object.entries(trading).filter(([, value]) => value !== undefined)),
    queue,
  }
}

export function oneOf<Word extends string>(
  flag: string,
  text: string,
  words: readonly Word[],
): Word {
  const word = words.find((each) => each === text)
  if (word !== undefined) return word
  throw new KtrdrError('USAGE', `--${flag} is "${text}"; expected one of ${words.join(', ')}.`)
}
