// `ktrdr features`: what a training sees of each bar, written to a file.

import { resolve } from 'node:path'
import { barCacheOf, type BarCache } from './data/bar-cache.ts'
import type { FeatureTable, Slice } from './jobs/feature-table.ts'
import { dataRequest, type DataOptions } from './requests.ts'
import type { Settings } from './settings.ts'
import type { Strategy } from './strategy/strategy.ts'

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
  readonly slices: Readonly<Record<Slice, number>>
  readonly warnings: readonly string[]
}

/** @throws USAGE for a file that is there, and what loading the strategy and the data throws */
export async function exportFeatures(
  options: FeaturesOptions,
  { strategyDirectories, layout }: Settings,
): Promise<FeaturesReport> {
  const { findStrategy, formatProblem, loadStrategy } = await import('./strategy/load-strategy.ts')
  const { tableFormat, writeTable } = await import('./data/write-table.ts')
  const { strategy: given, out, raw, force } = options
  const path = resolve(out)
  tableFormat(path, { force }) // told before the work
  const { strategy, warnings } = loadStrategy(findStrategy(given, strategyDirectories))
  const { table, warnings: ofData } = await loadFeatures(strategy, options, raw, barCacheOf(layout))
  const { columns, rows, features, slices } = table
  await writeTable(path, columns, { force })
  return { path, rows, features, slices, warnings: [...warnings.map(formatProblem), ...ofData] }
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
