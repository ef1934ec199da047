import { describe, expect, it } from 'vitest'
import { findOperationId } from '../../../src/core/ids.ts'
import { writeCheckpoint } from '../../../src/checkpoint/write-checkpoint.ts'
import { findVersion } from '../../../src/operations/find-checkpoint.ts'
import { listCheckpointViews } from '../../../src/operations/list-checkpoints.ts'
import { listOperationViews } from '../../../src/operations/list-operations.ts'
import { recoverDead } from '../../../src/operations/recover.ts'
import { RESUMABLE } from '../../../src/operations/states.ts'
import { viewOperation, viewOperationDetails } from '../../../src/operations/views.ts'
import { listCheckpoints, markCheckpoint } from '../../../src/store/checkpoint-table.ts'
import { inTransaction, openDatabase, type Sqlite } from '../../../src/store/database.ts'
import {
  listIdsLike,
  OPERATION_ORDERS,
  pageOperations,
  statusesOfSaved,
  listOperations,
} from '../../../src/store/operation-list.ts'
import { type OperationRow } from '../../../src/store/operation-table.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import {
  endOne,
  idOf,
  operationOf,
  progressAt,
  saveContext,
  saveOf,
  startOne,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

const TYPES = ['training', 'backtesting'] as const
const ENDINGS = ['completed', 'failed', 'cancelled', 'running'] as const

/** Thirty operations of all kinds and ends; some were saved, and of those some only to what cannot be used. */
function variedStore(): Store {
  const store = tempStore()
  const { db } = store
  for (let i = 0; i < 30; i++) {
    const id = idOf(`t${i}`)
    startOne(db, id, {
      type: TYPES[i % 2]!,
      progress: progressAt((i * 7) % 20),
      ...(i === 2 ? { settings: null } : {}),
    })
    for (let seq = 1; seq <= i % 4; seq++) {
      const context = saveContext(store, { fence: { operationId: id, generation: 1 } })
      writeCheckpoint(context, saveOf(seq, { progress: progressAt((i * 7) % 20) }), seq)
    }
    if (i % 8 === 5) markAll(db, id, { damage: 'a bit flipped' })
    if (i % 8 === 3) markAll(db, id, { isSuperseded: true })
    const ending = ENDINGS[(i >> 1) % 4]!
    if (ending !== 'running') endOne(db, ending, id)
  }
  db.prepare('UPDATE operation SET progress_json = ? WHERE id = ?').run('{"dam', idOf('t4'))
  return store
}

/** As it was before the database was asked for it. */
function isResumable(db: Sqlite, { id, status, settings }: OperationRow): boolean {
  const usable = listCheckpoints(db, id).filter((row) => row.damage === null && !row.isSuperseded)
  return ['failed', 'cancelled'].includes(status) && settings !== null && usable.length > 0
}

function markAll(db: Sqlite, id: string, marks: Parameters<typeof markCheckpoint>[2]): void {
  inTransaction(db, () => {
    for (const row of listCheckpoints(db, id)) markCheckpoint(db, row.id, marks)
  })
}

describe('a page of operations', () => {
  it('is what filtering and sorting all of them gives, whatever is asked for', () => {
    const { db } = variedStore()
    const all = listOperations(db).map((row) => ({ row, view: viewOperation(db, row, 0) }))
    const keys = {
      age: () => 0,
      progress: ({ view }: (typeof all)[number]) => -view.progress,
      size: ({ view }: (typeof all)[number]) => -view.checkpointBytes,
      status: ({ view }: (typeof all)[number]) =>
        ['cancelled', 'completed', 'failed', 'running'].indexOf(view.status),
    }
    const lengths = new Set<number>()
    for (const order of OPERATION_ORDERS)
      for (const status of [undefined, ...ENDINGS])
        for (const type of [undefined, ...TYPES, 'none'])
          for (const resumable of [false, true])
            for (const limit of [undefined, 1, 5]) {
              const expected = all
                .filter(
                  ({ row, view }) =>
                    (status === undefined || view.status === status) &&
                    (type === undefined || view.type === type) &&
                    (!resumable || isResumable(db, row)),
                )
                .toSorted((a, b) => keys[order](a) - keys[order](b))
                .slice(0, limit)
                .map(({ row }) => row.id)
              const resumableIn = resumable ? RESUMABLE : undefined
              const page = pageOperations(db, { status, type, resumableIn, order, limit })
              expect(
                page.map(({ id }) => id),
                JSON.stringify({ order, status, type, resumable, limit }),
              ).toEqual(expected)
              lengths.add(expected.length)
            }
    expect(lengths.size, 'the pages differ').toBeGreaterThan(5)
  })

  it('shows of each what is shown of it alone', () => {
    const { db, layout } = variedStore()
    const alone = listOperations(db).map((row) => viewOperation(db, row, 7))
    expect(listOperationViews(db, layout, 7, {})).toEqual(alone)
    const kinds = alone.map(({ checkpoint, resumable }) => `${checkpoint !== null} ${resumable}`)
    expect([...new Set(kinds)].toSorted()).toEqual(['false false', 'true false', 'true true'])
    expect(new Set(alone.map(({ checkpointBytes }) => checkpointBytes > 0)).size).toBe(2)
  })

  it('names of the saved ones their states, the newest first', () => {
    const { db } = variedStore()
    const saved = listOperations(db).filter(({ id }) => listCheckpoints(db, id).length > 0)
    expect([...statusesOfSaved(db)]).toEqual(saved.map(({ id, status }) => [id, status]))
  })
})

