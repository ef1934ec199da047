// Checking a strategy without running it.

import { KtrdrError } from './core/errors.ts'
import { loadFeatures } from './export-features.ts'
import { featureIds } from './features/feature-plan.ts'
import type { Slice } from './jobs/feature-table.ts'
import type { DataOptions } from './requests.ts'
import { resolveSettings } from './settings.ts'

export type StrategyReport = {
  readonly valid: true
  readonly name: string
  readonly path: string
  readonly features: readonly string[]
  /** Ids of the context series that it needs data for. */
  readonly series: readonly string[]
  readonly warnings: readonly string[]
  /** Rows of each slice, when data was given. */
  readonly slices?: Readonly<Record<Slice, number>>
}

/**
 * @param data what to try it on; without, the file alone is checked
 * @throws STRATEGY_INVALID, FILE_NOT_FOUND, and what loading the data throws
 */
export async function validateStrategy(
  nameOrPath: string,
  data: DataOptions | null,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<StrategyReport> {
  const { findStrategy, formatProblem, loadStrategy } = await import('./strategy/load-strategy.ts')
  const { strategyDirectories } = await resolveSettings({ env, cwd })
  const path = findStrategy(nameOrPath, strategyDirectories)
  const { strategy, warnings } = orItsProblems(() => loadStrategy(path))
  const tried = data && (await loadFeatures(strategy, data, true))
  return {
    valid: true,
    name: strategy.name,
    path,
    features: featureIds(strategy),
    series: strategy.context.filter(({ difference }) => difference === null).map(({ id }) => id),
    warnings: [...warnings.map(formatProblem), ...(tried?.warnings ?? [])],
    ...(tried ? { slices: tried.table.slices } : {}),
  }
}

/** The problems of a strategy suggest to validate it, which has just been done. */
function orItsProblems<Loaded>(load: () => Loaded): Loaded {
  try {
    return load()
  } catch (error) {
    if (!(error instanceof KtrdrError) || !('problems' in error.details)) throw error
    throw new KtrdrError(error.code, error.message, { details: error.details, cause: error })
  }
}
