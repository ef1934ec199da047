import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NO_KEYS } from '../../src/checkpoint/encryption.ts'
import { loadCheckpoint } from '../../src/checkpoint/read-checkpoint.ts'
import { sweep } from '../../src/checkpoint/sweep.ts'
import { sha256 } from '../../src/core/hash.ts'
import { backtestJob } from '../../src/jobs/backtest.ts'
import { openKtrdr, type Ktrdr, type RunEnd } from '../../src/ktrdr.ts'
import { openSqlite, type Sqlite } from '../../src/runtime/sqlite.ts'
import { resolveSettings } from '../../src/settings.ts'
import { backupPath } from '../../src/store/backup-database.ts'
import { listCheckpoints } from '../../src/store/checkpoint-table.ts'
import { openDatabase } from '../../src/store/database.ts'
import { SCHEMA_VERSION } from '../../src/store/migrations.ts'
import { brokenSeals } from '../../src/store/row-seal.ts'
import { equityTextIn } from '../support/equity-text.ts'
import { tempDir } from '../support/program.ts'
import {
  copyStore,
  STORE_RESULTS,
  STORE_SCHEMAS,
  type StoreOperations,
  type StoreSchema,
} from '../support/store-fixture.ts'
import { openTemporarily, tempLayout, type Store } from '../support/temp-store.ts'

// Data directories of every schema so far (test/fixtures/store-*). Whoever changes schema, packs or codecs must still
// read them, and resume them to the same bytes.

type Opened = { readonly ktrdr: Ktrdr; readonly ids: StoreOperations; readonly store: Store }

async function opened(schema: StoreSchema): Promise<Opened> {
  const root = tempDir()
  const ids = copyStore(schema, root)
  const settings = await resolveSettings({
    flags: { data_dir: root },
    env: { XDG_CONFIG_HOME: root },
    cwd: root,
  })
  const ktrdr = await openKtrdr(settings)
  onTestFinished(() => void ktrdr.close())
  const layout = tempLayout(root)
  return { ktrdr, ids, store: { layout, db: openTemporarily(layout.database), keys: NO_KEYS } }
}

const hashesOf = (directory: string, names: readonly (keyof typeof STORE_RESULTS)[]) =>
  Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(directory, name)))]))

/** Columns of trades.csv when the hash was taken; others came behind them. */
const RECORDED_COLUMNS = 20

function recordedTrades(directory: string): string {
  const lines = readFileSync(join(directory, 'trades.csv'), 'utf8').split('\n')
  return lines.map((line) => line.split(',').slice(0, RECORDED_COLUMNS).join(',')).join('\n')
}

describe('the stores', () => {
  it('end with today’s schema: one that is released needs its own', () =>
    expect(STORE_SCHEMAS.at(-1)).toBe(SCHEMA_VERSION))
})

function expectRecorded({ result }: RunEnd): void {
  const { backtest } = result as { backtest: { path: string } }
  expect(sha256(recordedTrades(backtest.path))).toBe(STORE_RESULTS['trades.csv'])
  expect(sha256(equityTextIn(backtest.path))).toBe(STORE_RESULTS['equity.csv'])
}

