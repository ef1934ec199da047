// Checking a strategy without running it.

import { KtrdrError } from './core/errors.ts'
import { shellWord } from './core/shell-word.ts'
import { loadFeatures } from './export-features.ts'
import { featureIds } from './features/feature-plan.ts'
import type { Slice } from './jobs/feature-table.ts'
import type { DataOptions } from './requests.ts'
import { resolveSettings } from './settings.ts'
import type { Strategy } from './strategy/strategy.ts'

export type StrategyReport = {
  readonly valid: true
  readonly name: string
  readonly path: string
  readonly features: readonly string[]
  /** Ids of the context series that it needs data for. */
  readonly series: readonly string[]
  readonly warnings: readonly string[]
  /** Commands to type. */
  readonly next: readonly string[]
  /** Rows of each slice, when data was given. */
  readonly slices?: Readonly<Record<Slice, number>>
}

/**
 * @param options what to try it on; without data, the file alone is checked
 * @throws USAGE for a range of no data, STRATEGY_INVALID, FILE_NOT_FOUND, and what loading the data throws
 */
export async function validateStrategy(
  nameOrPath: string,
  { data, start, end }: { readonly [Key in keyof DataOptions]?: DataOptions[Key] | undefined },
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<StrategyReport> {
  const { findStrategy, formatProblem, loadStrategy } = await import('./strategy/load-strategy.ts')
  const { strategyDirectories } = await resolveSettings({ env, cwd })
  if (data === undefined && (start ?? end) !== undefined)
    throw new KtrdrError('USAGE', '--start and --end choose price bars, and there is no --data.', {
      suggestions: [`ktrdr validate ${shellWord(nameOrPath)} --data FILE`],
    })
  const path = findStrategy(nameOrPath, strategyDirectories)
  const { strategy, warnings } = orItsProblems(() => loadStrategy(path))
  const tried = data && (await loadFeatures(strategy, { data, start, end }, true))
  const series = strategy.context
    .filter(({ difference }) => difference === null)
    .map(({ id }) => id)
  const files = data ?? placesFor(strategy, series)
  const words = [
    'ktrdr',
    'train',
    nameOrPath,
    ...files.flatMap((file) => ['--data', file]),
    ...(start === undefined ? [] : ['--start', start]),
    ...(end === undefined ? [] : ['--end', end]),
  ]
  return {
    valid: true,
    name: strategy.name,
    path,
    features: featureIds(strategy),
    series,
    warnings: [...warnings.map(formatProblem), ...(tried?.warnings ?? [])],
    next: [words.map(shellWord).join(' ')],
    ...(tried ? { slices: tried.table.slices } : {}),
  }
}

/** What a training takes for `--data`, to be filled in. */
function placesFor({ symbols }: Strategy, series: readonly string[]): string[] {
  const files = symbols.length === 1 ? ['FILE'] : symbols.map((symbol) => `${symbol}=FILE`)
  return [...files, ...series.map((id) => `${id}=FILE`)]
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
