import { describe, expect, it } from 'vitest'
import { findDamage, loadNewestCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { listAttempts } from '../../../src/store/attempt-table.ts'
import { insertBundle } from '../../../src/store/bundle-table.ts'
import {
  listAllCheckpoints,
  listCheckpoints,
  markCheckpoint,
} from '../../../src/store/checkpoint-table.ts'
import type { Sqlite } from '../../../src/store/database.ts'
import { listOperations } from '../../../src/store/operation-list.ts'
import {
  bumpGeneration,
  claimOperation,
  requestCancel,
  setLastSeq,
} from '../../../src/store/operation-table.ts'
import { brokenSeals, SEALED_TABLES, type SealedTable } from '../../../src/store/row-seal.ts'
import {
  endOne,
  ID,
  operationOf,
  saveContext,
  saveMany,
  startOne,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

/** A store with a row in every sealed table. */
function filled(): Store {
  const store = tempStore()
  startOne(store.db)
  saveMany(saveContext(store), 2)
  endOne(store.db, 'cancelled')
  insertBundle(store.db, {
    operationId: ID,
    kind: 'model',
    name: 'pullback',
    variant: 'SPY_1d',
    version: 1,
    path: 'pullback/SPY_1d/v1',
    sha256: 'aa',
    sizeBytes: 10,
    createdAtMs: 5,
  })
  store.db.pragma('foreign_keys = OFF') // as in a shell of SQLite
  return store
}

type Column = { readonly name: string; readonly type: string }

function columnsOf(db: Sqlite, table: SealedTable): Column[] {
  return db.prepare<[string], Column>('SELECT name, type FROM pragma_table_info(?)').all(table)
}

/** Gives a column of one row another value of its type. */
function tamper(db: Sqlite, table: SealedTable, { name, type }: Column): void {
  const other = type === 'TEXT' ? `coalesce(${name}, '') || 'x'` : `coalesce(${name}, 0) + 1000`
  const sql = `UPDATE ${table} SET ${name} = ${other} WHERE rowid = (SELECT max(rowid) FROM ${table})`
  // Attempts have no rowid; there is one.
  const { changes } = db
    .prepare(table === 'attempt' ? `UPDATE attempt SET ${name} = ${other}` : sql)
    .run()
  expect(changes).toBe(1)
}

describe.each(SEALED_TABLES)('a row of %s', (table) => {
  it('is whole as it was written, whoever wrote it', () =>
    expect(brokenSeals(filled().db)).toEqual([]))

  it('is known to be another when any column is changed behind its back', () => {
    const columns = columnsOf(filled().db, table)
    expect(columns.length).toBeGreaterThan(9)
    for (const column of columns) {
      const { db } = filled()
      tamper(db, table, column)
      expect(brokenSeals(db), column.name).toEqual([{ table, key: expect.any(String) }])
    }
  })

  it('is still listed then, so that it can be seen', () => {
    for (const column of columnsOf(filled().db, table)) {
      const { db } = filled()
      tamper(db, table, column)
      expect(() => [listOperations(db), listAllCheckpoints(db), listAttempts(db, ID)]).not.toThrow()
    }
  })
})

describe('a seal', () => {
  it('tells null from the empty text and from 0', () => {
    for (const sql of ["note = ''", "tag = ''", 'metric = 0', "damage = ''"]) {
      const { db } = filled()
      db.exec(`UPDATE checkpoint SET ${sql} WHERE seq = 1`)
      expect(brokenSeals(db), sql).toHaveLength(1)
    }
  })

  it('tells apart columns that have changed places', () => {
    const { db } = filled()
    db.exec(`UPDATE checkpoint SET tag = 'a', note = 'b' WHERE seq = 1`)
    markCheckpoint(db, 1, { tag: 'a', note: 'b' })
    db.exec(`UPDATE checkpoint SET tag = 'b', note = 'a' WHERE seq = 1`)
    expect(brokenSeals(db)).toHaveLength(1)
  })

  it('is renewed by every write', () => {
    const { db } = filled()
    for (const write of [
      () => bumpGeneration(db, ID),
      () => setLastSeq(db, ID, 1),
      () => claimOperation(db, ID, ['cancelled'], { epochs: 3 }),
      () => requestCancel(db, ID, 'enough', 9),
      () => endOne(db, 'failed'),
      () => markCheckpoint(db, 2, { isPinned: true }),
      () => markCheckpoint(db, 2, { damage: 'a bit fell over', isSuperseded: true, note: 'x' }),
    ]) {
      write()
      expect(brokenSeals(db), String(write)).toEqual([])
    }
  })
})

describe('a checkpoint', () => {
  const load = (store: Store) =>
    loadNewestCheckpoint(store, ID, listCheckpoints(store.db, ID), operationOf(store.db).lastSeq)

  /** Its number and whose it is say which row it is: with another it is another, or gone. */
  const isName = ({ name }: Column): boolean =>
    ['id', 'operation_id', 'seq', 'superseded'].includes(name)

  it('with any column changed is damaged: an older one is used, and it is said', () => {
    for (const column of columnsOf(filled().db, 'checkpoint').filter((one) => !isName(one))) {
      const store = filled()
      tamper(store.db, 'checkpoint', column)
      const { row, damaged } = load(store)
      expect(row.seq, column.name).toBe(1)
      expect(damaged, column.name).toMatchObject([
        { seq: 2, reason: 'Its row in the database is not as it was written.' },
      ])
    }
  })

  it('whose parts are those of another one is damaged, whichever part and place it is', () => {
    const { db } = filled()
    const parts = db
      .prepare<[], string>('SELECT name FROM checkpoint_blob WHERE checkpoint_id = 2')
      .pluck()
      .all()
    expect(parts).toEqual(['equity', 'model.w', 'state'])
    for (const name of parts)
      for (const change of [
        `UPDATE checkpoint_blob SET blob_id = (SELECT blob_id FROM checkpoint_blob
           WHERE checkpoint_id = 1 AND name = @name) WHERE checkpoint_id = 2 AND name = @name`,
        `UPDATE checkpoint_blob SET ord = 1 WHERE checkpoint_id = 2 AND name = @name`,
        `UPDATE checkpoint_blob SET name = name || '2' WHERE checkpoint_id = 2 AND name = @name`,
        `DELETE FROM checkpoint_blob WHERE checkpoint_id = 2 AND name = @name`,
      ]) {
        const store = filled()
        expect(store.db.prepare(change).run({ name }).changes).toBe(1)
        expect(findDamage(store, listCheckpoints(store.db, ID)[0]!), change).toBe(
          'The list of its parts is not the one that was saved.',
        )
        expect(load(store).row.seq).toBe(1)
      }
  })

  it('is damaged, and never another, whatever is changed of a blob', () => {
    const columns = filled()
      .db.prepare<[], Column>(`SELECT name, type FROM pragma_table_info('blob')`)
      .all()
      .filter(({ name, type }) => type !== 'BLOB' && name !== 'id')
    for (const { name, type } of columns) {
      const store = filled()
      const { db } = store
      const change = type === 'TEXT' ? `${name} || 'x'` : `coalesce(${name}, 1) + 1`
      const sql = `UPDATE blob SET ${name} = ${change} WHERE id =
        (SELECT blob_id FROM checkpoint_blob WHERE checkpoint_id = 2 AND name = 'model.w')`
      expect(db.prepare(sql).run().changes).toBe(1)
      const [row] = listCheckpoints(db, ID)
      const damage = findDamage(store, row!)
      // Whose it is, in which lane and how deep it lies do not say what it is.
      if (['operation_id', 'lane', 'depth'].includes(name)) expect(damage, name).toBeUndefined()
      else expect(damage, name).toEqual(expect.any(String))
    }
  })
})
