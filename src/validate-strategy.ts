// Checking a strategy without running it.

import { KtrdrError } from './core/errors.ts'
import { featureIds } from './features/feature-plan.ts'
import { resolveSettings } from './settings.ts'

export type StrategyReport = {
  readonly valid: true
  readonly name: string
  readonly path: string
  readonly features: readonly string[]
  readonly warnings: readonly string[]
}

/** @throws STRATEGY_INVALID, NOT_YET_SUPPORTED, FILE_NOT_FOUND */
export async function validateStrategy(
  nameOrPath: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<StrategyReport> {
  const { findStrategy, formatProblem, loadStrategy } = await import('./strategy/load-strategy.ts')
  const { strategyDirectories } = await resolveSettings({ env, cwd })
  const path = findStrategy(nameOrPath, strategyDirectories)
  const { strategy, warnings } = orItsProblems(() => loadStrategy(path))
  return {
    valid: true,
    name: strategy.name,
    path,
    features: featureIds(strategy),
    warnings: warnings.map(formatProblem),
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
