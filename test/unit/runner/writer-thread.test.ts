import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadNewestCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { putTogether, takeApart } from '../../../src/core/snapshot.ts'
import { DEFAULT_RULES } from '../../../src/operations/run-settings.ts'
import { createControl, isWriterBusy, setWriterBusy } from '../../../src/runner/control.ts'
import { createStaging } from '../../../src/runner/staging.ts'
import { runWriterThread } from '../../../src/runner/writer-thread.ts'
import { listAttempts } from '../../../src/store/attempt-table.ts'
import { listBundles } from '../../../src/store/bundle-table.ts'
import { listCheckpoints } from '../../../src/store/checkpoint-table.ts'
import { bumpGeneration } from '../../../src/store/operation-table.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { openWire } from '../../support/ports.ts'
import {
  flipByte,
  ID,
  operationOf,
  progressAt,
  saveContext,
  saveMany,
  startOne,
  stateOf,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

function startWriter(store: Store, options: { resume?: boolean; keepCheckpoints?: boolean } = {}) {
  const control = createControl()
  const [main, job] = [openWire(), openWire()]
  const { layout, keys } = store
  runWriterThread(
    { role: 'writer', layout, keys, control, resume: options.resume ? ID : null },
    fakeClock(),
    main.far,
    job.far,
  )
  const open = (damaged: unknown[] = []): void =>
    main.send({
      kind: 'open',
      fence: { operationId: ID, generation: 1 },
      lastSeq: operationOf(store.db).lastSeq,
      retention: { keepLast: 3, keepBest: 0 },
      rules: DEFAULT_RULES,
      keepCheckpoints: options.keepCheckpoints ?? false,
      provenance: { operationId: ID },
      damaged,
    })
  const tell = async (message: object): Promise<Record<string, unknown>> => {
    setWriterBusy(control, true)
    job.send(message)
    const answer = await main.receive()
    await new Promise(setImmediate) // the flag goes down after the answer
    expect(isWriterBusy(control), 'it is free for the next').toBe(false)
    return answer
  }
  return { main, job, open, tell }
}

const staging = createStaging()
const OVERHEAD = { saves: 12, blockedMs: 4.5, runningMs: 60_000 }
const stagedSave = (epoch: number, type: string) => ({
  type,
  progress: progressAt(epoch),
  summary: { epoch },
  metric: null,
  snapshot: staging.stage(takeApart(stateOf(epoch))),
  stateVersion: 1,
  overhead: OVERHEAD,
})
const save = (epoch: number, ending: unknown = null) => ({
  kind: 'save',
  save: stagedSave(epoch, ending ? 'cancellation' : 'periodic'),
  ending,
})
const CANCELLED = { status: 'cancelled', error: null, reason: 'cancellation' }
const FINISH = {
  kind: 'finish',
  progress: progressAt(100),
  outcome: {
    result: { model: { sha256: 'aa' }, epochs: 100 },
    bundle: { kind: 'model', name: 'm', variant: 'v', manifest: {}, files: { a: 'A' } },
  },
  overhead: OVERHEAD,
}

function started(): Store {
  const store = tempStore()
  startOne(store.db)
  return store
}

function newest(store: Store): { seq: number; state: unknown } {
  const { db } = store
  const rows = listCheckpoints(db, ID)
  const { row, snapshot } = loadNewestCheckpoint(store, ID, rows, operationOf(db).lastSeq)
  return { seq: row.seq, state: putTogether(snapshot) }
}

describe('the writer', () => {
  it('saves what it is given, numbers it and says so', async () => {
    const store = started()
    const { open, tell } = startWriter(store)
    open()
    for (const seq of [1, 2])
      expect(await tell(save(seq * 10))).toMatchObject({
        kind: 'saved',
        checkpoint: { seq, type: 'periodic', cursor: { at: seq * 10 } },
      })
    expect(newest(store)).toEqual({ seq: 2, state: putTogether(takeApart(stateOf(20))) })
  })

  it('ends the operation together with its last save', async () => {
    const store = started()
    const { open, tell } = startWriter(store)
    open()
    expect(await tell(save(7, CANCELLED))).toMatchObject({
      kind: 'ended',
      ended: { status: 'cancelled', error: null, checkpoint: { seq: 1, type: 'cancellation' } },
    })
    expect(operationOf(store.db)).toMatchObject({ status: 'cancelled', lastSeq: 1 })
    expect(listAttempts(store.db, ID)).toMatchObject([{ outcome: 'cancelled' }])
  })

  it('ends the operation without a save when there is nothing to save', async () => {
    const store = started()
    const { open, tell } = startWriter(store)
    open()
    expect(await tell({ kind: 'end', ending: CANCELLED, overhead: OVERHEAD })).toMatchObject({
      ended: { status: 'cancelled', checkpoint: null },
    })
    expect(operationOf(store.db)).toMatchObject({ status: 'cancelled', lastSeq: 0 })
  })

  it.each([
    [false, 0],
    [true, 1],
  ])('publishes the result and completes (keepCheckpoints %s)', async (keepCheckpoints, left) => {
    const store = started()
    const { open, tell } = startWriter(store, { keepCheckpoints })
    open()
    await tell(save(50))
    const path = join(store.layout.bundles.model, 'm', 'v', 'v1')
    const result = { epochs: 100, model: { sha256: 'aa', path, version: 1 } }
    expect(await tell(FINISH)).toMatchObject({ ended: { status: 'completed', result } })
    expect(operationOf(store.db)).toMatchObject({
      status: 'completed',
      result,
      progress: { doneRatio: 1 },
    })
    expect(readFileSync(join(path, 'a'), 'utf8')).toBe('A')
    expect(listBundles(store.db, 'model')).toHaveLength(1)
    expect(listCheckpoints(store.db, ID)).toHaveLength(left)
    expect(existsSync(join(store.layout.packs, ID))).toBe(keepCheckpoints)
  })
})

describe('what saving has cost the attempt', () => {
  const overheadOf = ({ db }: Store) => listAttempts(db, ID)[0]!.overhead
  const NONE = { saves: 0, blockedMs: 0, runningMs: 0 }

  it.each([
    ['a periodic save', save(10)],
    ['the last save', save(10, CANCELLED)],
    ['an end without a save', { kind: 'end', ending: CANCELLED, overhead: OVERHEAD }],
    ['the completion', FINISH],
  ])('is recorded with %s', async (_, message) => {
    const store = started()
    const { open, tell } = startWriter(store)
    open()
    await tell(message)
    expect(overheadOf(store)).toEqual(OVERHEAD)
  })

  it.each([
    ['that the disk refused, at the next chance', save(10), NONE],
    ['that was the last, with the failure', save(10, CANCELLED), OVERHEAD],
  ])('is recorded of a save %s', async (_, message, expected) => {
    const store = started()
    const { open, tell } = startWriter(store)
    open()
    writeFileSync(store.layout.packs, 'no directory')
    await tell(message)
    expect(overheadOf(store)).toEqual(expected)
  })

  it('is not touched by a writer that is fenced off', async () => {
    const store = started()
    const { open, tell } = startWriter(store)
    open()
    bumpGeneration(store.db, ID)
    for (const message of [save(10), save(10, CANCELLED), FINISH]) await tell(message)
    expect(overheadOf(store)).toEqual(NONE)
  })

  it('stays as the last save told it when the job thread dies', async () => {
    const store = started()
    const { main, open, tell } = startWriter(store)
    open()
    await tell(save(10))
    main.send({ kind: 'end', ending: CANCELLED })
    await main.receive()
    expect(overheadOf(store)).toEqual(OVERHEAD)
  })
})

describe('a writer in trouble', () => {
  it('that is fenced off changes nothing, whatever it is told', async () => {
    const store = started()
    const { open, tell } = startWriter(store)
    open()
    await tell(save(10))
    bumpGeneration(store.db, ID)
    const before = [
      operationOf(store.db),
      listCheckpoints(store.db, ID),
      listBundles(store.db, 'model'),
    ]
    for (const message of [
      save(20),
      save(30, CANCELLED),
      { kind: 'end', ending: CANCELLED, overhead: OVERHEAD },
      FINISH,
    ])
      expect(await tell(message), message.kind).toMatchObject({
        kind: 'end-failed',
        error: { code: 'OWNERSHIP_LOST' },
      })
    expect([
      operationOf(store.db),
      listCheckpoints(store.db, ID),
      listBundles(store.db, 'model'),
    ]).toEqual(before)
  })

  it('reports a save that the disk refuses, keeps the older ones, and goes on when it can', async () => {
    const store = started()
    const { open, tell } = startWriter(store)
    open()
    writeFileSync(store.layout.packs, 'no directory')
    expect(await tell(save(10))).toMatchObject({ kind: 'save-failed' })
    rmSync(store.layout.packs)
    expect(await tell(save(20))).toMatchObject({ kind: 'saved' })
    expect(newest(store).state).toMatchObject({ epoch: 20 })
  })

  it('has the work saved of a run whose result cannot be published', async () => {
    const store = started()
    const { open, tell, job } = startWriter(store)
    open()
    writeFileSync(store.layout.bundles.model, 'no directory')
    job.send(FINISH)
    const refused = (await job.receive()) as { kind: string; ending: object }
    expect(refused).toMatchObject({ kind: 'refused', ending: { status: 'failed' } })
    expect(operationOf(store.db).status, 'until the job has said more').toBe('running')
    const { ending } = refused
    expect(await tell({ kind: 'save', save: stagedSave(100, 'failure'), ending })).toMatchObject({
      kind: 'ended',
      ended: {
        status: 'failed',
        error: { message: expect.stringMatching(/^The result could not be saved: .*ENOTDIR/) },
        checkpoint: { seq: 1, type: 'failure' },
      },
    })
    expect(newest(store)).toMatchObject({ seq: 1, state: { epoch: 100 } })
    expect(operationOf(store.db).status).toBe('failed')
  })

  it('records the operation as failed when its last save is refused', async () => {
    const store = started()
    const { open, tell } = startWriter(store)
    open()
    writeFileSync(store.layout.packs, 'no directory')
    expect(await tell(save(10, CANCELLED))).toMatchObject({
      kind: 'ended',
      ended: {
        status: 'failed',
        checkpoint: null,
        error: { message: expect.stringContaining('ENOTDIR') },
      },
    })
    expect(operationOf(store.db)).toMatchObject({ status: 'failed', lastSeq: 0 })
  })
})

describe('a writer that resumes', () => {
  it('hands the newest good checkpoint to the job, and marks damaged ones when it is opened', async () => {
    const store = started()
    saveMany(saveContext(store), 3)
    flipByte(join(store.layout.packs, ID, '1-3.safetensors'), 300)
    const { main, job, open, tell } = startWriter(store, { resume: true })
    const answer = await main.receive()
    expect(answer).toMatchObject({
      kind: 'restored',
      resumedFrom: { seq: 2, type: 'periodic', cursor: { at: 2 } },
      damaged: [{ seq: 3, reason: expect.stringContaining('is not the file that was saved') }],
    })
    const restored = (await job.receive()) as unknown as ReturnType<typeof takeApart>
    expect(putTogether(restored)).toStrictEqual(putTogether(takeApart(stateOf(2))))
    expect(listCheckpoints(store.db, ID)[0]!.damage, 'nothing is written yet').toBeNull()

    open([{ id: listCheckpoints(store.db, ID)[0]!.id, reason: 'A bit fell over.' }])
    expect(await tell(save(9)), 'numbers go on').toMatchObject({ checkpoint: { seq: 4 } })
    expect(
      listCheckpoints(store.db, ID).map(({ seq }) => seq),
      'the damaged one is gone',
    ).toEqual([4, 2, 1])
  })

  it('says what is wrong when there is nothing to resume from', async () => {
    const { main } = startWriter(started(), { resume: true })
    expect(await main.receive()).toMatchObject({
      kind: 'restore-failed',
      error: { code: 'CHECKPOINT_NOT_FOUND' },
    })
  })
})
