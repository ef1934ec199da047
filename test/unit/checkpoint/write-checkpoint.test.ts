import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodePack } from '../../../src/checkpoint/pack.ts'
import { decodeRecovery } from '../../../src/checkpoint/recovery.ts'
import { loadCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { writeCheckpoint } from '../../../src/checkpoint/write-checkpoint.ts'
import { putTogether, takeApart } from '../../../src/core/snapshot.ts'
import { listAttempts } from '../../../src/store/attempt-table.ts'
import { listParts } from '../../../src/store/blob-table.ts'
import { listCheckpoints, listTrash } from '../../../src/store/checkpoint-table.ts'
import { bumpGeneration } from '../../../src/store/operation-table.ts'
import {
  CREATED_AT_MS,
  cursorAt,
  filesOf,
  ID,
  operationOf,
  progressAt,
  saveContext,
  saveMany,
  saveOf,
  startOne,
  stateOf,
  tempStore,
} from '../../support/temp-store.ts'

describe('an acknowledged checkpoint', () => {
  it('is recorded with the operation: number, progress, cursor, figures', () => {
    const store = tempStore()
    startOne(store.db)
    writeCheckpoint(saveContext(store), saveOf(29, { metric: 0.25, type: 'shutdown' }), 1234)
    expect(operationOf(store.db)).toMatchObject({
      lastSeq: 29,
      progress: progressAt(29),
      status: 'running',
    })
    expect(listCheckpoints(store.db, ID)).toMatchObject([
      {
        seq: 29,
        generation: 1,
        type: 'shutdown',
        cursor: cursorAt(29),
        summary: { trainLoss: 1 / 29 },
        metric: 0.25,
        createdAtMs: 1234,
        damage: null,
        stateVersion: 1,
        depth: 0,
        isSuperseded: false,
        isPinned: false,
        isSealed: true,
      },
    ])
    const [row] = listCheckpoints(store.db, ID)
    const parts = listParts(store.db, row!.id)
    expect(parts.map(({ name, blob }) => [name, blob.kind, blob.rawBytes])).toEqual([
      ['equity', 'rows', 16],
      ['model.w', 'tensor', 12],
      ['state', 'state', expect.any(Number)],
    ])
    expect(row!.rawBytes).toBe(parts.reduce((sum, { blob }) => sum + blob.rawBytes, 0))
  })

  it('can be told from its file alone', () => {
    const store = tempStore()
    startOne(store.db)
    saveMany(saveContext(store), 2)
    const file = readFileSync(join(store.layout.packs, ID, '1-2.safetensors'))
    const { head, recovery } = decodePack(file)
    expect(head).toEqual({
      operationId: ID,
      generation: 1,
      seq: 2,
      lane: 1,
      type: 'periodic',
      cursor: cursorAt(2),
      stateVersion: 1,
      createdAtMs: CREATED_AT_MS + 2,
    })
    const { operation, checkpoints, carried } = decodeRecovery(recovery!)
    expect(operation).toMatchObject({
      id: ID,
      type: 'training',
      fingerprints: { strategy: 'f00d' },
      progress: progressAt(2),
    })
    expect(checkpoints).toMatchObject([{ seq: 2, summary: { trainLoss: 0.5 }, metric: null }])
    const { parts } = checkpoints[0]!
    const [row] = listCheckpoints(store.db, ID)
    const recorded = listParts(store.db, row!.id)
    expect(parts.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
      recorded.map(({ name, ord, blob }) => ({ name, ord, sha256: blob.sha256 })),
    )
    const inline = recorded.filter(({ blob }) => blob.packId === null)
    expect(
      carried.map(({ facts }) => facts.sha256).toSorted(),
      'what stands in the database is carried',
    ).toEqual(inline.map(({ blob }) => blob.sha256).toSorted())
  })

  it('is one file, for its owner alone, with nothing beside it', () => {
    const store = tempStore()
    startOne(store.db)
    saveMany(saveContext(store), 1)
    const directory = join(store.layout.packs, ID)
    expect(readdirSync(directory)).toEqual(['1-1.safetensors'])
    expect(statSync(join(directory, '1-1.safetensors')).mode & 0o777).toBe(0o600)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
  })

  it('ends the operation in the same commit when it is the last', () => {
    const store = tempStore()
    startOne(store.db)
    const ending = { status: 'cancelled', endedAtMs: 55 } as const
    writeCheckpoint(saveContext(store), saveOf(1, { type: 'cancellation' }), 50, ending)
    expect(operationOf(store.db)).toMatchObject({ status: 'cancelled', endedAtMs: 55, lastSeq: 1 })
    expect(listAttempts(store.db, ID)).toMatchObject([
      { outcome: 'cancelled', reason: 'cancellation', endedAtMs: 55 },
    ])
  })
})

describe('retention', () => {
  it('leaves exactly the files of the kept checkpoints, and an empty trash', () => {
    const store = tempStore()
    startOne(store.db)
    const context = saveContext(store, { retention: { keepLast: 2, keepBest: 1 } })
    for (const [i, metric] of [5, 1, 4, 3, 2].entries())
      writeCheckpoint(context, saveOf(i + 1, { metric }), CREATED_AT_MS)
    const rows = listCheckpoints(store.db, ID)
    expect(rows.map(({ seq }) => seq)).toEqual([5, 4, 2])
    expect(filesOf(store.layout)).toEqual(
      [2, 4, 5].map((seq) => join('packs', ID, `1-${seq}.safetensors`)),
    )
    expect(listTrash(store.db)).toEqual([])
    expect(putTogether(loadCheckpoint(store, rows[2]!).snapshot)).toMatchObject({ epoch: 2 })
  })
})

describe('a writer that has been fenced off', () => {
  it('loses: no row changes, and its file is taken back', () => {
    const store = tempStore()
    startOne(store.db)
    const context = saveContext(store, { retention: { keepLast: 1, keepBest: 0 } })
    saveMany(context, 2)
    const [files, rows] = [filesOf(store.layout), listCheckpoints(store.db, ID)]
    bumpGeneration(store.db, ID)
    const operation = operationOf(store.db)

    expect(() =>
      writeCheckpoint(context, saveOf(3), 9, { status: 'failed', endedAtMs: 9 }),
    ).toThrow(
      expect.objectContaining({
        code: 'OWNERSHIP_LOST',
        message: `${ID} was taken over by another process (this one held generation 1).`,
      }),
    )
    expect(operationOf(store.db)).toEqual(operation)
    expect(listCheckpoints(store.db, ID)).toEqual(rows)
    expect(filesOf(store.layout), 'older files are untouched').toEqual(files)
    expect(putTogether(loadCheckpoint(store, rows[0]!).snapshot)).toStrictEqual(
      putTogether(takeApart(stateOf(2))),
    )
  })
})
