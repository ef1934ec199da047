// Which model a name means: `strategy`, `strategy@latest`, `strategy@3`, or a directory.

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { KtrdrError } from '../core/errors.ts'
import type { Layout } from '../core/layout.ts'
import { listBundles, type BundleRow } from '../store/bundle-table.ts'
import type { Sqlite } from '../store/database.ts'
import { MANIFEST_FILE } from './model.ts'

const NAMED = /^([A-Za-z0-9][A-Za-z0-9_-]*)(?:@(latest|\d+))?$/

/**
 * The directory of a model.
 * @throws MODEL_NOT_FOUND saying what there is
 */
export function findModel(db: Sqlite, layout: Layout, text: string): string {
  const [, name, version = 'latest'] = NAMED.exec(text) ?? []
  if (name !== undefined) {
    const models = listBundles(db, 'model').filter((row) => row.name === name)
    const row =
      version === 'latest' ? models[0] : models.find((model) => model.version === Number(version))
    if (row) return join(layout.bundles.model, row.path)
    if (models.length > 0) throw noSuchVersion(name, version, models)
  }
  if (existsSync(join(text, MANIFEST_FILE))) return resolve(text)
  throw new KtrdrError('MODEL_NOT_FOUND', `There is no trained model called "${text}".`, {
    suggestions: [`ktrdr train ${name ?? 'STRATEGY'} --data FILE`],
    details: { model: text },
  })
}

function noSuchVersion(name: string, version: string, models: readonly BundleRow[]): KtrdrError {
  const versions = models.map((model) => model.version).join(', ')
  return new KtrdrError(
    'MODEL_NOT_FOUND',
    `${name} has no version ${version}; it has ${versions}.`,
    {
      suggestions: [`${name}@latest`],
    },
  )
}
