import { describe, expect, it } from 'vitest'
import { queueOverrides, queueSettings } from '../../src/queue-options.ts'

describe('how a queue is worked off', () => {
  it('takes a snapshot every 10 seconds unless it is told otherwise', () => {
    expect(queueSettings({ workers: 2 })).toEqual({
      workers: 2,
      snapshotEveryMs: 10_000,
      taskTimeoutMs: null,
      maxSnapshotAgeMs: null,
      failFast: false,
      workerMemoryBytes: null,
    })
    expect(queueSettings({ snapshotInterval: '250ms' }).snapshotEveryMs).toBe(250)
  })

  it('takes none with an interval of 0, or when the run saves nothing', () => {
    expect(queueSettings({ snapshotInterval: '0' }).snapshotEveryMs).toBeNull()
    expect(queueSettings({ snapshotInterval: '5s' }, false).snapshotEveryMs).toBeNull()
  })

  it('reads times and sizes, of which 0 is none', () => {
    const typed = { taskTimeout: '5m', maxCheckpointAge: '1h', workerMemory: '512MiB' }
    expect(queueSettings(typed)).toMatchObject({
      taskTimeoutMs: 300_000,
      maxSnapshotAgeMs: 3_600_000,
      workerMemoryBytes: 512 * 1024 ** 2,
    })
    const none = queueSettings({ taskTimeout: '0', maxCheckpointAge: '0' })
    expect(none).toMatchObject({ taskTimeoutMs: null, maxSnapshotAgeMs: null })
  })

  it.each([0, -1, 1.5, 257])('%d workers are refused', (workers) => {
    expect(() => queueSettings({ workers })).toThrow(`--workers takes 1 to 256, was ${workers}.`)
  })
})

it('a resume changes what it is told, and nothing else', () => {
  expect(queueOverrides({})).toEqual({})
  expect(queueOverrides({ workers: 3, taskTimeout: '1s', failFast: false })).toEqual({
    workers: 3,
    taskTimeoutMs: 1000,
    failFast: false,
  })
})
