// `ktrdr models list`: the models of this data directory, and those beside them that it knows nothing of.

import { join } from 'node:path'
import { versionsIn } from './checkpoint/find-bundles.ts'
import { publisherOf } from './checkpoint/publish-bundle.ts'
import type { Layout } from './core/layout.ts'
import { directoryOf, modelName } from './models/find-model.ts'
import { readFactsIfWhole, type ModelFacts } from './models/model-facts.ts'
import { listBundles, listDeletedBundles, type BundleRow } from './store/bundle-table.ts'
import type { Sqlite } from './store/database.ts'

export const MODEL_SORTS = ['age', 'loss', 'name', 'size'] as const

export type ModelListOptions = {
  readonly strategy?: string | undefined
  readonly sort?: (typeof MODEL_SORTS)[number] | undefined
  readonly limit?: number | undefined
}

export type ModelView = Pick<
  BundleRow,
  'name' | 'variant' | 'version' | 'operationId' | 'sha256'
> & {
  /** As it can be typed. */
  readonly model: string
  readonly path: string
  readonly sizeBytes: number
  readonly createdAt: string
  readonly ageMs: number
  /** Null when it is damaged or gone. */
  readonly facts: ModelFacts | null
  /** Why it cannot be used; null = good as far as a list looks. */
  readonly damage: string | null
}

export type ModelList = {
  readonly models: readonly ModelView[]
  /** Before the limit. */
  readonly total: number
  readonly totalBytes: number
  /** Directories that hold models of another data directory, or of a database that is gone. They can be named by their path. */
  readonly unknown: readonly string[]
}

type Context = { readonly db: Sqlite; readonly layout: Layout }

/** Newest first, unless another order is asked for. */
export function listModels(
  { db, layout }: Context,
  nowMs: number,
  { strategy, sort = 'age', limit }: ModelListOptions,
): ModelList {
  const all = listBundles(db, 'model')
  const rows = all.filter(({ name }) => strategy === undefined || name === strategy)
  const view = (row: BundleRow): ModelView => viewModel(layout, row, nowMs)
  // By loss every one has to be looked at; else only those that are shown.
  const models =
    sort === 'loss'
      ? rows
          .map(view)
          .toSorted((a, b) => lossOf(a) - lossOf(b))
          .slice(0, limit)
      : sorted(rows, sort).slice(0, limit).map(view)
  return {
    models,
    total: rows.length,
    totalBytes: rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    unknown: unknownIn(layout, all, listDeletedBundles(db, 'model'), strategy),
  }
}

export function viewModel(layout: Layout, row: BundleRow, nowMs: number): ModelView {
  const { name, variant, version, operationId, sha256, sizeBytes, createdAtMs } = row
  const path = directoryOf(layout, row)
  const facts = readFactsIfWhole(path, sha256)
  const isWhole = typeof facts !== 'string'
  return {
    model: modelName(row),
    name,
    variant,
    version,
    operationId,
    sha256,
    path,
    sizeBytes,
    createdAt: new Date(createdAtMs).toISOString(),
    ageMs: nowMs - createdAtMs,
    facts: isWhole ? facts : null,
    damage: isWhole ? null : facts,
  }
}

/** What has none comes last. */
function lossOf({ facts }: ModelView): number {
  return facts?.valLoss ?? Number.MAX_VALUE
}

function sorted(rows: readonly BundleRow[], by: 'age' | 'name' | 'size'): readonly BundleRow[] {
  switch (by) {
    case 'age':
      return rows
    case 'name':
      return rows.toSorted(
        (a, b) => order(a.name, b.name) || order(a.variant, b.variant) || b.version - a.version,
      )
    case 'size':
      return rows.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** @param deleted a crash may have left the directory of one to gc */
function unknownIn(
  layout: Layout,
  present: readonly BundleRow[],
  deleted: readonly BundleRow[],
  strategy: string | undefined,
): string[] {
  const known = new Set(present.map(({ path }) => path))
  const publishers = new Map(deleted.map(({ path, operationId }) => [path, operationId]))
  return versionsIn(layout.bundles.model)
    .filter(([name]) => strategy === undefined || name === strategy)
    .map(([name, variant, version]) => join(name, variant, `v${version}`))
    .flatMap((path) => {
      const directory = join(layout.bundles.model, path)
      const publisher = publishers.get(path)
      const isOurs = publisher !== undefined && publisherOf(directory) === publisher
      return known.has(path) || isOurs ? [] : [directory]
    })
}
