import { readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/events.ts'
import { logPath, watchWithLog } from '../../../src/operations/operation-log.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { cursorAt, ID, tempStore } from '../../support/temp-store.ts'

const EVENTS: RunEvent[] = [
  { kind: 'loading' },
  { kind: 'loaded', headline: [['Data', '5 105 bars']], warnings: ['a gap of 3 days'] },
  { kind: 'started', operationId: ID, resumedFrom: null },
  { kind: 'damaged', seq: 3, reason: 'a bit fell over' },
  { kind: 'saved', checkpoint: { seq: 4, type: 'periodic', cursor: cursorAt(29), sizeBytes: 10 } },
  {
    kind: 'save-failed',
    error: { code: 'IO_FAILED', message: 'the disk is full', suggestions: [], details: {} },
  },
  { kind: 'stopping', lastSaved: null, isSaving: true },
  { kind: 'ended', status: 'cancelled', error: null },
]

function watched() {
  const store = tempStore()
  const heard: RunEvent[] = []
  const { listener } = watchWithLog({
    ...store,
    clock: fakeClock(),
    threads: null,
    listener: (event) => heard.push(event),
  })
  const path = logPath(store.layout.logs, ID)
  const lines = () =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number; msg: string })
  return { listener, heard, path, lines }
}

describe('the log of an operation', () => {
  it('has a line of JSON for each event, those before the start included, in order', () => {
    const { listener, heard, lines } = watched()
    for (const event of EVENTS) listener(event)
    expect(heard, 'and whoever listens hears them all the same').toEqual(EVENTS)
    expect(lines()).toMatchObject([
      { level: 30, msg: 'loaded', headline: { Data: '5 105 bars' } },
      { level: 40, msg: 'a gap of 3 days' },
      { level: 30, msg: 'started' },
      { level: 40, seq: 3, reason: 'a bit fell over' },
      { level: 30, seq: 4, msg: 'checkpoint saved: epoch 29' },
      { level: 50, code: 'IO_FAILED', msg: 'the disk is full' },
      { level: 30, msg: 'stopping' },
      { level: 30, msg: 'cancelled', status: 'cancelled' },
    ])
  })

  it('is on disk at once: a kill loses nothing that was said', () => {
    const { listener, lines } = watched()
    for (const [i, event] of EVENTS.slice(2).entries()) {
      listener(event)
      expect(lines()).toHaveLength(i + 1)
    }
  })

  it('tells what clean-up has removed, in two counts, and why it could not', () => {
    const { listener, lines } = watched()
    listener(EVENTS[2]!)
    const events: RunEvent[] = [
      {
        kind: 'cleaned',
        checkpointsDeleted: 2,
        orphanArtifactsCleaned: 1,
        bytesFreed: 4000,
        failed: 0,
        warnings: ['the clock is wrong'],
      },
      {
        kind: 'cleanup-failed',
        error: { code: 'IO_FAILED', message: 'the disk is broken', suggestions: [], details: {} },
      },
    ]
    for (const event of events) listener(event)
    expect(lines().slice(1)).toMatchObject([
      { level: 40, msg: 'the clock is wrong' },
      { level: 30, msg: 'Deleted 2 old checkpoints', bytesFreed: 4000 },
      { level: 30, msg: 'Cleaned 1 orphan artifacts', failed: 0 },
      { level: 50, code: 'IO_FAILED', msg: 'the disk is broken' },
    ])
  })

  it('is for its owner alone', () => {
    const { listener, path } = watched()
    listener(EVENTS[2]!)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('goes on where it was when the operation is resumed', () => {
    const { listener, lines } = watched()
    listener(EVENTS[2]!)
    const resumedFrom = { seq: 4, type: 'periodic', createdAtMs: 1, cursor: cursorAt(29) } as const
    listener({ kind: 'started', operationId: ID, resumedFrom })
    expect(lines().map(({ msg }) => msg)).toEqual(['started', 'resumed'])
  })
})
