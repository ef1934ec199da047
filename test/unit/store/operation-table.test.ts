import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPERATION_STATUSES } from '../../../src/core/operation.ts'
import {
  listOperationIds,
  listOperations,
  listRunningIds,
} from '../../../src/store/operation-list.ts'
import {
  bumpGeneration,
  claimOperation,
  endOperation,
  findOperation,
  pendingCancel,
  recordProgress,
  requestCancel,
  setLastSeq,
} from '../../../src/store/operation-table.ts'
import {
  CREATED_AT_MS,
  cursorAt,
  endOne,
  ID,
  idOf,
  openTemporarily,
  operationOf,
  progressAt,
  startOne,
  tempStore,
} from '../../support/temp-store.ts'

const RESUMABLE = ['failed', 'cancelled'] as const

describe('a new operation', () => {
  it('is running, in its first generation, with everything it was given', () => {
    const { db } = tempStore()
    startOne(db)
    expect(findOperation(db, ID)).toEqual({
      id: ID,
      type: 'training',
      name: 'pullback',
      status: 'running',
      generation: 1,
      settings: { epochs: 100 },
      fingerprints: { strategy: 'f00d' },
      policy: { policy: null },
      progress: { cursor: cursorAt(0), doneRatio: 0, metrics: {} },
      lastSeq: 0,
      error: null,
      result: null,
      cancelRequestedAtMs: null,
      cancelReason: null,
      createdAtMs: CREATED_AT_MS,
      endedAtMs: null,
      retriedFrom: null,
      isSealed: true,
    })
    expect(findOperation(db, idOf('other'))).toBeUndefined()
  })

  it('never takes the id of another', () => {
    const { db } = tempStore()
    startOne(db)
    expect(() => startOne(db)).toThrow('UNIQUE')
  })
})

describe('lists', () => {
  it('show the one that came last first, whatever the clock said', () => {
    const { db } = tempStore()
    startOne(db, idOf('b'), { createdAtMs: 2 })
    startOne(db, idOf('a'), { createdAtMs: 1 })
    startOne(db, idOf('c'), { createdAtMs: 2 })
    const expected = [idOf('c'), idOf('a'), idOf('b')]
    expect(listOperationIds(db)).toEqual(expected)
    expect(listOperations(db).map(({ id }) => id)).toEqual(expected)
  })

  it('of what is running hold nothing that has ended', () => {
    const { db } = tempStore()
    for (const tail of ['a', 'b', 'c']) startOne(db, idOf(tail))
    endOne(db, 'failed', idOf('b'))
    expect(listRunningIds(db).toSorted()).toEqual([idOf('a'), idOf('c')])
  })
})

describe('a claim', () => {
  it('is won by exactly one of two connections, and moves the generation once', () => {
    const { db, layout } = tempStore()
    const other = openTemporarily(layout.database)
    startOne(db)
    endOne(db, 'cancelled')
    const claims = [db, other].map((each) => claimOperation(each, ID, RESUMABLE, { epochs: 200 }))
    expect(claims).toEqual([true, false])
    expect(operationOf(db)).toMatchObject({
      status: 'running',
      generation: 2,
      settings: { epochs: 200 },
    })
  })

  it('wipes what the last attempt left: error, end, cancel request', () => {
    const { db } = tempStore()
    startOne(db)
    requestCancel(db, ID, 'late', 5)
    const error = { code: 'IO_FAILED', message: 'the disk is full', suggestions: [] }
    endOperation(db, { operationId: ID, generation: 1 }, { status: 'failed', error, endedAtMs: 6 })
    expect(operationOf(db)).toMatchObject({ error, endedAtMs: 6, cancelReason: 'late' })
    claimOperation(db, ID, RESUMABLE, {})
    expect(operationOf(db)).toMatchObject({
      error: null,
      endedAtMs: null,
      cancelRequestedAtMs: null,
      cancelReason: null,
    })
  })

  it.each(OPERATION_STATUSES)(
    'of a %s operation succeeds only where a resume may start',
    (status) => {
      const { db } = tempStore()
      startOne(db)
      db.prepare('UPDATE operation SET status = ?').run(status)
      const isResumable = (RESUMABLE as readonly string[]).includes(status)
      expect(claimOperation(db, ID, RESUMABLE, {})).toBe(isResumable)
      expect(operationOf(db).generation).toBe(isResumable ? 2 : 1)
    },
  )
})

