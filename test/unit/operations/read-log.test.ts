import fc from 'fast-check'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Listener, RunEvent } from '../../../src/core/events.ts'
import { logPath, outputPath, watchWithLog } from '../../../src/operations/operation-log.ts'
import { createLogReader } from '../../../src/operations/read-log.ts'
import { tellLog } from '../../../src/operations/tell-log.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { tempDir } from '../../support/program.ts'
import { cursorAt, endOne, ID, progressAt, startOne, tempStore } from '../../support/temp-store.ts'

const ERROR = { code: 'IO_FAILED', message: 'the disk', suggestions: ['df'], details: {} } as const
const EVENTS: RunEvent[] = [
  { kind: 'loaded', headline: [['Data', '5 105 bars']], warnings: [] },
  { kind: 'started', operationId: ID, resumedFrom: null },
  { kind: 'damaged', seq: 3, reason: 'a bit fell over' },
  { kind: 'progress', progress: progressAt(29) },
  { kind: 'saved', checkpoint: { seq: 4, type: 'manual', cursor: cursorAt(29), sizeBytes: 10 } },
  { kind: 'save-failed', error: ERROR },
  { kind: 'cleanup-failed', error: ERROR },
  { kind: 'thread-died', error: ERROR },
  { kind: 'stopping', lastSaved: cursorAt(29), isSaving: true },
  { kind: 'ended', status: 'failed', error: 'the disk' },
]

const silent: Listener = () => {}

function logged(events: readonly RunEvent[], clock = fakeClock()) {
  const store = tempStore()
  const { listener } = watchWithLog({ ...store, clock, threads: null, listener: silent })
  for (const event of events) listener(event)
  return { ...store, listener, clock, reader: createLogReader(logPath(store.layout.logs, ID)) }
}

describe('the log read back', () => {
  it('tells the very events that the run has told', () => {
    const { reader } = logged(EVENTS)
    expect(reader.read().map(({ event }) => event)).toEqual(EVENTS)
    expect(reader.read(), 'once').toEqual([])
  })

  it('tells of clean-up too', () => {
    const cleaned: RunEvent = {
      kind: 'cleaned',
      checkpointsDeleted: 2,
      orphanArtifactsCleaned: 1,
      bytesFreed: 4000,
      failed: 0,
      warnings: [],
    }
    const { reader } = logged([EVENTS[1]!, cleaned])
    expect(reader.read().flatMap(({ event }) => event ?? [])).toEqual([EVENTS[1], cleaned])
  })

  it('is the same whatever pieces it is written in: a line counts when it is whole', () => {
    const whole = '{"time":1,"level":30,"msg":"ä"}\n{"time":2,"level":40,"msg":"b"}\n\ncrash!\n'
    const bytes = Buffer.from(whole)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts) => {
        const path = join(tempDir(), 'log')
        const reader = createLogReader(path)
        expect(reader.read(), 'there is no file yet').toEqual([])
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const read = places.slice(1).flatMap((end, i) => {
          appendFileSync(path, bytes.subarray(places[i], end))
          return reader.read()
        })
        expect(read.map(({ atMs, level, message }) => [atMs, level, message])).toEqual([
          [1, 30, 'ä'],
          [2, 40, 'b'],
          [0, 30, 'crash!'],
        ])
      }),
      { numRuns: 30 },
    )
  })

  it.each([
    '{"event":"progress","time":1,"level":30}',
    '{"event":"__proto__","time":1,"level":30}',
    '{"event":"toString","time":1,"level":30}',
    '{"event":"saved"',
    '[1]',
    'null',
  ])('takes %s for no event', (line) => {
    const path = join(tempDir(), 'log')
    writeFileSync(path, `${line}\n`)
    expect(createLogReader(path).read()).toMatchObject([{ event: null, raw: line }])
  })

  it('has progress once a second, and ever less often in a long run', () => {
    const clock = fakeClock()
    const { listener, reader } = logged([EVENTS[1]!], clock)
    const progressIn = (hours: number): number => {
      for (let step = 0; step < hours * 36_000; step++) {
        clock.pass(100)
        listener(EVENTS[3]!)
      }
      return reader.read().filter(({ event }) => event?.kind === 'progress').length
    }
    expect(progressIn(0.01), '36 s').toBe(36)
    clock.pass(20 * 3_600_000)
    expect(progressIn(0.1), '6 minutes after 20 hours').toSatisfy((n: number) => n >= 30 && n <= 40)
  })
})

describe('who asks for the log', () => {
  const tell = async (
    store: ReturnType<typeof logged>,
    options: Parameters<typeof tellLog>[2],
    signal = new AbortController().signal,
  ): Promise<string[]> => {
    const told: string[] = []
    const listener: Parameters<typeof tellLog>[3] = (lines) =>
      told.push(...lines.map(({ message }) => message))
    await tellLog(store, ID, options, listener, signal)
    return told
  }

  it('gets all of it, then what a crash has printed; or the last lines', async () => {
    const store = logged(EVENTS.slice(0, 2))
    writeFileSync(outputPath(store.layout.logs, ID), 'FATAL ERROR: out of memory\n')
    expect(await tell(store, { follow: false })).toEqual([
      'loaded',
      'started',
      'FATAL ERROR: out of memory',
    ])
    expect(await tell(store, { follow: false, lines: 1 })).toEqual(['FATAL ERROR: out of memory'])
    expect(await tell(store, { follow: false, lines: 0 })).toEqual([])
    expect(await tell(store, { follow: false, lines: 9 })).toHaveLength(3)
  })

  it('gets no less than what the log is to tell', async () => {
    const error = { code: 'IO_FAILED', message: 'the disk is full', suggestions: [], details: {} }
    const store = logged([EVENTS[1]!, { kind: 'save-failed', error } as RunEvent])
    expect(await tell(store, { follow: false, level: 'error' })).toEqual(['the disk is full'])
    expect(await tell(store, { follow: false, level: 'info' })).toContain('started')
    expect(await tell(store, { follow: false, level: 'silent' })).toContain('started')
  })

  it('and follows it gets what comes until the run has ended, to the last line', async () => {
    const store = logged(EVENTS.slice(0, 2))
    startOne(store.db)
    const told = tell(store, { follow: true, lines: 1 })
    store.listener(EVENTS[8]!)
    store.listener(EVENTS[9]!)
    endOne(store.db, 'failed')
    expect(await told).toEqual(['started', 'stopping', 'failed'])
  })

  it('may go before the end', async () => {
    const store = logged(EVENTS.slice(0, 2))
    startOne(store.db)
    const controller = new AbortController()
    const told = tell(store, { follow: true }, controller.signal)
    controller.abort()
    expect(await told).toEqual(['loaded', 'started'])
  })
})
