// What is typed where an id belongs, what a database may hold besides its rows, and what must never be written down.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import { ktrdr } from '../support/program.ts'
import { directoriesOfFile } from '../support/spawned.ts'
import { makeWorld } from '../support/world.ts'

const directory = directoriesOfFile()
const world = makeWorld({ bars: 600, epochs: 2 })
const store = world.dataDir('store')

/** A training with its checkpoints, and a backtest. */
async function useStore(): Promise<void> {
  for (const args of [world.train('--keep-checkpoints'), world.backtest()])
    expect((await ktrdr([...args, '--quiet'], { dataDir: store })).code).toBe(0)
}

beforeAll(async () => {
  await useStore()
  return world.remove
})

function copyOfStore(name: string): string {
  const copy = join(directory(name), 'data')
  cpSync(store, copy, { recursive: true })
  return copy
}

/** Rows of every table: what a command must not change. */
function rowsIn(dataDir: string): unknown {
  const db = new Database(join(dataDir, 'ktrdr.db'), { readonly: true })
  try {
    return ['operation', 'checkpoint', 'bundle', 'pack', 'blob'].map((table) =>
      db.prepare(`SELECT * FROM ${table}`).all(),
    )
  } finally {
    db.close()
  }
}

const filesIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/-(?:wal|shm)$/.test(name))
    .toSorted()

/** Of sqlmap's kind; LIKE's wildcards; paths; and what an id looks like. */
const IDS = [
  "' OR '1'='1",
  "x'; DELETE FROM operation; --",
  "latest' UNION SELECT sql FROM sqlite_schema --",
  '%',
  '_',
  'op_%',
  '*',
  'x" OR ""="',
  "'||(SELECT load_extension('/tmp/x'))||'",
  '../../etc/passwd',
  '..',
  '.',
  '/etc/passwd',
  'packs/..',
  '__proto__',
  'constructor',
  '1e999',
  `op_training_${'9'.repeat(5000)}`,
]

describe.concurrent('where an id belongs', () => {
  it.each(IDS.map((id) => [id.slice(0, 50), id]))(
    '%j names nothing, and changes nothing',
    async (_, id = '') => {
      const dataDir = copyOfStore(`id-${IDS.indexOf(id)}`)
      const victim = join(dataDir, '..', 'victim')
      writeFileSync(victim, 'precious')
      const before = { rows: rowsIn(dataDir), files: filesIn(dataDir) }
      for (const args of [
        ['operations', 'show', id],
        ['operations', 'delete', id, '--yes'],
        ['operations', 'resume', id],
        ['operations', 'logs', id],
        ['checkpoints', 'delete', `${id}@1`, '--yes'],
        ['models', 'delete', id, '--yes'],
      ]) {
        const { code, stderr } = await ktrdr(args, { dataDir })
        expect([2, 4], `${args.join(' ')}: ${stderr}`).toContain(code)
        expect(stderr).toMatch(/Code: (USAGE|\w+_NOT_FOUND)/)
      }
      expect({ rows: rowsIn(dataDir), files: filesIn(dataDir) }).toEqual(before)
      expect(readFileSync(victim, 'utf8')).toBe('precious')
    },
  )

  it.each([
    ['operations', 'list', '--status', "completed' OR 1=1 --"],
    ['operations', 'list', '--sort', 'created_at; DROP TABLE operation'],
    ['operations', 'list', '--limit', '1; DROP TABLE operation'],
    ['checkpoints', 'list', '--sort', '(SELECT 1)'],
    ['checkpoints', 'cleanup', '--older-than', "1d' OR 1=1"],
  ])('%s %s %s %j is no value of that option', async (...args) => {
    const before = rowsIn(store)
    const { code, stderr } = await ktrdr(args, { dataDir: store })
    expect(code, stderr).toBe(2)
    expect(rowsIn(store)).toEqual(before)
  })
})

it('a type that is none lists nothing', async () => {
  const args = ['operations', 'list', '--type', "x' OR 'x'='x", '--json']
  const { code, json } = await ktrdr(args, { dataDir: store })
  expect(code).toBe(0)
  expect(json().operations).toEqual([])
})

