import { describe, expect, it, onTestFinished } from 'vitest'
import type { Listener, RunEvent } from '../../../src/core/events.ts'
import { watchWithLog } from '../../../src/operations/operation-log.ts'
import { endOf, watchOperations, type WatchedEvent } from '../../../src/operations/watch.ts'
import { endRunning } from '../../../src/store/end-running.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { writeCheckpoint } from '../../../src/checkpoint/write-checkpoint.ts'
import {
  cursorAt,
  endOne,
  ID,
  idOf,
  operationOf,
  progressAt,
  saveContext,
  saveOf,
  startOne,
  storeWithSaves,
  tempStore,
} from '../../support/temp-store.ts'

const silent: Listener = () => {}

const LOADED: RunEvent = { kind: 'loaded', headline: [['Data', 'bars']], warnings: [] }
const STARTED: RunEvent = { kind: 'started', operationId: ID, resumedFrom: null }
const RESUMED: RunEvent = {
  kind: 'started',
  operationId: ID,
  resumedFrom: { seq: 1, type: 'periodic', createdAtMs: 1, cursor: cursorAt(3) },
}
const progress = (epoch: number): RunEvent => ({ kind: 'progress', progress: progressAt(epoch) })

function watching(ids: readonly string[] = [ID]) {
  const store = tempStore()
  for (const id of ids) {
    startOne(store.db, id)
    const lock = tryLock(store.layout.locks, id)!
    onTestFinished(() => lock.release())
  }
  const clock = fakeClock()
  const tell = (events: readonly RunEvent[]): void => {
    const { listener } = watchWithLog({ ...store, clock, threads: null, listener: silent })
    for (const event of events) listener(event)
  }
  const told: WatchedEvent[] = []
  const controller = new AbortController()
  const watch = () =>
    watchOperations({ ...store, clock }, ids, (event) => told.push(event), controller.signal)
  return { ...store, tell, told, watch, controller }
}

describe('whoever watches', () => {
  it('is told what was, what comes, and the end; it returns then', async () => {
    const { db, tell, told, watch } = watching()
    tell([LOADED, STARTED, progress(1)])
    const done = watch()
    tell([STARTED, progress(2)])
    endOne(db, 'completed')
    await done
    expect(told.map(({ event, isPast }) => [event.kind, isPast])).toEqual([
      ['loaded', true],
      ['started', true],
      ['progress', true],
      ['started', false],
      ['progress', false],
      ['ended', false],
    ])
    expect(told.at(-1)!.event).toEqual({ kind: 'ended', status: 'completed', error: null })
  })

  it('is told of the newest attempt alone', async () => {
    const { db, tell, told, watch } = watching()
    tell([LOADED, STARTED, progress(3), { kind: 'ended', status: 'failed', error: 'x' }])
    tell([LOADED, RESUMED, progress(4)])
    endOne(db, 'completed')
    await watch()
    expect(told.map(({ event }) => event)).toEqual([
      LOADED,
      RESUMED,
      progress(4),
      { kind: 'ended', status: 'completed', error: null },
    ])
  })

  it('of several is told whose it is, and returns when none runs any more', async () => {
    const ids = [ID, idOf('def456')]
    const { db, told, watch } = watching(ids)
    const done = watch()
    endOne(db, 'completed', ids[0])
    endOne(db, 'failed', ids[1])
    await done
    expect(told.map(({ operationId, event }) => [operationId, event.kind])).toEqual([
      [ids[0], 'ended'],
      [ids[1], 'ended'],
    ])
  })

  it('may go, and changes nothing by it', async () => {
    const { db, watch, controller, told } = watching()
    const done = watch()
    controller.abort()
    await done
    expect(operationOf(db).status).toBe('running')
    expect(told).toEqual([])
  })

  it('finds out that the owner has died', async () => {
    const store = tempStore()
    startOne(store.db)
    const told: WatchedEvent[] = []
    await watchOperations(
      { ...store, clock: fakeClock() },
      [ID],
      (event) => told.push(event),
      new AbortController().signal,
    )
    expect(told.map(({ event }) => event)).toMatchObject([
      { kind: 'ended', status: 'failed', error: expect.stringContaining('owner died') },
    ])
  })
})

describe('the end of a run, as its own terminal saw it', () => {
  it.each([
    ['cancellation', null],
    ['shutdown', 'SIGTERM'],
  ] as const)('by %s', (type, signal) => {
    const store = storeWithSaves(1, 'running')
    writeCheckpoint(saveContext(store), saveOf(2, { type }), 5)
    const fence = { operationId: ID, generation: 1 }
    endRunning(store.db, fence, { status: 'cancelled', endedAtMs: 6 }, type)
    expect(endOf(store.db, operationOf(store.db))).toMatchObject({
      status: 'cancelled',
      signal,
      checkpoint: { seq: 2, type },
    })
  })

  it('has no checkpoint when that save was not made', () => {
    const store = storeWithSaves(2, 'cancelled')
    expect(endOf(store.db, operationOf(store.db))).toMatchObject({ checkpoint: null })
  })
})
