import { describe, expect, it } from 'vitest'
import { retryOf } from '../../../src/operations/retry.ts'
import { UNKNOWN_RUN_SETTINGS } from '../../../src/operations/run-settings.ts'
import {
  endOne,
  ID,
  operationOf,
  startOne,
  storeWithSaves,
  tempStore,
} from '../../support/temp-store.ts'

describe('a retry', () => {
  it.each(['failed', 'cancelled'] as const)(
    'of one that %s takes over what it was started with',
    (status) => {
      const { db } = tempStore()
      const settings = { strategy: 'text', epochs: 7 }
      startOne(db, ID, { settings, policy: UNKNOWN_RUN_SETTINGS as never })
      endOne(db, status)
      expect(retryOf(db, operationOf(db))).toEqual({
        operationId: ID,
        type: 'training',
        request: settings,
        saving: UNKNOWN_RUN_SETTINGS,
        isResumable: false,
      })
    },
  )

  it('says when a resume would keep more', () => {
    const { db } = storeWithSaves(2)
    expect(retryOf(db, operationOf(db)).isResumable).toBe(true)
  })

  it('of one that runs, or has completed, is refused with exit 5', () => {
    const { db } = tempStore()
    startOne(db)
    expect(() => retryOf(db, operationOf(db))).toThrow(
      expect.objectContaining({ code: 'OPERATION_ALREADY_RUNNING', exitCode: 5 }),
    )
    endOne(db, 'completed')
    expect(() => retryOf(db, operationOf(db))).toThrow(
      expect.objectContaining({ code: 'NOT_RETRYABLE', exitCode: 5 }),
    )
  })

  it('of one whose record is not as it was written is refused with exit 6', () => {
    const { db } = storeWithSaves(1)
    db.prepare("UPDATE operation SET settings_json = '{}' WHERE id = ?").run(ID)
    expect(() => retryOf(db, operationOf(db))).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' }),
    )
  })
})
