import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FAULT_POINTS } from '../../src/core/fault.ts'
import { randomStream } from '../../src/core/rng.ts'
import { sha256 } from '../../src/core/hash.ts'
import { SCHEMA_VERSION } from '../../src/store/migrations.ts'
import { ktrdr, startKtrdr, tempDir } from '../support/program.ts'
import { copyStore, STORE_RESULTS } from '../support/store-fixture.ts'

// SIGKILL while a store of schema 1 is opened for the first time: what is left is the old schema or the new one, whole,
// and the operations in it resume to the same bytes.

const LIST = ['operations', 'list', '--json']

/** The schema of a database as it lies there, once SQLite has replayed or rolled back; every page and key is checked. */
function schemaOf(dataDir: string, checkpoints = 9): number {
  const db = new Database(join(dataDir, 'ktrdr.db'))
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(db.pragma('foreign_key_check')).toEqual([])
    const version = Number(db.pragma('user_version', { simple: true }))
    const columns = db.prepare(`SELECT name FROM pragma_table_info('checkpoint')`).pluck().all()
    expect(columns.includes('arrays_json'), 'all of one schema').toBe(version === 1)
    expect(db.prepare('SELECT count(*) FROM checkpoint').pluck().get()).toBe(checkpoints)
    return version
  } finally {
    db.close()
  }
}

async function expectResumed(dataDir: string, id: string): Promise<void> {
  const resumed = await ktrdr(['operations', 'resume', id, '--json'], { dataDir })
  expect(resumed.code, resumed.stderr).toBe(0)
  const model = readFileSync(join(resumed.json().model.path, 'model.safetensors'))
  expect(sha256(model)).toBe(STORE_RESULTS['model.safetensors'])
}

describe('a migration killed', () => {
  it.each(FAULT_POINTS.migrate)('at %s is done or has not begun', async (point) => {
    const dataDir = tempDir()
    const { inline, packed } = copyStore(1, dataDir)
    const killed = await ktrdr(LIST, { dataDir, fault: `${point}:kill` })
    expect(killed.signal).toBe('SIGKILL')
    expect(schemaOf(dataDir)).toBe(point === 'migrate.after-commit' ? SCHEMA_VERSION : 1)
    expect((await ktrdr(LIST, { dataDir })).json().operations).toHaveLength(4)
    expect(schemaOf(dataDir)).toBe(SCHEMA_VERSION)
    expect(existsSync(join(dataDir, 'ktrdr.db.schema-1.bak.tmp'))).toBe(false)
    await Promise.all([expectResumed(dataDir, inline), expectResumed(dataDir, packed)])
  })
})

describe('a migration killed at random instants', () => {
  it('is done or has not begun, again and again, until it is done', async () => {
    const { nextUnit } = randomStream(20241213, 'sampling')
    for (let round = 0; round < 4; round++) {
      const dataDir = tempDir()
      const { inline } = copyStore(1, dataDir)
      const straight = startKtrdr(LIST, { dataDir: join(dataDir, 'elsewhere') })
      const from = process.hrtime.bigint()
      await straight.done
      const takesMs = Number(process.hrtime.bigint() - from) / 1e6
      for (let kill = 0; kill < 6; kill++) {
        const run = startKtrdr(LIST, { dataDir })
        await sleep(takesMs * (0.5 + nextUnit() / 2))
        run.child.kill('SIGKILL')
        await run.done
        schemaOf(dataDir)
      }
      await expectResumed(dataDir, inline)
      expect(schemaOf(dataDir, 6), 'those of the resumed one are gone').toBe(SCHEMA_VERSION)
    }
  })
})

describe('eight at once', () => {
  it('open an old store: one migrates it, all see the new one', async () => {
    const dataDir = tempDir()
    copyStore(1, dataDir)
    const runs = await Promise.all(Array.from({ length: 8 }, () => ktrdr(LIST, { dataDir })))
    for (const run of runs) {
      expect(run.code, run.stderr).toBe(0)
      expect(run.json().operations).toHaveLength(4)
    }
    expect(schemaOf(dataDir)).toBe(SCHEMA_VERSION)
    const copy = new Database(join(dataDir, 'ktrdr.db.schema-1.bak'), { readonly: true })
    onTestFinished(() => void copy.close())
    expect(copy.pragma('user_version', { simple: true })).toBe(1)
  })
})