describe('an id', () => {
  it('is found among those that are like it as among all', () => {
    const { db } = variedStore()
    const ids = listOperations(db).map(({ id }) => id)
    const outcome = (text: string, among: readonly string[]): string => {
      try {
        return findOperationId(text, among)
      } catch (error) {
        return (error as Error).message
      }
    }
    for (const text of [
      'latest',
      '',
      ids[3]!,
      ids[3]!.slice(-6),
      't7',
      'op_training_20',
      'op_',
      'x',
      '%',
      '_',
      "'",
      'a\0',
      '株',
    ])
      expect(outcome(text, listIdsLike(db, text)), text).toBe(outcome(text, ids))
  })
})

describe('what a command asks of the store', () => {
  /** SQL of all statements that `work` prepares, in a connection that has prepared none yet. */
  function asked({ layout, ...store }: Store, work: (store: Store) => unknown): string[] {
    const db = openDatabase(layout.database)
    try {
      const prepared: string[] = []
      const prepare = db.prepare.bind(db)
      db.prepare = ((sql: string) => {
        prepared.push(sql)
        return prepare(sql)
      }) as typeof db.prepare
      work({ ...store, layout, db })
      return [...new Set(prepared)]
    } finally {
      db.close()
    }
  }

  /** What SQLite would read from one end to the other, without the help of an index that holds all that is asked for. */
  function scansOf(db: Sqlite, sql: string): string[] {
    const plain = sql.replaceAll(/@\w+|\?/g, "'x'")
    return (db.prepare(`EXPLAIN QUERY PLAN ${plain}`).all() as { detail: string }[])
      .map(({ detail }) => detail)
      .filter((detail) =>
        /^SCAN (?!.*COVERING INDEX)(operation|attempt|checkpoint|pack|blob)/.test(detail),
      )
  }

  it.each<[string, (store: Store, id: string) => unknown]>([
    [
      'operations show',
      ({ db, layout }, id) => viewOperationDetails(db, layout, operationOf(db, id), 0),
    ],
    [
      'an id, its tail, its beginning',
      ({ db }, id) => [id, id.slice(-6), 'op_tr'].map((text) => listIdsLike(db, text)),
    ],
    ['checkpoints show', ({ db }, id) => findVersion(db, id)],
    ['checkpoints list ID', ({ db }, id) => listCheckpointViews(db, 0, id, { status: 'failed' })],
    ['the start of any command', ({ db, layout }) => recoverDead(db, layout, fakeClock())],
    [
      'operations list --status',
      ({ db, layout }) => listOperationViews(db, layout, 0, { status: 'failed', limit: 20 }),
    ],
    [
      'operations list --resumable',
      ({ db, layout }) => listOperationViews(db, layout, 0, { resumable: true, limit: 20 }),
    ],
  ])('is found by an index: %s', (_, work) => {
    const store = variedStore()
    const statements = asked(store, (fresh) => work(fresh, idOf('t3')))
    expect(statements.length).toBeGreaterThan(0)
    expect(
      statements.flatMap((sql) => scansOf(store.db, sql).map((scan) => `${scan}: ${sql}`)),
    ).toEqual([])
  })

  it('scans are seen at all', () => {
    const { db } = variedStore()
    expect(scansOf(db, 'SELECT * FROM operation WHERE name = ?')).toEqual(['SCAN operation'])
    expect(scansOf(db, 'SELECT id FROM operation WHERE substr(id, 1, 2) = ?')).toEqual([])
  })
})
