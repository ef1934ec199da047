import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { inTransaction, openDatabase } from '../../../src/store/database.ts'
import { SCHEMA_VERSION } from '../../../src/store/migrations.ts'
import { listOperationIds, listOperations } from '../../../src/store/operation-list.ts'
import { tempDir } from '../../support/program.ts'
import { idOf, openTemporarily, startOne, tempStore } from '../../support/temp-store.ts'

const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('every connection', () => {
  it.each([
    ['synchronous', 2, 'FULL: an acknowledged commit survives a power cut'],
    ['foreign_keys', 1, 'no row names what is not there'],
    ['journal_mode', 'wal', 'readers never wait for the writer'],
    ['trusted_schema', 0, 'a hostile file runs nothing'],
    ['cell_size_check', 1, 'a damaged page is seen early'],
    ['user_version', SCHEMA_VERSION, 'the schema is up to date'],
    ['auto_vacuum', 2, 'what was deleted can be given back to the disk'],
  ])('has %s = %s (%s)', (pragma, value, _why) => {
    const { db, layout } = tempStore()
    expect(db.pragma(pragma, { simple: true })).toBe(value)
    expect(openTemporarily(layout.database).pragma(pragma, { simple: true })).toBe(value)
  })

  it('runs on a SQLite without the WAL-reset corruption (3.51.3 or newer)', () => {
    const version = String(tempStore().db.prepare('SELECT sqlite_version()').pluck().get())
    const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(3_051_003)
  })
})

describe('the files', () => {
  it('are readable by their owner alone, -wal and -shm included', () => {
    const { db, layout } = tempStore()
    startOne(db)
    for (const suffix of ['', '-wal', '-shm'])
      expect(modeOf(layout.database + suffix), `ktrdr.db${suffix}`).toBe(0o600)
  })

  it('keep their rows when they are opened again', () => {
    const { db, layout } = tempStore()
    startOne(db)
    const before = listOperations(db)
    db.close()
    expect(listOperations(openTemporarily(layout.database))).toEqual(before)
  })

  it('of a newer ktrdr are refused with exit 6 and left as they are', () => {
    const { db, layout } = tempStore()
    db.pragma(`user_version = ${SCHEMA_VERSION + 1}`)
    db.close()
    expect(() => openDatabase(layout.database)).toThrow(
      expect.objectContaining({
        code: 'FORMAT_TOO_NEW',
        exitCode: 6,
        message: expect.stringContaining(
          `schema ${SCHEMA_VERSION + 1}, this one knows ${SCHEMA_VERSION}`,
        ),
      }),
    )
    expect(() => openDatabase(layout.database), 'again, not migrated').toThrow('newer ktrdr')
  })

  it('that are no database are refused and left as they are', () => {
    const path = join(tempDir(), 'ktrdr.db')
    writeFileSync(path, 'my notes, not a database. '.repeat(200))
    expect(() => openDatabase(path)).toThrow(expect.objectContaining({ code: 'SQLITE_NOTADB' }))
    expect(statSync(path).size).toBe(26 * 200)
  })
})

describe('a transaction', () => {
  it('is all or nothing', () => {
    const { db } = tempStore()
    const broken = (): void =>
      inTransaction(db, () => {
        startOne(db)
        throw new Error('half way')
      })
    expect(broken).toThrow('half way')
    expect(listOperationIds(db)).toEqual([])
    expect(
      inTransaction(db, () => startOne(db)),
      'and returns what its work returned',
    ).toBe(listOperationIds(db)[0])
  })

  it('takes the write lock at once, so that what it read is still true when it writes', () => {
    const { db, layout } = tempStore()
    const other = openTemporarily(layout.database)
    other.pragma('busy_timeout = 0')
    inTransaction(db, () => {
      expect(listOperationIds(db)).toEqual([])
      expect(() => startOne(other)).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }))
    })
    expect(() => startOne(other)).not.toThrow()
  })
})

describe('whoever only reads', () => {
  it('does not wait for one who is suspended in the middle of a write', () => {
    const { db, layout } = tempStore()
    startOne(db)
    db.exec('BEGIN IMMEDIATE')
    db.exec("UPDATE operation SET name = 'half'")
    expect(listOperations(openTemporarily(layout.database))).toMatchObject([{ name: 'pullback' }])
    db.exec('ROLLBACK')
  })
})

describe('a new database', () => {
  it('can be opened by eight threads at the same instant: one creates it, all may write', async () => {
    for (let round = 0; round < 3; round++) {
      const gate = new Int32Array(new SharedArrayBuffer(4))
      const path = join(tempDir(), 'ktrdr.db')
      const workers = Array.from(
        { length: 8 },
        () =>
          new Worker(new URL('../../support/open-database-thread.ts', import.meta.url), {
            workerData: { path, gate },
          }),
      )
      await Promise.all(workers.map((worker) => once(worker, 'message')))
      const answers = workers.map((worker) => once(worker, 'message'))
      Atomics.store(gate, 0, 1)
      Atomics.notify(gate, 0)
      for (const answer of answers)
        expect((await answer)[0]).toEqual({ version: SCHEMA_VERSION, mode: 'wal' })
    }
  })
})

describe('rows', () => {
  it('of an operation cannot go while a checkpoint, pack or bundle belongs to it', () => {
    const { db } = tempStore()
    startOne(db, idOf('one'))
    const insert = `INSERT INTO pack (operation_id, path, size_bytes, sha256, created_at_ms) VALUES (?, 'p', 1, 'x', 0)`
    db.prepare(insert).run(idOf('one'))
    expect(() => db.prepare('DELETE FROM operation').run()).toThrow('FOREIGN KEY')
    expect(
      () => db.prepare(insert.replace("'p'", "'q'")).run(idOf('two')),
      'nor come without one',
    ).toThrow('FOREIGN KEY')
  })
})
