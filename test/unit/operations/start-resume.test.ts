import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { RunEvent } from '../../../src/core/events.ts'
import type { Json } from '../../../src/core/hash.ts'
import { resumeOperation } from '../../../src/operations/resume.ts'
import { DEFAULT_RULES, type RunSettings } from '../../../src/operations/run-settings.ts'
import { startOperation, type StartContext } from '../../../src/operations/start.ts'
import { listAttempts } from '../../../src/store/attempt-table.ts'
import { listCheckpoints } from '../../../src/store/checkpoint-table.ts'
import { seal } from '../../../src/store/row-seal.ts'
import { listOperations } from '../../../src/store/operation-list.ts'
import { findOperation } from '../../../src/store/operation-table.ts'
import { flipByte, filesOf, storeIn, tempStore, type Store } from '../../support/temp-store.ts'
import { makeWorld, type World } from '../../support/world.ts'

// Whole runs with their real threads, in this process.

const EPOCHS = 60

let world: World
let straight: Json

const RUN: RunSettings = {
  policy: { every: { batch: 20 }, intervalMs: null, minIntervalMs: 0, onStop: true },
  retention: { keepLast: 3, keepBest: 0 },
  rules: DEFAULT_RULES,
  keepCheckpoints: false,
}

const request = (changes: object = {}): Json => ({
  strategy: { given: world.strategy, directories: [], snapshot: null },
  data: [{ path: world.bars, symbol: null, used: null }],
  range: { fromMs: null, toMs: null },
  epochs: null,
  seed: null,
  warmStart: null,
  ...changes,
})

function contextOf(store: Store, listener: (event: RunEvent) => void = () => {}): StartContext {
  return { ...store, clock: systemClock, program: 'test', threads: null, listener }
}

/** Starts a training that is cancelled inside an epoch, with at least two checkpoints before that. */
async function cancelled(store: Store): Promise<string> {
  process.env['KTRDR_FAULT'] = 'batch@50:flush,batch@90:flush,batch@130:cancel'
  const end = await startOperation(contextOf(store), 'training', request(), RUN).finally(
    () => delete process.env['KTRDR_FAULT'], // its threads have their own copy
  )
  expect(end).toMatchObject({ status: 'cancelled', checkpoint: { type: 'cancellation' } })
  return end.operationId
}

beforeAll(async () => {
  world = makeWorld({ bars: 400, batchSize: 16, epochs: EPOCHS })
  const end = await startOperation(
    contextOf(storeIn(world.dataDir('straight'))),
    'training',
    request(),
    RUN,
  )
  straight = end.result
  return world.remove
})

const modelOf = (result: Json): unknown => (result as { model: { sha256: string } }).model.sha256

describe('a start', () => {
  it('that is refused leaves no trace', async () => {
    const store = tempStore()
    const data = [{ path: join(world.directory, 'none.csv'), symbol: null, used: null }]
    await expect(
      startOperation(contextOf(store), 'training', request({ data }), RUN),
    ).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    expect(listOperations(store.db)).toEqual([])
    expect(filesOf(store.layout)).toEqual([])
  })
})

