// Data directories that a ktrdr of some time has written (test/fixtures/store-<schema>), copied to where a test may use
// them. In the originals every path begins with /fixture.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { openSqlite } from '../../src/runtime/sqlite.ts'
import { seal } from '../../src/store/row-seal.ts'

export const STORE_SCHEMAS = [1, 2, 3, 4] as const
export type StoreSchema = (typeof STORE_SCHEMAS)[number]

const FIXTURES = resolve(import.meta.dirname, '..', 'fixtures')

/** Strategy and bars of all of them. */
export const STORE_WORLD = join(FIXTURES, 'store-world')

/** SHA-256 of what the runs, uninterrupted, lead to. */
export const STORE_RESULTS = readJson<
  Readonly<Record<'model.safetensors' | 'history.json' | 'trades.csv' | 'equity.csv', string>>
>(join(STORE_WORLD, 'results.json'))

/** Ids of its cancelled operations: two trainings, whose state stands in the database and in packs, and a backtest. */
export type StoreOperations = Readonly<Record<'inline' | 'packed' | 'backtest', string>>

/** Puts the data directory of that schema, with its bars, into `root`. Nothing has opened it yet. */
export function copyStore(schema: StoreSchema, root: string): StoreOperations {
  const original = join(FIXTURES, `store-${schema}`)
  mkdirSync(root, { recursive: true })
  for (const directory of ['packs', 'models'])
    cpSync(join(original, directory), join(root, directory), { recursive: true })
  cpSync(join(STORE_WORLD, 'bars.csv'), join(root, 'bars.csv'))
  const database = join(root, 'ktrdr.db')
  writeFileSync(database, gunzipSync(readFileSync(join(original, 'ktrdr.db.gz'))))
  const db = openSqlite(database)
  db.prepare(`UPDATE operation SET settings_json = replace(settings_json, '/fixture', ?)`).run(root)
  if (schema > 1) seal(db, 'operation', 'true')
  db.close()
  return readJson(join(original, 'operations.json'))
}

function readJson<Value>(path: string): Value {
  return JSON.parse(readFileSync(path, 'utf8')) as Value
}