describe.concurrent('a database with more in it than rows', () => {
  const plant = (dataDir: string, ...statements: readonly string[]): void => {
    const db = new Database(join(dataDir, 'ktrdr.db'))
    for (const statement of statements) db.exec(statement)
    db.close()
  }
  const COMMANDS = [
    ['operations', 'list'],
    ['models', 'list'],
    ['gc'],
    ['checkpoints', 'verify'],
    ['doctor'],
    ['lookahead', world.strategy, '--data', world.bars],
    world.backtest('--quiet'),
  ]

  it.each<[string, readonly string[]]>([
    [
      'a trigger',
      [
        `CREATE TRIGGER planted AFTER INSERT ON operation BEGIN SELECT load_extension('/tmp/planted.so'); END`,
      ],
    ],
    [
      'a trigger that removes',
      ['CREATE TRIGGER planted AFTER INSERT ON operation BEGIN DELETE FROM bundle; END'],
    ],
    [
      'a view in the place of a table',
      [
        'PRAGMA foreign_keys = OFF; ALTER TABLE bundle RENAME TO bundle_before',
        `CREATE VIEW bundle AS SELECT * FROM bundle_before, (SELECT writefile('/tmp/planted', 'x'))`,
      ],
    ],
  ])('%s, is refused by every command, and made again by doctor', async (what, statements) => {
    const dataDir = copyOfStore(`planted-${what.replaceAll(/\W/g, '-')}`)
    plant(dataDir, ...statements)
    for (const args of COMMANDS) {
      const { code, stdout, stderr } = await ktrdr(args, { dataDir })
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(6)
      expect(`${stdout}${stderr}`, args.join(' ')).toContain('which ktrdr did not make')
    }
    const rebuilt = await ktrdr(['doctor', '--rebuild'], { dataDir })
    expect([0, 3], rebuilt.stderr).toContain(rebuilt.code)
    const { code, json } = await ktrdr(['models', 'list', '--json'], { dataDir })
    expect(code).toBe(0)
    expect(json().models, 'published models are found again').toHaveLength(1)
  })
})

it('no secret of the environment is written down, or said', async () => {
  const dataDir = join(directory('secrets'), 'data')
  const out = directory('secrets-out')
  const SECRETS = {
    KTRDR_ENCRYPTION_PASSPHRASE: 'canary-passphrase-31415926',
    AWS_SECRET_ACCESS_KEY: 'canary-aws-27182818',
    DATABASE_URL: 'postgres://user:canary-database-16180339@host/db',
  }
  const env = { ...SECRETS, KTRDR_CHECKPOINT_ENCRYPTION: 'aes-256-gcm', KTRDR_LOG_LEVEL: 'debug' }
  const said: string[] = []
  const run = async (args: readonly string[], fault?: string): Promise<void> => {
    const { stdout, stderr } = await ktrdr(args, {
      dataDir,
      env,
      ...(fault === undefined ? {} : { fault }),
    })
    said.push(stdout, stderr)
  }
  await run(world.train('--keep-checkpoints', '--verbose'))
  await run(world.train('--checkpoint-every', '1epochs'), 'batch@30:throw')
  await run(world.backtest('--export', join(out, 'export'), '--json'))
  await run(['report', 'latest', '--out', join(out, 'report.html')])
  await run(['config', 'show', '--json'])
  await run(['config', 'show'])
  await run(['doctor', '--json'])
  await run(['operations', 'show', 'latest', '--json'])
  await run(['operations', 'logs', 'latest'])
  await run(['checkpoints', 'export', 'latest@1', '--to', join(out, 'checkpoint')])
  await run(['operations', 'show', 'nothing', '--verbose'])
  const written = [dataDir, out].flatMap((root) =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  expect(written.length, 'a store, a log, an export and a report').toBeGreaterThan(15)
  for (const path of written) {
    const bytes = readFileSync(path)
    for (const secret of Object.values(SECRETS))
      for (const form of [secret, Buffer.from(secret).toString('base64'), sha256(secret)])
        expect(bytes.includes(form), `${path} holds ${secret}`).toBe(false)
  }
  expect(said.join('\n').length).toBeGreaterThan(2000)
  expect(said.join('\n')).not.toContain('canary')
})
