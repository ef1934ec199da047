import { describe, expect, it } from 'vitest'
import {
  insertBlob,
  listBlobsOf,
  listParts,
  storedBytes,
  type BlobFacts,
  type Lane,
} from '../../../src/store/blob-table.ts'
import {
  emptyTrash,
  insertCheckpoint,
  listAllCheckpoints,
  listCheckpoints,
  listTrash,
  markCheckpoint,
  partsSha256,
  removeCheckpoints,
  type CheckpointRow,
  type NewPart,
} from '../../../src/store/checkpoint-table.ts'
import type { Sqlite } from '../../../src/store/database.ts'
import { insertPack, isPackNamed, listPacks } from '../../../src/store/pack-table.ts'
import { cursorAt, ID, idOf, startOne, tempStore } from '../../support/temp-store.ts'

const packPathOf = (seq: number, id = ID): string => `${id}/1-${seq}`

/** A blob of eight bytes in a pack of its own. */
function putBlob(
  db: Sqlite,
  seq: number,
  options: { id?: string; base?: number; depth?: number } = {},
): NewPart {
  const { id = ID, base = null, depth = 0 } = options
  const packId = insertPack(db, {
    operationId: id,
    path: packPathOf(seq, id),
    sizeBytes: 100,
    sha256: 'bb',
    createdAtMs: 1000,
  })
  const facts: BlobFacts = {
    sha256: `content ${seq}`,
    kind: 'tensor',
    dtype: 'F32',
    shape: [2],
    rawBytes: 8,
  }
  const encoding = { codec: 'raw', baseId: base, depth, sizeBytes: 8 }
  const blobId = insertBlob(
    db,
    { operationId: id, lane: 0 },
    { ...facts, ...encoding },
    { packId, offset: 64 },
  )
  return { name: 'w', ord: 0, blobId, facts }
}

function insertOne(
  db: Sqlite,
  seq: number,
  changes: Partial<CheckpointRow> = {},
  parts = [putBlob(db, seq, changes.operationId ? { id: changes.operationId } : {})],
): void {
  insertCheckpoint(
    db,
    {
      operationId: ID,
      seq,
      lane: 0,
      generation: 1,
      type: 'periodic',
      cursor: cursorAt(seq),
      summary: { trainLoss: 0.5 },
      metric: 0.25,
      format: 2,
      stateVersion: 1,
      rawBytes: 8,
      sizeBytes: 100,
      depth: 0,
      createdAtMs: 1000 + seq,
      ...changes,
    },
    parts,
  )
}

const seqs = (rows: readonly CheckpointRow[]): number[] => rows.map(({ seq }) => seq)

