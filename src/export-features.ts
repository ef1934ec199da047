// `ktrdr features`: what a training, or the rules of a strategy, see of each bar, written to a file.

import { resolve } from 'node:path'
import { barCacheOf, type BarCache } from './data/bar-cache.ts'
import type { FeatureTable, Slice } from './jobs/feature-table.ts'
import type { RuleTable } from './jobs/rule-table.ts'
import { dataRequest, type DataOptions } from './requests.ts'
import type { Settings } from './settings.ts'
import { hasRules, type RuleStrategy, type Strategy } from './strategy/strategy.ts'

export type FeaturesOptions = DataOptions & {
  readonly strategy: string
  readonly out: string
  /** Features before they are normalised. */
  readonly raw: boolean
  readonly force: boolean
}

export type FeaturesReport = {
  readonly path: string
  readonly rows: number
  readonly features: readonly string[]
  /** Null for rules: there is nothing to train. */
  readonly slices: Readonly<Record<Slice, number>> | null
  /** On how many bars each rule holds; null without rules. */
  readonly holds: Readonly<Record<string, number>> | null
  readonly warnings: readonly string[]
}

/** @throws USAGE for a file that is there, and what loading the strategy and the data throws */
export async function exportFeatures(
  options: FeaturesOptions,
  { strategyDirectories, layout }: Settings,
): Promise<FeaturesReport> {
  const { findStrategy, formatProblem, loadAnyStrategy } =
    await import('./strategy/load-strategy.ts')
  const { tableFormat, writeTable } = await import('./data/write-table.ts')
  const { strategy: given, out, raw, force } = options
  const path = resolve(out)
  tableFormat(path, { force }) // told before the work
  const { strategy, warnings } = loadAnyStrategy(findStrategy(given, strategyDirectories))
  const told = warnings.map(formatProblem)
  if (hasRules(strategy)) {
    const { table, warnings: ofData } = await loadOperands(strategy, options, barCacheOf(layout))
    const { columns, rows, operands: features, holds } = table
    await writeTable(path, columns, { force })
    return { path, rows, features, slices: null, holds, warnings: [...told, ...ofData] }
  }
  const { table, warnings: ofData } = await loadFeatures(strategy, options, raw, barCacheOf(layout))
  const { columns, rows, features, slices } = table
  await writeTable(path, columns, { force })
  return { path, rows, features, slices, holds: null, warnings: [...told, ...ofData] }
}

async function loadOperands(
  strategy: RuleStrategy,
  options: DataOptions,
  cache: BarCache | null,
): Promise<{ table: RuleTable; warnings: readonly string[] }> {
  const { loadMarketData } = await import('./jobs/market-data.ts')
  const { dataNeedsOf } = await import('./jobs/data-needs.ts')
  const { ruleTable } = await import('./jobs/rule-table.ts')
  const { data, range } = dataRequest(options)
  const market = await loadMarketData(data, dataNeedsOf(strategy), range, cache)
  return { table: ruleTable(strategy, market), warnings: market.warnings }
}

/** The table of a strategy on these data. */
export async function loadFeatures(
  strategy: Strategy,
  options: DataOptions,
  raw: boolean,
  cache: BarCache | null,
): Promise<{ table: FeatureTable; warnings: readonly string[] }> {
  const { loadMarketData } = await import('./jobs/market-data.ts')
  const { featureTable } = await import('./jobs/feature-table.ts')
  const { data, range } = dataRequest(options)
  const market = await loadMarketData(data, strategy, range, cache)
  return { table: featureTable(strategy, market, raw), warnings: market.warnings }
}
