// Which model a name means: `strategy`, `strategy@latest`, `strategy@3`, `strategy/SPY_1d@3`, or a directory.

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { nearest } from '../core/did-you-mean.ts'
import { KtrdrError } from '../core/errors.ts'
import type { Layout } from '../core/layout.ts'
import { shellWord } from '../core/shell-word.ts'
import { listBundles, type BundleRow } from '../store/bundle-table.ts'
import type { Sqlite } from '../store/database.ts'
import { MANIFEST_FILE } from './model.ts'

/** Name, symbol and timeframe, version: versions are counted for each symbol and timeframe. */
const NAMED = /^([A-Za-z0-9][A-Za-z0-9_-]*)(?:\/([A-Za-z0-9_.-]+_\d+[a-z]))?(?:@(latest|\d+))?$/

export type ModelPlace = {
  readonly directory: string
  /** As it was registered; null for a directory of no known origin. */
  readonly sha256: string | null
}

/**
 * Where a model lies. Without a version it is the newest.
 * @param strategy a file that is to be trained when there is none; by default one of the model's name
 * @throws MODEL_NOT_FOUND saying what there is; USAGE when a version exists for several symbols or timeframes
 */
export function findModel(db: Sqlite, layout: Layout, text: string, strategy?: string): ModelPlace {
  const [, name, variant, version = 'latest'] = NAMED.exec(text) ?? []
  const all = listBundles(db, 'model')
  const models = all.filter(
    (row) => row.name === name && (variant === undefined || row.variant === variant),
  )
  const matches =
    version === 'latest'
      ? models.slice(0, 1)
      : models.filter((model) => model.version === Number(version))
  if (matches.length > 1) throw ambiguous(text, matches)
  const [row] = matches
  if (row) return { directory: join(layout.bundles.model, row.path), sha256: row.sha256 }
  if (models.length > 0) throw noSuchVersion(text, version, models)
  if (existsSync(join(text, MANIFEST_FILE))) return { directory: resolve(text), sha256: null }
  throw unknown(text, name, all, strategy)
}

function unknown(
  text: string,
  name: string | undefined,
  all: readonly BundleRow[],
  strategy: string | undefined,
): KtrdrError {
  const names = all.map((row) => row.name)
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

function ambiguous(text: string, models: readonly BundleRow[]): KtrdrError {
  const names = models.map(({ name, variant, version }) => `${name}/${variant}@${version}`)
  return new KtrdrError('USAGE', `"${text}" names ${models.length} models: ${names.join(', ')}.`, {
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
