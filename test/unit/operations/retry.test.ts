import { describe, expect, it } from 'vitest'
import { retryOf } from '../../../src/operations/retry.ts'
import { UNKNOWN_RUN_SETTINGS } from '../../../src/operations/run-settings.ts'
import { viewOperationDetails } from '../../../src/operations/views.ts'
import { deleteOperation } from '../../../src/store/operation-table.ts'
import {
  endOne,
  ID,
  idOf,
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

  it('is known to what it is a retry of, and knows that, whatever is deleted', () => {
    const { db, layout } = tempStore()
    const [again, oncemore] = [idOf('again2'), idOf('again3')]
    startOne(db)
    startOne(db, again, { retriedFrom: ID })
    startOne(db, oncemore, { retriedFrom: ID })
    const shown = (id: string) => viewOperationDetails(db, layout, operationOf(db, id), 0)
    expect(shown(ID)).toMatchObject({ retriedFrom: null, retriedBy: [oncemore, again] })
    expect(shown(again)).toMatchObject({ retriedFrom: ID, retriedBy: [] })
    expect(operationOf(db, again).isSealed).toBe(true)
    deleteOperation(db, ID)
    expect(shown(again)).toMatchObject({ retriedFrom: ID })
    deleteOperation(db, oncemore)
    db.prepare('UPDATE operation SET retried_from = ? WHERE id = ?').run('op_x', again)
    expect(operationOf(db, again).isSealed, 'it is part of the record').toBe(false)
  })

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
