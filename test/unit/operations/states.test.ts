import { describe, expect, it } from 'vitest'
import { OPERATION_STATUSES, type OperationStatus } from '../../../src/core/operation.ts'
import { isResumable, LEGAL_MOVES, RESUMABLE } from '../../../src/operations/states.ts'

/** Every status that some chain of legal moves leads to. */
function reachableFrom(...start: OperationStatus[]): Set<OperationStatus> {
  const reached = new Set(start)
  for (const status of reached) for (const next of LEGAL_MOVES[status]) reached.add(next)
  return reached
}

describe('the states of an operation', () => {
  it('each have their moves, to states that exist, never to themselves', () => {
    expect(Object.keys(LEGAL_MOVES).toSorted()).toEqual([...OPERATION_STATUSES].toSorted())
    for (const [status, moves] of Object.entries(LEGAL_MOVES)) {
      expect(new Set(moves).size, `${status} names each once`).toBe(moves.length)
      for (const move of moves) {
        expect(OPERATION_STATUSES).toContain(move)
        expect(move).not.toBe(status)
      }
    }
  })

  it('can all be reached from the first', () =>
    expect(reachableFrom('pending')).toEqual(new Set(OPERATION_STATUSES)))

  it('lead to completed from everywhere, and away from it only by a rollback', () => {
    expect(LEGAL_MOVES.completed).toEqual(['cancelled'])
    for (const status of OPERATION_STATUSES) expect(reachableFrom(status)).toContain('completed')
  })

  it('let only a running operation end', () => {
    for (const end of ['completed', 'failed'] as const)
      expect(OPERATION_STATUSES.filter((status) => LEGAL_MOVES[status].includes(end))).toEqual([
        'running',
      ])
  })
})

describe('a resume', () => {
  it('may start from what failed or was cancelled, and from nothing else', () =>
    expect([...RESUMABLE].toSorted()).toEqual(['cancelled', 'failed']))

  it('needs what the operation was started with', () => {
    expect(isResumable({ status: 'failed', settings: {} })).toBe(true)
    expect(isResumable({ status: 'failed', settings: null })).toBe(false)
  })
})
