import { describe, expect, it } from 'vitest'
import { cancelOperation } from '../../../src/operations/cancel.ts'
import { pendingCancel } from '../../../src/store/operation-table.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { endOne, ID, idOf, startOne, tempStore } from '../../support/temp-store.ts'

describe('cancelling from another terminal', () => {
  it('leaves a request with its reason, and waits until the owner has recorded the end', async () => {
    const { db } = tempStore()
    startOne(db)
    const cancelled = cancelOperation(db, fakeClock(), ID, 'wrong data', 60_000)
    expect(pendingCancel(db, ID)).toBe('wrong data')
    endOne(db, 'cancelled')
    expect(await cancelled).toMatchObject({ status: 'cancelled', cancelReason: 'wrong data' })
  })

  it('gives up waiting in time; the request stays', async () => {
    const { db } = tempStore()
    startOne(db)
    const clock = fakeClock()
    const cancelled = cancelOperation(db, clock, ID, null, 5000)
    clock.pass(5000)
    expect(await cancelled).toMatchObject({ status: 'running' })
    expect(pendingCancel(db, ID)).toBe('')
  })

  it('may not wait at all', async () => {
    const { db } = tempStore()
    startOne(db)
    expect(await cancelOperation(db, fakeClock(), ID, null, 0)).toMatchObject({ status: 'running' })
  })

  it.each(['completed', 'failed', 'cancelled'] as const)(
    'is refused with exit 5 when the operation is %s',
    async (status) => {
      const { db } = tempStore()
      startOne(db)
      endOne(db, status)
      await expect(cancelOperation(db, fakeClock(), ID, null, 0)).rejects.toMatchObject({
        code: 'NOT_CANCELLABLE',
        exitCode: 5,
        message: `${ID} cannot be cancelled: it is ${status}.`,
        details: { operationId: ID, status },
      })
    },
  )

  it('of an operation that does not exist is refused with exit 4', async () => {
    const { db } = tempStore()
    await expect(cancelOperation(db, fakeClock(), idOf('none'), null, 0)).rejects.toMatchObject({
      code: 'OPERATION_NOT_FOUND',
      exitCode: 4,
    })
  })
})