describe('checkpoints', () => {
  it('come back as they were inserted, good as far as is known', () => {
    const { db } = tempStore()
    startOne(db)
    const part = putBlob(db, 1)
    insertOne(db, 1, { metric: null }, [part])
    expect(listCheckpoints(db, ID)).toEqual([
      {
        id: expect.any(Number),
        operationId: ID,
        seq: 1,
        lane: 0,
        generation: 1,
        type: 'periodic',
        cursor: cursorAt(1),
        summary: { trainLoss: 0.5 },
        metric: null,
        format: 2,
        stateVersion: 1,
        partsSha256: partsSha256([{ ...part, blob: part.facts }]),
        rawBytes: 8,
        sizeBytes: 100,
        depth: 0,
        createdAtMs: 1001,
        damage: null,
        isSuperseded: false,
        isPinned: false,
        tag: null,
        note: null,
        isSealed: true,
      },
    ])
  })

  it('have their parts in order, each with where it lies', () => {
    const { db } = tempStore()
    startOne(db)
    const [first, second] = [putBlob(db, 1), putBlob(db, 2)]
    insertOne(db, 1, {}, [
      { ...second, name: 'equity', ord: 1 },
      { ...first, name: 'equity', ord: 0 },
    ])
    const [row] = listCheckpoints(db, ID)
    const [pack] = listPacks(db, ID)
    expect(listParts(db, row!.id).map(({ name, ord, blob }) => [name, ord, blob.id])).toEqual([
      ['equity', 0, first.blobId],
      ['equity', 1, second.blobId],
    ])
    expect(listParts(db, row!.id)[0]!.blob).toMatchObject({
      ...first.facts,
      codec: 'raw',
      packId: pack!.id,
      offset: 64,
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
    expect(() => insertOne(db, 1, {}, [])).toThrow('UNIQUE')
    expect(() => putBlob(db, 1)).toThrow('UNIQUE')
  })

  it('of one lane of an operation store a blob once, those of others their own', () => {
    const { db } = tempStore()
    startOne(db)
    startOne(db, idOf('other'))
    const { facts } = putBlob(db, 1)
    putBlob(db, 1, { id: idOf('other') })
    const again = { ...facts, codec: 'raw', baseId: null, depth: 0, sizeBytes: 8 }
    const insert = (lane: Lane) => () =>
      insertBlob(db, { operationId: ID, lane }, again, { inline: new Uint8Array(8) })
    expect(insert(0)).toThrow('UNIQUE')
    expect(insert(1), 'the other lane has its own').not.toThrow()
  })

  it('remember what is marked, and nothing else of them changes', () => {
    const { db } = tempStore()
    startOne(db)
    insertOne(db, 1)
    const [before] = listCheckpoints(db, ID)
    const marks = { damage: 'a bit fell over', isSuperseded: true, isPinned: true, tag: 'v1' }
    markCheckpoint(db, before!.id, { ...marks, note: 'mine' })
    expect(listCheckpoints(db, ID)).toEqual([{ ...before, ...marks, note: 'mine' }])
    markCheckpoint(db, before!.id, { damage: null, isPinned: false })
    expect(listCheckpoints(db, ID)).toEqual([
      { ...before, ...marks, note: 'mine', damage: null, isPinned: false },
    ])
  })

  it('whose pack and blobs are gone are still listed', () => {
    const { db } = tempStore()
    startOne(db)
    insertOne(db, 1)
    db.pragma('foreign_keys = OFF')
    db.exec('DELETE FROM pack; DELETE FROM blob')
    expect(seqs(listCheckpoints(db, ID))).toEqual([1])
    expect(listParts(db, listCheckpoints(db, ID)[0]!.id)).toEqual([])
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
    expect(listTrash(db)).toEqual([packPathOf(1), packPathOf(2)])
    expect([1, 2, 3].map((seq) => isPackNamed(db, packPathOf(seq)))).toEqual([false, false, true])
    expect(storedBytes(db, ID)).toBe(100)
    emptyTrash(db, [packPathOf(1), 'not there'])
    expect(listTrash(db)).toEqual([packPathOf(2)])
  })

  it('leave what another one consists of', () => {
    const { db } = tempStore()
    startOne(db)
    const shared = putBlob(db, 1)
    insertOne(db, 1, {}, [shared])
    insertOne(db, 2, {}, [shared, { ...putBlob(db, 2), name: 'own' }])
    const [newer, older] = listCheckpoints(db, ID)
    removeCheckpoints(db, [older!], 77)
    expect(listTrash(db)).toEqual([])
    expect(listParts(db, newer!.id)).toHaveLength(2)
    removeCheckpoints(db, [newer!], 78)
    expect(listTrash(db)).toEqual([packPathOf(1), packPathOf(2)])
    expect(listBlobsOf(db, ID)).toEqual([])
  })

  it('leave what the delta of another one is to be applied to, and take it along with the delta', () => {
    const { db } = tempStore()
    startOne(db)
    const base = putBlob(db, 1)
    const middle = putBlob(db, 2, { base: base.blobId, depth: 1 })
    const top = putBlob(db, 3, { base: middle.blobId, depth: 2 })
    for (const [i, part] of [base, middle, top].entries()) insertOne(db, i + 1, {}, [part])
    const [newest, ...older] = listCheckpoints(db, ID)
    removeCheckpoints(db, older, 77)
    expect(listTrash(db)).toEqual([])
    expect(listBlobsOf(db, ID)).toHaveLength(3)
    removeCheckpoints(db, [newest!], 78)
    expect(listBlobsOf(db, ID)).toEqual([])
    expect(listTrash(db)).toEqual([1, 2, 3].map((seq) => packPathOf(seq)))
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

describe('the trash', () => {
  it('never gives out a path that a pack row names: whoever unlinks it would take a checkpoint', () => {
    const { db } = tempStore()
    startOne(db)
    insertOne(db, 1)
    db.prepare('INSERT INTO trash (path, since_ms) VALUES (?, 0)').run(packPathOf(1))
    expect(listTrash(db)).toEqual([])
  })
})
