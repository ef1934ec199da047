import { describe, expect, it } from 'vitest'
import {
  endAttempt,
  insertAttempt,
  listAttempts,
  recordOverhead,
} from '../../../src/store/attempt-table.ts'
import { endRunning } from '../../../src/store/end-running.ts'
import { bumpGeneration, claimOperation } from '../../../src/store/operation-table.ts'
import {
  cursorAt,
  endOne,
  ID,
  idOf,
  operationOf,
  startOne,
  tempStore,
} from '../../support/temp-store.ts'

const AGAIN = {
  pid: 4712,
  host: 'lab',
  program: 'ktrdr 0.1.0',
  overrides: { epochs: 200 },
  resumedFrom: { seq: 3, type: 'periodic', createdAtMs: 5, cursor: cursorAt(30) },
  startedAtMs: 10,
} as const

describe('attempts', () => {
  it('are numbered in order and carry the generation of their claim', () => {
    const { db } = tempStore()
    startOne(db)
    startOne(db, idOf('other'))
    endOne(db, 'failed')
    bumpGeneration(db, ID) // a recovery
    claimOperation(db, ID, ['failed'], {})
    insertAttempt(db, ID, AGAIN)
    expect(listAttempts(db, ID)).toEqual([
      expect.objectContaining({ number: 1, generation: 1, resumedFrom: null, overrides: {} }),
      {
        ...AGAIN,
        number: 2,
        generation: 3,
        endedAtMs: null,
        outcome: null,
        reason: null,
        overhead: { saves: 0, blockedMs: 0, runningMs: 0 },
      },
    ])
    expect(listAttempts(db, idOf('other')).map(({ number }) => number)).toEqual([1])
  })

  it('each keep what saving has cost them', () => {
    const { db } = tempStore()
    startOne(db)
    const first = { saves: 3, blockedMs: 1.25, runningMs: 9000.5 }
    recordOverhead(db, { operationId: ID, generation: 1 }, first)
    endOne(db, 'failed')
    claimOperation(db, ID, ['failed'], {})
    insertAttempt(db, ID, AGAIN)
    const second = { saves: 1, blockedMs: 0.5, runningMs: 100 }
    recordOverhead(db, { operationId: ID, generation: 2 }, second)
    expect(listAttempts(db, ID).map(({ overhead }) => overhead)).toEqual([first, second])
  })

  it('end once: a later ending does not rewrite an earlier one', () => {
    const { db } = tempStore()
    startOne(db)
    endAttempt(db, ID, 'failed', 'OWNER_DIED', 7)
    insertAttempt(db, ID, AGAIN)
    endAttempt(db, ID, 'completed', null, 20)
    expect(
      listAttempts(db, ID).map(({ outcome, reason, endedAtMs }) => ({
        outcome,
        reason,
        endedAtMs,
      })),
    ).toEqual([
      { outcome: 'failed', reason: 'OWNER_DIED', endedAtMs: 7 },
      { outcome: 'completed', reason: null, endedAtMs: 20 },
    ])
  })
})

describe('the end of a running operation', () => {
  const ending = { status: 'cancelled', endedAtMs: 9 } as const

  it('ends row and attempt together', () => {
    const { db } = tempStore()
    startOne(db)
    expect(endRunning(db, { operationId: ID, generation: 1 }, ending, 'cancellation')).toBe(true)
    expect(operationOf(db)).toMatchObject({ status: 'cancelled', endedAtMs: 9 })
    expect(listAttempts(db, ID)[0]).toMatchObject({
      outcome: 'cancelled',
      reason: 'cancellation',
      endedAtMs: 9,
    })
  })

  it('writes neither for an owner that has been fenced off', () => {
    const { db } = tempStore()
    startOne(db)
    bumpGeneration(db, ID)
    expect(endRunning(db, { operationId: ID, generation: 1 }, ending, 'cancellation')).toBe(false)
    expect(operationOf(db).status).toBe('running')
    expect(listAttempts(db, ID)[0]).toMatchObject({ outcome: null, endedAtMs: null })
  })
})
