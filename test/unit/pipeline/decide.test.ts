import { describe, expect, it } from 'vitest'
import { decide, isExpired, type Known, type KnownOperation } from '../../../src/pipeline/decide.ts'

const HOUR_MS = 3_600_000
const NOW_MS = Date.UTC(2025, 5, 1)
const PARTS = { strategy: 'a', data: 'b' }
const options = { parts: PARTS, fingerprint: 'now', ttlMs: 24 * HOUR_MS, nowMs: NOW_MS }

const hoursAgo = (hours: number): number => NOW_MS - hours * HOUR_MS

const operation = (changes: Partial<KnownOperation> = {}): KnownOperation => ({
  id: 'op',
  status: 'cancelled',
  endedAtMs: hoursAgo(1),
  checkpoint: { text: 'epoch 29 of 100', createdAtMs: hoursAgo(1) },
  ...changes,
})

const row = (changes: Partial<Known> = {}): Known => ({
  fingerprint: 'now',
  parts: PARTS,
  status: 'completed',
  startedAtMs: hoursAgo(3),
  endedAtMs: hoursAgo(2),
  damage: null,
  operation: null,
  ...changes,
})

describe('a phase', () => {
  it.each<[what: string, rows: readonly Known[], decision: object]>([
    ['that never ran runs', [], { action: 'run', reason: 'it has not run yet' }],
    ['that is done is cached', [row()], { action: 'cached' }],
    [
      'that was done before a change and after it is cached: what was made for this is there',
      [row({ fingerprint: 'other', parts: { strategy: 'x' } }), row()],
      { action: 'cached' },
    ],
    [
      'of which something has changed runs, and says what',
      [row({ fingerprint: 'before', parts: { strategy: 'a', data: 'x' } })],
      { action: 'run', reason: 'data has changed' },
    ],
    [
      'of which a setting was removed runs',
      [row({ fingerprint: 'before', parts: { ...PARTS, epochs: 'x' } })],
      { action: 'run', reason: 'epochs was removed' },
    ],
    [
      'of which a setting was added runs',
      [row({ fingerprint: 'before', parts: { data: 'b' } })],
      { action: 'run', reason: 'strategy was added' },
    ],
    [
      'that was done too long ago runs',
      [row({ endedAtMs: hoursAgo(25) })],
      { action: 'run', reason: 'what it has made is older than 1d' },
    ],
    [
      'of which a file is gone runs',
      [row({ damage: '/x.csv is gone' })],
      { action: 'run', reason: '/x.csv is gone' },
    ],
    [
      'that was stopped goes on',
      [row({ status: 'cancelled', operation: operation() })],
      { action: 'resume', from: 'epoch 29 of 100' },
    ],
    [
      'that has died goes on',
      [row({ status: 'running', operation: operation({ status: 'failed' }) })],
      { action: 'resume', from: 'epoch 29 of 100' },
    ],
    [
      'whose operation was completed elsewhere, or just before the end, takes what it has made',
      [row({ status: 'running', operation: operation({ status: 'completed', checkpoint: null }) })],
      { action: 'adopt' },
    ],
    [
      'whose operation was completed too long ago runs',
      [
        row({
          status: 'running',
          operation: operation({ status: 'completed', endedAtMs: hoursAgo(25) }),
        }),
      ],
      { action: 'run', reason: 'what it has made is older than 1d' },
    ],
    [
      'whose checkpoint is past its time runs',
      [
        row({
          status: 'failed',
          operation: operation({ checkpoint: { text: 'epoch 3 of 9', createdAtMs: hoursAgo(25) } }),
        }),
      ],
      { action: 'run', reason: 'its checkpoint (epoch 3 of 9) is older than 1d' },
    ],
    [
      'without a checkpoint runs',
      [row({ status: 'failed', operation: operation({ checkpoint: null }) })],
      { action: 'run', reason: 'it was not finished, and has no checkpoint' },
    ],
    [
      'that is no operation and was not finished runs',
      [row({ status: 'running' })],
      { action: 'run', reason: 'it was not finished' },
    ],
  ])('%s', (_, rows, decision) => {
    expect(decide(rows, options)).toMatchObject(decision)
  })

  it('never expires without a ttl, nor by a clock that has gone back', () => {
    const old = row({ endedAtMs: 0 })
    expect(decide([old], { ...options, ttlMs: null }).action).toBe('cached')
    expect(decide([row({ endedAtMs: NOW_MS + HOUR_MS })], options).action).toBe('cached')
    expect(decide([row({ endedAtMs: hoursAgo(24) })], options).action, 'to the hour').toBe('cached')
  })
})

describe('what has expired', () => {
  it.each<[Partial<Known>, boolean]>([
    [{ status: 'cancelled', operation: operation() }, false],
    [
      {
        status: 'cancelled',
        operation: operation({ checkpoint: { text: '', createdAtMs: hoursAgo(25) } }),
      },
      true,
    ],
    [{ status: 'running', startedAtMs: hoursAgo(25) }, true],
    [{ status: 'completed', endedAtMs: hoursAgo(99) }, false],
    [
      {
        status: 'running',
        startedAtMs: hoursAgo(99),
        operation: operation({ status: 'completed' }),
      },
      false,
    ],
  ])('is what was begun and is past its time: %o %s', (changes, expired) => {
    expect(isExpired(row(changes), options.ttlMs, NOW_MS)).toBe(expired)
  })
})
