// Writes a data directory of today's schema into test/fixtures/store-<schema>, so that every later ktrdr has to read it.
// Run it once, when a schema is about to be released; one that has been released is never written again.
//
//   node scripts/node.mjs scripts/make-store-fixture.ts

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openDatabase } from '../src/store/database.ts'
import { SCHEMA_VERSION } from '../src/store/migrations.ts'
import { seal, SEALED_TABLES } from '../src/store/row-seal.ts'

const root = resolve(import.meta.dirname, '..')
const target = join(root, 'test', 'fixtures', `store-${SCHEMA_VERSION}`)
const world = mkdtempSync(join(tmpdir(), 'ktrdr-fixture-'))
const data = join(world, 'data')
cpSync(join(root, 'test', 'fixtures', 'store-world'), world, { recursive: true })

/** @returns the id of the operation, which may have been cancelled */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const ktrdr = (more: readonly string[]): string =>
    execFileSync(
      process.execPath,
      [join(root, 'bin', 'ktrdr.ts'), ...more, '--json', '--data-dir', data],
      { cwd: world, env: { ...process.env, ...env }, stdio: 'pipe', encoding: 'utf8' },
    )
  try {
    ktrdr(args)
  } catch (error) {
    if ((error as { status?: number }).status !== 130) throw error
  }
  return JSON.parse(ktrdr(['operations', 'list'])).operations[0].operationId
}

const bars = ['--data', 'bars.csv']
/** Those of the first fixture, whatever the defaults have become. */
const terms = ['--borrow-fee', '0', '--maintenance-margin', 'none']
const train = ['train', 'walk.yaml', ...bars]
run(train)
const operations = {
  inline: run([...train, '--checkpoint-every', '10batches'], {
    KTRDR_FAULT: 'batch@20:flush,batch@30:flush,batch@40:flush,batch@47:cancel',
  }),
  packed: run([...train, '--checkpoint-every', '10batches'], {
    KTRDR_FAULT: 'batch@20:flush,batch@30:flush,batch@33:cancel',
    KTRDR_CHECKPOINT_INLINE_LIMIT: '0',
  }),
  backtest: run(['backtest', 'walk', ...bars, ...terms, '--checkpoint-every', '50bars'], {
    KTRDR_FAULT: 'bar@100:flush,bar@150:flush,bar@170:cancel',
  }),
}
execFileSync(
  process.execPath,
  [join(root, 'bin', 'ktrdr.ts'), 'pipeline', 'run', 'pipeline.yaml', '--data-dir', data],
  { cwd: world, stdio: 'pipe' },
)

for (const part of ['packs', 'models']) rmSync(join(target, part), { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const directory of ['packs', 'models'])
  cpSync(join(data, directory), join(target, directory), { recursive: true })
const db = openDatabase(join(data, 'ktrdr.db'))
for (const directory of [data, world])
  db.prepare(
    `UPDATE operation SET settings_json = replace(settings_json, @directory, '/fixture'),
       result_json = replace(result_json, @directory, '/fixture')`,
  ).run({ directory })
db.prepare(
  `UPDATE phase SET pipeline = replace(pipeline, @world, '/fixture'),
     outputs_json = replace(outputs_json, @world, '/fixture')`,
).run({ world })
db.exec(`UPDATE attempt SET host = 'lab', pid = 4711`)
for (const table of SEALED_TABLES) seal(db, table, 'true')
db.exec('VACUUM')
db.pragma('wal_checkpoint(TRUNCATE)')
db.close()
writeFileSync(join(target, 'ktrdr.db.gz'), gzipSync(readFileSync(join(data, 'ktrdr.db'))))
writeFileSync(join(target, 'operations.json'), `${JSON.stringify(operations, null, 2)}\n`)
rmSync(world, { recursive: true, force: true })
