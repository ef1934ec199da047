// Which model a name means: `strategy`, `strategy@latest`, `strategy@best`, `strategy@3`, `strategy/SPY_1d@3`, or a
// directory.

import { existsSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { nearest } from '../core/did-you-mean.ts'
import { invariant, KtrdrError } from '../core/errors.ts'
import type { Layout } from '../core/layout.ts'
import { shellWord } from '../core/shell-word.ts'
import { listBundleNames, listBundles, type BundleRow } from '../store/bundle-table.ts'
import type { Sqlite } from '../store/database.ts'
import { readManifest, readModelText } from './load-model.ts'
import { MANIFEST_FILE, STRATEGY_FILE } from './model.ts'
import { readFactsIfWhole } from './model-facts.ts'

/** Name, symbol and timeframe, version: versions are counted for each symbol and timeframe. */
const NAMED =
  /^([A-Za-z0-9][A-Za-z0-9_-]*)(?:\/([A-Za-z0-9_.-]+_\d+[a-z]))?(?:@(latest|best|\d+))?$/

export type ModelPlace = {
  readonly directory: string
  /** As it was registered; null for a directory of no known origin. */
  readonly sha256: string | null
}

export type FoundModel = ModelPlace & {
  /** Null for a directory that this data directory has not published. */
  readonly row: BundleRow | null
}

export type FindOptions = {
  /** A file that is to be trained when there is none; by default one of the model's name. */
  readonly strategy?: string | undefined
  /**
   * Of a strategy, what its losses are comparable by; undefined when nobody can tell. `@best` needs it.
   */
  readonly lossKindOf?: ((strategyText: string) => string | undefined) | undefined
}

/** Whether finding a model of this name needs `lossKindOf`. */
export function namesBest(text: string): boolean {
  return NAMED.exec(text)?.[3] === 'best'
}

/**
 * Where a model lies. Without a version it is the newest.
 * @throws MODEL_NOT_FOUND saying what there is; USAGE when a version exists for several symbols or timeframes
 */
export function findModel(
  db: Sqlite,
  layout: Layout,
  text: string,
  options: FindOptions = {},
): ModelPlace {
  const { directory, sha256 } = locateModel(db, layout, text, options)
  return { directory, sha256 }
}

/** The same, and what is known of it here. */
export function locateModel(
  db: Sqlite,
  layout: Layout,
  text: string,
  { strategy, lossKindOf }: FindOptions = {},
): FoundModel {
  const [, name, variant, version = 'latest'] = NAMED.exec(text) ?? []
  const named = name === undefined ? [] : listBundles(db, 'model', name)
  const models = named.filter((row) => variant === undefined || row.variant === variant)
  if (models.length > 0) {
    const row = chosen(layout, text, version, models, lossKindOf)
    return { directory: directoryOf(layout, row), sha256: row.sha256, row }
  }
  if (!existsSync(join(text, MANIFEST_FILE))) throw unknown(db, text, name, strategy)
  const directory = resolve(text)
  return { directory, sha256: null, row: rowIn(db, layout, directory) }
}

/** Of the model that this data directory has published there. */
function rowIn(db: Sqlite, layout: Layout, directory: string): BundleRow | null {
  const [name = ''] = relative(layout.bundles.model, directory).split(sep)
  const rows = listBundles(db, 'model', name)
  return rows.find((row) => directoryOf(layout, row) === directory) ?? null
}

/** As it can be typed. */
export function modelName({ name, variant, version }: BundleRow): string {
  return `${name}/${variant}@${version}`
}

export function directoryOf({ bundles }: Layout, { path }: Pick<BundleRow, 'path'>): string {
  return join(bundles.model, path)
}

/** @param models of one name, newest first */
function chosen(
  layout: Layout,
  text: string,
  version: string,
  models: readonly BundleRow[],
  lossKindOf: FindOptions['lossKindOf'],
): BundleRow {
  if (version === 'latest') return models[0]!
  if (version === 'best') {
    invariant(lossKindOf, 'the best of some models needs to know which losses are comparable')
    return best(layout, text, models, lossKindOf)
  }
  const matches = models.filter((model) => model.version === Number(version))
  if (matches.length > 1) throw ambiguous(text, matches.map(modelName))
  const [row] = matches
  if (!row) throw noSuchVersion(text, version, models)
  return row
}

/**
 * The lowest validation loss of those whose losses are of the same kind as that of the newest; of equal ones the newest.
 * What is damaged or gone takes no part.
 */
function best(
  layout: Layout,
  text: string,
  models: readonly BundleRow[],
  lossKindOf: NonNullable<FindOptions['lossKindOf']>,
): BundleRow {
  const variants = [...new Set(models.map((model) => model.variant))]
  const [name] = text.split(/[/@]/)
  if (variants.length > 1)
    throw ambiguous(
      text,
      variants.map((variant) => `${name}/${variant}@best`),
    )
  const kinds = new Map<string, string | undefined>() // of each text of the strategy, by its hash
  const judged = models.flatMap((row) => {
    const directory = directoryOf(layout, row)
    const facts = readFactsIfWhole(directory, row.sha256)
    if (typeof facts === 'string') return []
    const { manifest } = readManifest(directory, row.sha256)
    const hash = manifest.files[STRATEGY_FILE]!
    if (!kinds.has(hash))
      kinds.set(hash, lossKindOf(readModelText(directory, manifest, STRATEGY_FILE)))
    const kind = kinds.get(hash)
    return kind === undefined ? [] : [{ row, kind, loss: facts.valLoss }]
  })
  const comparable = judged.flatMap(({ row, kind, loss }) =>
    loss !== null && kind === judged[0]!.kind ? [{ row, loss }] : [],
  )
  const [first, ...others] = comparable
  if (first === undefined)
    throw new KtrdrError(
      'MODEL_NOT_FOUND',
      `No model of ${text.split('@')[0]} has a validation loss that says whether it is the best.`,
      { suggestions: [`${text.split('@')[0]}@latest`] },
    )
  return others.reduce((least, one) => (one.loss < least.loss ? one : least), first).row
}

function unknown(
  db: Sqlite,
  text: string,
  name: string | undefined,
  strategy: string | undefined,
): KtrdrError {
  const names = listBundleNames(db, 'model')
  const meant = strategy === undefined ? nearest(name ?? text, names) : undefined
  const question = meant === undefined || meant === name ? '' : ` Did you mean "${meant}"?`
  return new KtrdrError(
    'MODEL_NOT_FOUND',
    `There is no trained model called "${text}".${question}`,
    {
      suggestions: [
        meant ?? `ktrdr train ${shellWord(strategy ?? name ?? 'STRATEGY')} --data FILE`,
      ],
      details: { model: text },
    },
  )
}

function ambiguous(text: string, names: readonly string[]): KtrdrError {
  return new KtrdrError('USAGE', `"${text}" names ${names.length} models: ${names.join(', ')}.`, {
    suggestions: names,
  })
}

function noSuchVersion(text: string, version: string, models: readonly BundleRow[]): KtrdrError {
  const [name] = text.split('@')
  const versions = [...new Set(models.map((model) => model.version))].join(', ')
  return new KtrdrError(
    'MODEL_NOT_FOUND',
    `${name} has no version ${version}; it has ${versions}.`,
    { suggestions: [`${name}@latest`] },
  )
}
