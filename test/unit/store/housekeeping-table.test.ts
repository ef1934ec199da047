import { describe, expect, it } from 'vitest'
import { lastDoneMs, newestRowMs, takeOn } from '../../../src/store/housekeeping-table.ts'
import {
  CREATED_AT_MS,
  endOne,
  idOf,
  openTemporarily,
  startOne,
  tempStore,
} from '../../support/temp-store.ts'

const DAY_MS = 86_400_000

describe('a task', () => {
  it('is due when it was never done, and again when the interval has passed', () => {
    const { db } = tempStore()
    const at = (ms: number): boolean => takeOn(db, 'cleanup', DAY_MS, CREATED_AT_MS + ms)
    expect(lastDoneMs(db, 'cleanup')).toBeUndefined()
    expect([0, 1, DAY_MS - 1, DAY_MS, DAY_MS + 1].map(at)).toEqual([
      true,
      false,
      false,
      true,
      false,
    ])
    expect(lastDoneMs(db, 'cleanup')).toBe(CREATED_AT_MS + DAY_MS)
  })

  it('is due when the clock has gone back', () => {
    const { db } = tempStore()
    takeOn(db, 'cleanup', DAY_MS, CREATED_AT_MS)
    expect(takeOn(db, 'cleanup', DAY_MS, CREATED_AT_MS - 1)).toBe(true)
  })

  it('is taken on by one of several processes', () => {
    const { db, layout } = tempStore()
    const others = [db, openTemporarily(layout.database), openTemporarily(layout.database)]
    expect(others.map((one) => takeOn(one, 'cleanup', DAY_MS, CREATED_AT_MS))).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('the newest record', () => {
  it('is the newest start or save, of all operations but one', () => {
    const { db } = tempStore()
    expect(newestRowMs(db)).toBeUndefined()
    startOne(db, idOf('one'), { createdAtMs: CREATED_AT_MS })
    startOne(db, idOf('two'), { createdAtMs: CREATED_AT_MS + 5 })
    expect(newestRowMs(db)).toBe(CREATED_AT_MS + 5)
    expect(newestRowMs(db, idOf('two'))).toBe(CREATED_AT_MS)
  })

  it('is no end: recovery records those by a clock that may be wrong', () => {
    const { db } = tempStore()
    startOne(db)
    endOne(db, 'failed')
    expect(newestRowMs(db)).toBe(CREATED_AT_MS)
  })
})
