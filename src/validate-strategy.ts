// Checking a strategy without running it.

import { KtrdrError } from './core/errors.ts'
import { shellWord } from './core/shell-word.ts'
import { loadFeatures } from './export-features.ts'
import { featureIds } from './features/feature-plan.ts'
import type { Slice } from './jobs/feature-table.ts'
import { dataRequest, type DataOptions } from './requests.ts'
import { namedRules } from './rules/rule-plan.ts'
import { resolveSettings } from './settings.ts'
import { hasRules, type RuleStrategy, type Strategy } from './strategy/strategy.ts'

export type StrategyRule = {
  /** `long.enter`, … */
  readonly name: string
  readonly text: string
  /** On how many bars of the data it holds, when there were data. */
  readonly bars?: number
}

export type StrategyReport = {
  readonly valid: true
  readonly name: string
  readonly path: string
  /** Of a network. */
  readonly features: readonly string[]
  /** Of a strategy that has rules instead, each with the text of its condition. */
  readonly rules?: readonly StrategyRule[]
  /** Ids of the context series that it needs data for. */
  readonly series: readonly string[]
  readonly warnings: readonly string[]
  /** Commands to type. */
  readonly next: readonly string[]
  /** Rows of each slice, when data was given to a network. */
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
  const { findStrategy, formatProblem, loadAnyStrategy } =
    await import('./strategy/load-strategy.ts')
  const { strategyDirectories } = await resolveSettings({ env, cwd })
  if (data === undefined && (start ?? end) !== undefined)
    throw new KtrdrError('USAGE', '--start and --end choose price bars, and there is no --data.', {
      suggestions: [`ktrdr validate ${shellWord(nameOrPath)} --data FILE`],
    })
  const path = findStrategy(nameOrPath, strategyDirectories)
  const { strategy, warnings } = orItsProblems(() => loadAnyStrategy(path))
  const options = data && { data, start, end }
  const tried = hasRules(strategy)
    ? await tryRules(strategy, options)
    : options && (await tryNetwork(strategy, options))
  const series = strategy.context
    .filter(({ difference }) => difference === null)
    .map(({ id }) => id)
  const files = data ?? placesFor(strategy, series)
  const words = [
    'ktrdr',
    hasRules(strategy) ? 'backtest' : 'train',
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
    ...tried?.found,
  }
}

type Tried = {
  readonly found: Pick<StrategyReport, 'rules' | 'slices'>
  readonly warnings: readonly string[]
}

async function tryNetwork(strategy: Strategy, options: DataOptions): Promise<Tried> {
  const { table, warnings } = await loadFeatures(strategy, options, true, null)
  return { found: { slices: table.slices }, warnings }
}

/** Of all symbols together. */
async function tryRules(strategy: RuleStrategy, options: DataOptions | undefined): Promise<Tried> {
  const named = namedRules(strategy.rules)
  const rules = named.map(({ name, rule }) => ({ name, text: rule.text.trim() }))
  if (options === undefined) return { found: { rules }, warnings: [] }
  const [{ loadMarketData }, { dataNeedsOf }, { ruleIntentsOf }] = await Promise.all([
    import('./jobs/market-data.ts'),
    import('./jobs/data-needs.ts'),
    import('./jobs/rule-inputs.ts'),
  ])
  const { data, range } = dataRequest(options)
  const { symbols, warnings } = await loadMarketData(data, dataNeedsOf(strategy), range)
  const all = symbols.map((symbol) => ruleIntentsOf(strategy, symbol).bits)
  const held = (intent: number): number =>
    all.reduce((sum, bits) => sum + bits.filter((wanted) => (wanted & intent) !== 0).length, 0)
  return {
    found: { rules: rules.map((rule, i) => ({ ...rule, bars: held(named[i]!.intent) })) },
    warnings,
  }
}

/** What a training or a backtest takes for `--data`, to be filled in. */
function placesFor({ symbols }: Pick<Strategy, 'symbols'>, series: readonly string[]): string[] {
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
