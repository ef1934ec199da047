// From what was typed after `ktrdr walkforward` to what the queue of its folds is asked.

import { resolve } from 'node:path'
import type { ObjectiveName } from './jobs/objective.ts'
import type { QueueSettings } from './jobs/task-queue.ts'
import type { WalkForwardRequest } from './jobs/walk-forward-inputs.ts'
import { dataRequest, fileRequest, type DataOptions } from './requests.ts'
import type { FoldMethod } from './search/methods.ts'
import type { Settings } from './settings.ts'
import type { TradingTerms } from './trading/trading-terms.ts'

export type WalkForwardOptions = DataOptions & {
  readonly strategy: string
  /** "2y", "3m" (months), "6w", "90d", "500bars". */
  readonly train: string
  readonly test: string
  /** As long as the test window by default. */
  readonly step?: string | undefined
  readonly anchored?: boolean | undefined
  /** A space, as a file of YAML, that each fold chooses from. */
  readonly search?: string | undefined
  readonly method?: FoldMethod | undefined
  readonly trials?: number | undefined
  readonly objective?: ObjectiveName | undefined
  readonly seed?: number | undefined
  readonly epochs?: number | undefined
  /** What is to be otherwise than the strategy or the defaults say. */
  readonly trading?: TradingTerms | undefined
  /** FILE, or SYMBOL=FILE: rates of funding, a series of stamps and values. */
  readonly funding?: readonly string[] | undefined
}

const TRIALS = 20
const SEED = 42

export function walkForwardRequest(
  { strategyDirectories }: Pick<Settings, 'strategyDirectories'>,
  options: WalkForwardOptions,
  queue: QueueSettings,
): WalkForwardRequest {
  const { strategy, train, test, step = null, anchored = false, search, epochs = null } = options
  const { method = 'tpe', trials = TRIALS, objective, seed = SEED } = options
  const { trading = {}, funding = [] } = options
  return {
    strategy: { given: strategy, directories: strategyDirectories, snapshot: null },
    ...dataRequest(options),
    train,
    test,
    step,
    isAnchored: anchored,
    search:
      search === undefined
        ? null
        : {
            space: { path: resolve(search), text: null },
            method,
            trials,
            seed,
          },
    objective: objective ?? null,
    epochs,
    trading,
    funding: funding.map(fileRequest),
    queue,
  }
}
