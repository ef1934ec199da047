import { describe, expect, it, onTestFinished } from 'vitest'
import { recoverDead } from '../../../src/operations/recover.ts'
import { listAttempts } from '../../../src/store/attempt-table.ts'
import { recordProgress } from '../../../src/store/operation-table.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import {
  endOne,
  ID,
  idOf,
  openTemporarily,
  operationOf,
  progressAt,
  saveContext,
  saveMany,
  startOne,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

const clock = fakeClock(1000)
const recover = ({ db, layout }: Store): string[] => recoverDead(db, layout, clock)

describe('a running operation whose lock is free', () => {
  it('is recorded as failed: its owner died', () => {
    const store = tempStore()
    startOne(store.db)
    expect(recover(store)).toEqual([ID])
    expect(operationOf(store.db)).toMatchObject({
      status: 'failed',
      generation: 2,
      endedAtMs: 1000,
      error: { code: 'OWNER_DIED', message: expect.stringContaining('owner died') },
    })
    expect(listAttempts(store.db, ID)).toMatchObject([
      { outcome: 'failed', reason: 'OWNER_DIED', endedAtMs: 1000 },
    ])
  })

  it('keeps what it had saved', () => {
    const store = tempStore()
    startOne(store.db)
    saveMany(saveContext(store), 3)
    recover(store)
    expect(operationOf(store.db)).toMatchObject({ lastSeq: 3, progress: progressAt(3) })
  })

  it('shuts its owner out, should it only have been asleep', () => {
    const store = tempStore()
    startOne(store.db)
    recover(store)
    const fence = { operationId: ID, generation: 1 }
    expect(recordProgress(store.db, fence, 9, progressAt(9))).toBe(false)
  })

  it('is recovered once', () => {
    const store = tempStore()
    startOne(store.db)
    recover(store)
    expect(recover(store)).toEqual([])
    expect(operationOf(store.db).generation).toBe(2)
  })

  it('leaves its lock free', () => {
    const store = tempStore()
    startOne(store.db)
    recover(store)
    const lock = tryLock(store.layout.locks, ID)
    expect(lock).toBeDefined()
    lock?.release()
  })
})

describe('recovery', () => {
  it('leaves alone whoever holds a lock, and what has ended', () => {
    const store = tempStore()
    for (const tail of ['alive', 'dead', 'done']) startOne(store.db, idOf(tail))
    endOne(store.db, 'completed', idOf('done'))
    const lock = tryLock(store.layout.locks, idOf('alive'))!
    onTestFinished(() => lock.release())
    const before = [idOf('alive'), idOf('done')].map((id) => operationOf(store.db, id))
    expect(recover(store)).toEqual([idOf('dead')])
    expect([idOf('alive'), idOf('done')].map((id) => operationOf(store.db, id))).toEqual(before)
  })

  it('that cannot write fails nothing: the next one finds the same', () => {
    const store = tempStore()
    startOne(store.db)
    const other = openTemporarily(store.layout.database)
    store.db.pragma('busy_timeout = 0')
    other.exec('BEGIN IMMEDIATE')
    expect(recover(store)).toEqual([])
    other.exec('ROLLBACK')
    expect(recover(store)).toEqual([ID])
  })
})