describe('a cancelled operation', () => {
  it('is resumed under its id, in a second attempt, to the same model', async () => {
    const store = tempStore()
    const id = await cancelled(store)
    const { seq } = listCheckpoints(store.db, id)[0]!
    const events: string[] = []
    const end = await resumeOperation(
      contextOf(store, ({ kind }) => events.push(kind)),
      id,
      {},
    )
    expect(end).toMatchObject({ status: 'completed', operationId: id, resumedFrom: { seq } })
    expect(modelOf(end.result)).toBe(modelOf(straight))
    expect(listAttempts(store.db, id)).toMatchObject([
      { number: 1, generation: 1, outcome: 'cancelled', resumedFrom: null },
      { number: 2, generation: 2, outcome: 'completed', resumedFrom: { seq } },
    ])
    expect(listCheckpoints(store.db, id), 'which go with the completion (C13)').toEqual([])
    expect(events.filter((kind) => kind !== 'stage').slice(0, 3)).toEqual([
      'loading',
      'loaded',
      'started',
    ])
    await expect(resumeOperation(contextOf(store), id, {})).rejects.toMatchObject({
      code: 'NOT_RESUMABLE',
      exitCode: 5,
    })
  })

  it('is resumed by exactly one of several at once', async () => {
    const store = tempStore()
    const id = await cancelled(store)
    const ends = await Promise.allSettled(
      [1, 2, 3].map(() => resumeOperation(contextOf(store), id, {})),
    )
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const end of ends)
      if (end.status === 'rejected') expect(end.reason.code).toBe('OPERATION_ALREADY_RUNNING')
    expect(listAttempts(store.db, id)).toHaveLength(2)
  })

  it('whose newest checkpoint is damaged goes on from the one before, to the same model', async () => {
    const store = tempStore()
    const id = await cancelled(store)
    const [newest, older] = listCheckpoints(store.db, id)
    flipByte(join(store.layout.packs, id, `1-${newest!.seq}.safetensors`), 400)
    const damaged: RunEvent[] = []
    const end = await resumeOperation(
      contextOf(store, (event) => event.kind === 'damaged' && damaged.push(event)),
      id,
      {},
    )
    expect(damaged).toMatchObject([{ seq: newest!.seq }])
    expect(end.resumedFrom).toMatchObject({ seq: older!.seq })
    expect(modelOf(end.result)).toBe(modelOf(straight))
  })

  it('stays as it is when its resume is refused, whatever for', async () => {
    const store = tempStore()
    const id = await cancelled(store)
    const { db, layout } = store
    const record = () => [findOperation(db, id), listCheckpoints(db, id), listAttempts(db, id)]
    const refuse = async (code: string, overrides = {}): Promise<void> => {
      const before = record()
      await expect(resumeOperation(contextOf(store), id, overrides)).rejects.toMatchObject({ code })
      expect(record(), code).toEqual(before)
    }
    await refuse('USAGE', { seed: 1 })
    db.exec(`UPDATE operation SET fingerprints_json = '{"strategy":"another"}'`)
    await refuse('CHECKPOINT_CORRUPT') // somebody has been at the row
    seal(db, 'operation', 'true')
    await refuse('FINGERPRINT_CHANGED')
    rmSync(layout.packs, { recursive: true })
    await refuse('CHECKPOINT_CORRUPT')
    db.exec('DELETE FROM checkpoint')
    await refuse('CHECKPOINT_NOT_FOUND')
  })
})

describe('an operation whose record was changed behind its back', () => {
  it('is not resumed, whichever column it was: exit 6', async () => {
    const store = tempStore()
    const id = await cancelled(store)
    const { db } = store
    const columns = db
      .prepare<[], { name: string; type: string }>(
        `SELECT name, type FROM pragma_table_info('operation')`,
      )
      .all()
    expect(columns.length).toBeGreaterThan(15)
    for (const { name, type } of columns.filter((column) => column.name !== 'id')) {
      const change = type === 'TEXT' ? `coalesce(${name}, '') || 'x'` : `coalesce(${name}, 0) + 1`
      const whole = db.prepare(`SELECT ${name} FROM operation`).pluck().get()
      db.exec(`UPDATE operation SET ${name} = ${change}`)
      await expect(resumeOperation(contextOf(store), id, {}), name).rejects.toMatchObject({
        code: 'CHECKPOINT_CORRUPT',
        exitCode: 6,
      })
      db.prepare(`UPDATE operation SET ${name} = ?`).run(whole)
    }
    expect((await resumeOperation(contextOf(store), id, {})).status).toBe('completed')
  })
})

describe('an operation that does not exist', () => {
  it('cannot be resumed', async () => {
    await expect(resumeOperation(contextOf(tempStore()), 'op_x', {})).rejects.toMatchObject({
      code: 'OPERATION_NOT_FOUND',
    })
  })
})
