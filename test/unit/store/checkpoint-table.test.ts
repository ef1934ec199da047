import { describe, expect, it } from 'vitest'
import {
  emptyTrash,
  insertCheckpoint,
  isPackNamed,
  listAllCheckpoints,
  listCheckpoints,
  listTrash,
  markDamage,
  removeCheckpoints,
  type CheckpointRow,
} from '../../../src/store/checkpoint-table.ts'
import type { Sqlite } from '../../../src/store/database.ts'
import { cursorAt, ID, idOf, startOne, tempStore } from '../../support/temp-store.ts'

function insertOne(db: Sqlite, seq: number, changes: Partial<CheckpointRow> = {}): void {
  insertCheckpoint(db, {
    operationId: ID,
    seq,
    generation: 1,
    type: 'periodic',
    cursor: cursorAt(seq),
    summary: { trainLoss: 0.5 },
    metric: 0.25,
    format: 1,
    stateJson: '{"epoch":-0}',
    stateSha256: 'aa',
    arrays: [{ name: 'w', sizeBytes: 12 }],
    packPath: `${changes.operationId ?? ID}/1-${seq}`,
    packBytes: 100,
    packSha256: 'bb',
    sizeBytes: 112,
    createdAtMs: 1000 + seq,
    ...changes,
  })
}

const seqs = (rows: readonly CheckpointRow[]): number[] => rows.map(({ seq }) => seq)

describe('checkpoints', () => {
  it('come back as they were inserted, good as far as is known', () => {
    const { db } = tempStore()
    startOne(db)
    insertOne(db, 1, { metric: null, stateJson: null })
    expect(listCheckpoints(db, ID)[0]).toMatchObject({
      seq: 1,
      cursor: cursorAt(1),
      summary: { trainLoss: 0.5 },
      metric: null,
      stateJson: null,
      arrays: [{ name: 'w', sizeBytes: 12 }],
      packPath: `${ID}/1-1`,
      packBytes: 100,
      packSha256: 'bb',
      damage: null,
    })
  })

  it('of one operation are listed by number, newest first, whatever the clock said', () => {
    const { db } = tempStore()
    startOne(db)
    for (const seq of [2, 10, 1]) insertOne(db, seq, { createdAtMs: 1000 - seq })
    expect(seqs(listCheckpoints(db, ID))).toEqual([10, 2, 1])
  })

  it('of all operations are listed as they came, newest first', () => {
    const { db } = tempStore()
    startOne(db)
    startOne(db, idOf('other'))
    insertOne(db, 1, { createdAtMs: 5 })
    insertOne(db, 2, { createdAtMs: 9, operationId: idOf('other') })
    insertOne(db, 3, { createdAtMs: 7 })
    expect(seqs(listAllCheckpoints(db))).toEqual([3, 2, 1])
    expect(seqs(listCheckpoints(db, ID))).toEqual([3, 1])
  })

  it('never share a number or a file', () => {
    const { db } = tempStore()
    startOne(db)
    insertOne(db, 1)
    expect(() => insertOne(db, 1, { packPath: 'elsewhere' })).toThrow('UNIQUE')
    expect(() => insertOne(db, 2, { packPath: `${ID}/1-1` })).toThrow('UNIQUE')
  })

  it('remember that they are damaged', () => {
    const { db } = tempStore()
    startOne(db)
    insertOne(db, 1)
    markDamage(db, listCheckpoints(db, ID)[0]!.id, 'a bit fell over')
    expect(listCheckpoints(db, ID)[0]!.damage).toBe('a bit fell over')
  })

  it('whose pack row is gone are still listed, without a file', () => {
    const { db } = tempStore()
    startOne(db)
    insertOne(db, 1)
    db.pragma('foreign_keys = OFF')
    db.prepare('DELETE FROM pack').run()
    expect(listCheckpoints(db, ID)).toMatchObject([{ seq: 1, packPath: '', packBytes: 0 }])
  })
})

describe('removed checkpoints', () => {
  it('leave their files in the trash, named by no row, until the trash is emptied of them', () => {
    const { db } = tempStore()
    startOne(db)
    for (const seq of [1, 2, 3]) insertOne(db, seq)
    const [, ...older] = listCheckpoints(db, ID)
    removeCheckpoints(db, older, 77)
    expect(seqs(listCheckpoints(db, ID))).toEqual([3])
    expect(listTrash(db)).toEqual([`${ID}/1-1`, `${ID}/1-2`])
    expect([1, 2, 3].map((seq) => isPackNamed(db, `${ID}/1-${seq}`))).toEqual([false, false, true])
    emptyTrash(db, [`${ID}/1-1`, 'not there'])
    expect(listTrash(db)).toEqual([`${ID}/1-2`])
  })

  it('without a pack row leave nothing in the trash', () => {
    const { db } = tempStore()
    startOne(db)
    insertOne(db, 1)
    db.pragma('foreign_keys = OFF')
    db.prepare('DELETE FROM pack').run()
    removeCheckpoints(db, listCheckpoints(db, ID), 77)
    expect(listTrash(db)).toEqual([])
    expect(listCheckpoints(db, ID)).toEqual([])
  })
})