describe.each(STORE_SCHEMAS)('a store of schema %i', (schema) => {
  it('is opened whole: every checkpoint is listed, verifies, and is shown', async () => {
    const { ktrdr, ids, store } = await opened(schema)
    const { checkpoints, operations } = ktrdr
    expect(operations.list().map(({ status }) => status)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
      'completed',
    ])
    for (const id of Object.values(ids)) {
      expect(checkpoints.list(id).length, id).toBeGreaterThanOrEqual(3)
      expect(checkpoints.verify(id)).toMatchObject({ damaged: 0, vanished: 0 })
      for (const { operationId, seq } of checkpoints.list(id)) {
        const shown = checkpoints.show(`${operationId}@${seq}`)
        expect(shown).toMatchObject({ damage: null, resumable: true })
        expect(shown.artifacts.filter(({ damage }) => damage !== null)).toEqual([])
      }
    }
    expect(brokenSeals(store.db)).toEqual([])
    expect(store.db.pragma('foreign_key_check')).toEqual([])
    expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(sweep(store.db, store.layout, { dryRun: true }).removed).toEqual([])
  })

  it('has the phases that its pipelines had done', async () => {
    const { ktrdr } = await opened(schema)
    const pipelines = (await ktrdr.pipelines()).list()
    expect(pipelines.map(({ pipeline, completed }) => [pipeline, completed])).toEqual(
      schema < 4 ? [] : [['fixture', 1]],
    )
  })

  it('is resumed to the same bytes', async () => {
    const { ktrdr, ids } = await opened(schema)
    for (const id of [ids.inline, ids.packed]) {
      const end = await ktrdr.operations.resume(id, {}, () => {})
      expect(end.status).toBe('completed')
      const { model } = end.result as { model: { path: string } }
      expect(hashesOf(model.path, ['model.safetensors', 'history.json'])).toEqual({
        'model.safetensors': STORE_RESULTS['model.safetensors'],
        'history.json': STORE_RESULTS['history.json'],
      })
    }
    expectRecorded(await ktrdr.operations.resume(ids.backtest, {}, () => {}))
  })

  it('goes on to the same bytes when it is saved by today’s program, and resumed from that', async () => {
    const { ktrdr, ids, store } = await opened(schema)
    const [old] = listCheckpoints(store.db, ids.backtest)
    const at = old!.cursor.at
    process.env['KTRDR_FAULT'] = `bar@${at + 20}:flush,bar@${at + 40}:cancel`
    onTestFinished(() => void delete process.env['KTRDR_FAULT'])
    const stopped = await ktrdr.operations.resume(ids.backtest, {}, () => {})
    expect(stopped.status).toBe('cancelled')
    const [saved] = listCheckpoints(store.db, ids.backtest)
    expect([saved!.cursor.at, saved!.stateVersion]).toEqual([at + 40, backtestJob.stateVersion])
    delete process.env['KTRDR_FAULT']
    expectRecorded(await ktrdr.operations.resume(ids.backtest, {}, () => {}))
  })

  it('loses nothing but what is deleted when its checkpoints are deleted one by one', async () => {
    const { ktrdr, ids, store } = await opened(schema)
    for (const id of Object.values(ids)) {
      const rows = listCheckpoints(store.db, id)
      for (const [i, { seq }] of rows.toReversed().entries()) {
        ktrdr.checkpoints.delete(id, [seq])
        for (const row of listCheckpoints(store.db, id))
          expect(() => loadCheckpoint(store, row), `${id}@${row.seq}`).not.toThrow()
        expect(listCheckpoints(store.db, id)).toHaveLength(rows.length - i - 1)
      }
      expect(existsSync(join(store.layout.packs, id))).toBe(false)
    }
  })
})

/** Rows by table, whatever the tables are. */
function contentOf(db: Sqlite): unknown {
  const tables = db
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
    .pluck()
    .all() as string[]
  return tables.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all()])
}

describe('a checkpoint of format 1', () => {
  it.each(['inline', 'packed'] as const)(
    'is never taken for another one: its pack says whose it is (state %s)',
    async (kind) => {
      const { ids, store } = await opened(1)
      const [newest, older] = listCheckpoints(store.db, ids[kind])
      store.db
        .prepare(
          `UPDATE checkpoint_blob SET blob_id = (SELECT blob_id FROM checkpoint_blob AS other
             WHERE other.checkpoint_id = ? AND other.name = checkpoint_blob.name) WHERE checkpoint_id = ?`,
        )
        .run(older!.id, newest!.id)
      expect(() => loadCheckpoint(store, newest!)).toThrow(
        expect.objectContaining({
          code: 'CHECKPOINT_CORRUPT',
          message: 'Its pack is that of another checkpoint.',
        }),
      )
      expect(() => loadCheckpoint(store, older!)).not.toThrow()
    },
  )
})

describe('a database of an older schema', () => {
  it('is copied before it is changed, for its owner alone: beside it, row by row as it was', () => {
    const { root, database } = tempLayout()
    copyStore(1, root)
    const old = openSqlite(database)
    const before = contentOf(old)
    old.close()
    openDatabase(database).close()
    const path = backupPath(database, 1)
    expect(path).toBe(join(root, 'ktrdr.db.schema-1.bak'))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const copy = openSqlite(path, { readonly: true })
    onTestFinished(() => void copy.close())
    expect(copy.pragma('user_version', { simple: true })).toBe(1)
    expect(contentOf(copy)).toEqual(before)
    expect(existsSync(`${path}.tmp`)).toBe(false)
  })

  it('is copied once: what is opened again is not, nor is a new one', () => {
    const { root, database } = tempLayout()
    openDatabase(database).close()
    openDatabase(database).close()
    for (let version = 0; version <= SCHEMA_VERSION; version++)
      expect(existsSync(backupPath(database, version)), `${root} ${version}`).toBe(false)
  })
})