describe('a fenced write', () => {
  const fence = { operationId: ID, generation: 1 }
  const ending = { status: 'completed', result: { a: 1 }, endedAtMs: 9 } as const

  it('of the owner is recorded', () => {
    const { db } = tempStore()
    startOne(db)
    expect(recordProgress(db, fence, 3, progressAt(30))).toBe(true)
    expect(operationOf(db)).toMatchObject({ lastSeq: 3, progress: progressAt(30) })
    expect(endOperation(db, fence, ending)).toBe(true)
    expect(operationOf(db)).toMatchObject({
      status: 'completed',
      result: { a: 1 },
      progress: progressAt(30),
      endedAtMs: 9,
    })
  })

  it.each([
    ['a takeover', (db) => (endOne(db, 'failed'), claimOperation(db, ID, RESUMABLE, {}))],
    ['a recovery', (db) => (endOne(db, 'failed'), bumpGeneration(db, ID))],
    ['the end', (db) => endOne(db, 'cancelled')],
  ] satisfies [string, (db: ReturnType<typeof tempStore>['db']) => unknown][])(
    'of somebody who was the owner changes nothing after %s',
    (_, takeOver) => {
      const { db } = tempStore()
      startOne(db)
      takeOver(db)
      const before = operationOf(db)
      expect(recordProgress(db, fence, 99, progressAt(99))).toBe(false)
      expect(endOperation(db, fence, ending)).toBe(false)
      expect(operationOf(db)).toEqual(before)
    },
  )

  it('of an owner of the future changes nothing either', () => {
    const { db } = tempStore()
    startOne(db)
    expect(recordProgress(db, { ...fence, generation: 2 }, 1, progressAt(1))).toBe(false)
    expect(operationOf(db).lastSeq).toBe(0)
  })
})

describe('a cancel request', () => {
  it('is pending with its reason, or with none, until the next claim', () => {
    const { db } = tempStore()
    startOne(db)
    expect(pendingCancel(db, ID)).toBeUndefined()
    expect(requestCancel(db, ID, null, 7)).toBe(true)
    expect(pendingCancel(db, ID)).toBe('')
    requestCancel(db, ID, 'wrong data', 8)
    expect(pendingCancel(db, ID)).toBe('wrong data')
    endOne(db, 'cancelled')
    claimOperation(db, ID, RESUMABLE, {})
    expect(pendingCancel(db, ID)).toBeUndefined()
  })

  it('reaches nothing that is not running', () => {
    const { db } = tempStore()
    startOne(db)
    endOne(db, 'completed')
    expect(requestCancel(db, ID, null, 7)).toBe(false)
    expect(requestCancel(db, idOf('none'), null, 7)).toBe(false)
    expect(pendingCancel(db, ID)).toBeUndefined()
    expect(pendingCancel(db, idOf('none'))).toBeUndefined()
  })
})

describe('the number of the last checkpoint', () => {
  it('follows deletions by hand', () => {
    const { db } = tempStore()
    startOne(db)
    setLastSeq(db, ID, 4)
    expect(operationOf(db).lastSeq).toBe(4)
  })
})

describe('JSON in a row', () => {
  it('comes back as it went in', () => {
    const { db } = tempStore()
    let n = 0
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const settings = JSON.parse(JSON.stringify(json))
        const id = startOne(db, `op_${n++}`, { settings })
        expect(operationOf(db, id).settings).toEqual(settings)
      }),
      { numRuns: 20 },
    )
  })
})
