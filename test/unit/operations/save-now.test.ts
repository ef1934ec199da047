import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeCheckpoint } from '../../../src/checkpoint/write-checkpoint.ts'
import { saveNow } from '../../../src/operations/save-now.ts'
import { leaveSaveRequest, takeSaveRequest } from '../../../src/store/save-request.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import {
  endOne,
  ID,
  idOf,
  saveContext,
  saveOf,
  storeWithSaves,
  type Store,
} from '../../support/temp-store.ts'

function running(saves: number): Store {
  const store = storeWithSaves(saves, 'running')
  mkdirSync(store.layout.locks)
  return store
}

const requestOf = ({ layout }: Store): string => join(layout.locks, `${ID}.save`)

const ask = (store: Store, clock = fakeClock()) => saveNow({ ...store, clock }, ID, 5000)

describe('asking for a checkpoint', () => {
  it('leaves a request that is taken once, and is answered with what was saved for it', async () => {
    const store = running(2)
    const asked = ask(store)
    expect(takeSaveRequest(store.layout.locks, ID)).toBe(true)
    expect(takeSaveRequest(store.layout.locks, ID)).toBe(false)
    writeCheckpoint(saveContext(store), saveOf(3), 1)
    writeCheckpoint(saveContext(store), saveOf(4, { type: 'manual' }), 2)
    expect(await asked).toMatchObject({ seq: 4, type: 'manual' })
  })

  it('is not answered with what was on its way before', async () => {
    const store = running(2)
    const clock = fakeClock()
    const asked = ask(store, clock)
    writeCheckpoint(saveContext(store), saveOf(3), 1)
    clock.pass(5000)
    await expect(asked).rejects.toMatchObject({ code: 'OPERATION_FAILED' })
    expect(existsSync(requestOf(store)), 'nobody waits any more').toBe(false)
  })

  it('is answered with a later one when retention has been faster', async () => {
    const store = running(2)
    const asked = ask(store)
    const context = saveContext(store, { retention: { keepLast: 1, keepBest: 0 } })
    for (const seq of [3, 4, 5])
      writeCheckpoint(context, saveOf(seq, seq === 4 ? { type: 'manual' } : {}), seq)
    expect(await asked).toMatchObject({ seq: 5, type: 'periodic' })
  })

  it('of a run that ends meanwhile is refused with exit 5', async () => {
    const store = running(1)
    const asked = ask(store)
    endOne(store.db, 'completed')
    await expect(asked).rejects.toMatchObject({
      code: 'NOT_RUNNING',
      exitCode: 5,
      message: `${ID} cannot save now: it has ended meanwhile: completed.`,
    })
    expect(existsSync(requestOf(store))).toBe(false)
  })

  it.each(['completed', 'failed', 'cancelled'] as const)(
    'of one that is %s too',
    async (status) => {
      const store = storeWithSaves(1, status)
      await expect(ask(store)).rejects.toMatchObject({ code: 'NOT_RUNNING' })
    },
  )

  it('of none is refused with exit 4', async () => {
    const store = running(1)
    await expect(saveNow({ ...store, clock: fakeClock() }, idOf('none'), 0)).rejects.toMatchObject({
      exitCode: 4,
    })
  })
})

it('a request that nobody has taken is one, however often it was left', () => {
  const { layout } = running(0)
  expect(takeSaveRequest(layout.locks, ID)).toBe(false)
  leaveSaveRequest(layout.locks, ID)
  leaveSaveRequest(layout.locks, ID)
  expect(takeSaveRequest(layout.locks, ID)).toBe(true)
  expect(takeSaveRequest(layout.locks, ID)).toBe(false)
})
