import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { viewCheckpointDetails } from '../../../src/operations/checkpoint-view.ts'
import {
  viewOperation,
  viewOperationDetails,
  viewResumedFrom,
  viewRun,
} from '../../../src/operations/views.ts'
import { listCheckpoints, markCheckpoint } from '../../../src/store/checkpoint-table.ts'
import { claimOperation, endOperation } from '../../../src/store/operation-table.ts'
import { insertAttempt } from '../../../src/store/attempt-table.ts'
import {
  CREATED_AT_MS,
  cursorAt,
  endOne,
  ID,
  operationOf,
  progressAt,
  saveContext,
  saveMany,
  startOne,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

const NOW_MS = CREATED_AT_MS + 10_000

function withTwo(): Store {
  const store = tempStore()
  startOne(store.db)
  saveMany(saveContext(store), 2)
  return store
}

const viewOf = ({ db }: Store) => viewOperation(db, operationOf(db), NOW_MS)

describe('an operation as it is shown', () => {
  it('says where it stands, with its newest checkpoint and the size of all', () => {
    const store = withTwo()
    const rows = listCheckpoints(store.db, ID)
    expect(viewOf(store)).toEqual({
      operationId: ID,
      type: 'training',
      name: 'pullback',
      status: 'running',
      progress: 0.02,
      cursor: cursorAt(2),
      metrics: { trainLoss: 0.5 },
      checkpoint: {
        operationId: ID,
        seq: 2,
        type: 'periodic',
        unit: 'epoch',
        at: 2,
        of: 100,
        within: null,
        createdAt: '2024-12-13T14:30:22.002Z',
        ageMs: 9998,
        sizeBytes: rows[0]!.sizeBytes,
        rawBytes: rows[0]!.rawBytes,
        depth: 0,
        damage: null,
        pinned: false,
        tag: null,
        note: null,
        superseded: false,
      },
      checkpointBytes: rows[0]!.sizeBytes + rows[1]!.sizeBytes,
      resumable: false,
      createdAt: '2024-12-13T14:30:22.000Z',
      endedAt: null,
      ageMs: 10_000,
      error: null,
    })
  })

  it.each([
    ['cancelled', true],
    ['failed', true],
    ['completed', false],
  ] as const)('that is %s is resumable: %s', (status, resumable) => {
    const store = withTwo()
    endOne(store.db, status)
    expect(viewOf(store)).toMatchObject({ status, resumable, endedAt: '2024-12-13T14:30:22.001Z' })
  })

  it('shows its newest good checkpoint, and without one is not resumable', () => {
    const store = withTwo()
    endOne(store.db, 'failed')
    const [newest, older] = listCheckpoints(store.db, ID)
    markCheckpoint(store.db, newest!.id, { damage: 'a bit fell over' })
    expect(viewOf(store)).toMatchObject({ checkpoint: { seq: 1 }, resumable: true })
    markCheckpoint(store.db, older!.id, { damage: 'so did another' })
    expect(viewOf(store)).toMatchObject({ checkpoint: null, resumable: false })
  })

  it('in full lists settings, attempts, checkpoints and its log', () => {
    const store = withTwo()
    endOne(store.db, 'failed')
    claimOperation(store.db, ID, ['failed'], { epochs: 200 })
    insertAttempt(store.db, ID, {
      pid: 1,
      host: 'lab',
      program: 'ktrdr',
      overrides: { epochs: 200 },
      resumedFrom: { seq: 2, type: 'periodic', createdAtMs: CREATED_AT_MS, cursor: cursorAt(2) },
      startedAtMs: CREATED_AT_MS,
    })
    const details = viewOperationDetails(store.db, store.layout, operationOf(store.db), NOW_MS)
    expect(details).toMatchObject({
      ...viewOf(store),
      settings: { epochs: 200 },
      fingerprints: { strategy: 'f00d' },
      log: join(store.layout.logs, `${ID}.jsonl`),
      attempts: [
        {
          number: 1,
          outcome: 'failed',
          reason: 'failed',
          resumedFrom: null,
          overhead: { saves: 2, blockedMs: 1, runningMs: 2000, ratio: 0.0005 },
        },
        {
          number: 2,
          endedAt: null,
          resumedFrom: { seq: 2, epoch: 2 },
          overrides: { epochs: 200 },
          overhead: { saves: 0, ratio: null },
        },
      ],
      saving: { overhead: { saves: 0, ratio: null } },
    })
    expect(details.checkpoints.map(({ seq }) => seq)).toEqual([2, 1])
    expect(
      Object.keys(details.attempts[0]!),
      'the fencing token is nobody’s business',
    ).not.toContain('generation')
  })
})

describe('a checkpoint in full', () => {
  it('adds up its parts by the field of the state, and checks each', () => {
    const store = withTwo()
    const [row] = listCheckpoints(store.db, ID)
    const path = join(ID, '1-2.safetensors')
    const view = () => viewCheckpointDetails(store, row!, operationOf(store.db), NOW_MS)
    expect(view()).toMatchObject({
      seq: 2,
      damage: null,
      operationType: 'training',
      operationStatus: 'running',
      resumable: false,
      state: { trainLoss: 0.5 },
      artifacts: [
        { name: 'equity', sizeBytes: 16, storedBytes: 16, codecs: ['raw'], places: ['database'] },
        { name: 'model', sizeBytes: 12, codecs: ['raw'], places: [path], damage: null },
        { name: 'state', places: ['database'], damage: null },
      ],
      path,
    })
    rmSync(join(store.layout.packs, path))
    expect(view().damage).toContain('is missing')
    expect(view().artifacts.map(({ damage }) => damage)).toEqual([
      null,
      expect.stringContaining('is missing'),
      null,
    ])
  })
})

describe('where a run resumed from', () => {
  it('is told by the names of its units', () => {
    const within = { unit: 'batch', at: 120, of: 400 }
    const facts = { seq: 3, type: 'periodic', createdAtMs: CREATED_AT_MS }
    expect(viewResumedFrom({ ...facts, cursor: { ...cursorAt(29), within } })).toEqual({
      seq: 3,
      type: 'periodic',
      createdAt: '2024-12-13T14:30:22.000Z',
      epoch: 29,
      batch: 120,
    })
    expect(viewResumedFrom({ ...facts, cursor: cursorAt(29) })).not.toHaveProperty('batch')
  })
})

describe('how a run ended', () => {
  it('holds the figures of the job beside the words of the operation', () => {
    const store = withTwo()
    const fence = { operationId: ID, generation: 1 }
    endOperation(store.db, fence, {
      status: 'completed',
      result: { epochs: 100, seed: 7 },
      progress: progressAt(100),
      endedAtMs: 9,
    })
    const end = { checkpoint: null, resumedFrom: null, isAbandoned: false }
    expect(viewRun(store.db, operationOf(store.db), end, NOW_MS)).toEqual({
      operationId: ID,
      type: 'training',
      name: 'pullback',
      status: 'completed',
      epochs: 100,
      seed: 7,
      resumedFrom: null,
      cursor: cursorAt(100),
      checkpoint: null,
      resumable: false,
      error: null,
    })
  })

  it('holds the checkpoint that was saved at the end, if one was', () => {
    const store = withTwo()
    endOne(store.db, 'cancelled')
    const report = viewRun(
      store.db,
      operationOf(store.db),
      { checkpoint: {}, resumedFrom: null, isAbandoned: false },
      NOW_MS,
    )
    expect(report).toMatchObject({ status: 'cancelled', checkpoint: { seq: 2 }, resumable: true })
  })

  it('that was abandoned can be resumed from what was saved before, even if its end is not recorded', () => {
    const store = withTwo()
    const end = { checkpoint: null, resumedFrom: null, isAbandoned: true }
    const report = viewRun(store.db, operationOf(store.db), end, NOW_MS)
    expect(report).toMatchObject({ status: 'running', checkpoint: null, resumable: true })
  })
})
