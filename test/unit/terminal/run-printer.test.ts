import { Writable } from 'node:stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { RunEvent } from '../../../src/core/events.ts'
import type { Cursor } from '../../../src/core/operation.ts'
import { createRunPrinter, type ProgressMode } from '../../../src/terminal/run-printer.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const epoch = (at: number): Cursor => ({ unit: 'epoch', at, of: 100, within: null })

const progress = (at: number): RunEvent => ({
  kind: 'progress',
  progress: { cursor: epoch(at), doneRatio: at / 100, metrics: { trainLoss: 0.5 } },
})

const LOADED: RunEvent = {
  kind: 'loaded',
  headline: [['Data', 'SP500 1d']],
  warnings: ['1 gap in the bars'],
}

const STARTED: RunEvent = { kind: 'started', operationId: 'op_x', resumedFrom: null }

/** A pipe: no terminal. */
async function printerTo(mode: ProgressMode, quiet = false) {
  let written = ''
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      written += chunk.toString()
      done()
    },
  }) as NodeJS.WriteStream
  const clock = fakeClock()
  const { listener, close } = await createRunPrinter({ mode, stream, clock, quiet })
  return { listener, close, clock, lines: () => written.split('\n').slice(0, -1) }
}

describe('progress in a pipe', () => {
  it('says what is run, then a line now and then', async () => {
    const { listener, clock, lines } = await printerTo('auto')
    listener({ kind: 'loading' })
    listener(LOADED)
    listener(STARTED)
    for (let at = 1; at <= 20; at++) {
      clock.pass(100)
      listener(progress(at))
    }
    expect(lines().slice(0, 3)).toEqual([
      'Data  SP500 1d',
      '! 1 gap in the bars',
      'Operation  op_x',
    ])
    expect(lines().slice(3), 'twenty epochs in two seconds are two lines').toHaveLength(2)
    expect(lines()[3]).toMatch(/^epoch 10\/100 +#+-+ +10% +train 0\.5000 +10 epochs\/s +ETA 8s$/)
  })

  it('gives a sign of life after 30 s within an epoch, not before', async () => {
    const { listener, clock, lines } = await printerTo('plain')
    clock.pass(60_000) // however long the loading took
    listener(STARTED)
    const atStart = lines().length
    clock.pass(29_000)
    listener(progress(0))
    expect(lines(), 'nothing is done yet').toHaveLength(atStart)
    clock.pass(1000)
    listener(progress(0))
    expect(lines()).toHaveLength(atStart + 1)
  })

  it('gives a sign of life while nothing at all is told', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { listener, clock, lines, close } = await printerTo('plain')
    const wait = (ms: number): void => {
      clock.pass(ms)
      vi.advanceTimersByTime(1000)
    }
    listener({ kind: 'loading' })
    listener({ kind: 'stage', stage: 'reading data' })
    wait(29_000)
    expect(lines()).toEqual([])
    wait(1000)
    wait(30_000)
    expect(lines()).toEqual(['Reading data', 'Reading data'])
    wait(9000)
    listener({ kind: 'stage', stage: 'computing features' })
    expect(lines(), 'what was before did not take long').toHaveLength(2)
    wait(1000)
    listener({ kind: 'stage', stage: 'making labels' })
    expect(lines()[2]).toBe('Making labels')
    listener(STARTED)
    listener(progress(5))
    wait(30_000)
    expect(lines().at(-1)).toMatch(/^epoch 5\/100 /)
    close()
    wait(60_000)
    expect(lines()).toHaveLength(5)
  })

  it('says where the last save stands', async () => {
    const { listener, clock, lines } = await printerTo('plain')
    listener({
      kind: 'saved',
      checkpoint: { seq: 1, type: 'periodic', cursor: epoch(10), sizeBytes: 9 },
    })
    clock.pass(1000)
    listener(progress(11))
    expect(lines().at(-1)).toMatch(/saved @ 10$/)
  })

  it('is silent when quiet, but for what is wrong and what Ctrl-C does', async () => {
    const { listener, clock, lines } = await printerTo('auto', true)
    listener(LOADED)
    listener(STARTED)
    clock.pass(60_000)
    listener(progress(5))
    expect(lines()).toEqual([])
    listener({ kind: 'damaged', seq: 3, reason: 'bad hash\u001B[2J' })
    listener({ kind: 'stopping', lastSaved: epoch(25), isSaving: true })
    expect(lines()).toEqual([
      '! Checkpoint #3 cannot be used, an older one is: bad hash\\u001b[2J',
      'Stopping and saving. Press Ctrl-C again to quit now (you would go back to epoch 25).',
    ])
  })
})

describe('what a run says', () => {
  it('of a resume: from where, exactly', async () => {
    const { listener, clock, lines } = await printerTo('plain')
    const cursor: Cursor = { ...epoch(26), within: { unit: 'batch', at: 4, of: 46 } }
    const createdAtMs = clock.nowMs() - 90_000
    const resumedFrom = { seq: 8, type: 'periodic', createdAtMs, cursor } as const
    listener({ kind: 'started', operationId: 'op_x', resumedFrom })
    expect(lines()[1]).toBe(
      'Resumed    from epoch 26 +4/46 batches (checkpoint #8, periodic, saved 1 minute ago)',
    )
  })

  it.each([
    [null, true, 'you would go back to the beginning'],
    [epoch(25), true, 'you would go back to epoch 25'],
    [null, false, 'Stopping. Nothing is saved.'],
  ])('of Ctrl-C: what a second one costs (%o)', async (lastSaved, isSaving, text) => {
    const { listener, lines } = await printerTo('plain')
    listener({ kind: 'stopping', lastSaved, isSaving })
    expect(lines()[0]).toContain(text)
  })

  it.each(['The disk is full.', 'The disk is full'])('of a failed save: "%s"', async (message) => {
    const { listener, lines } = await printerTo('plain')
    const error = { code: 'IO_FAILED', message, suggestions: [], details: {} } as const
    listener({ kind: 'save-failed', error })
    expect(lines()).toEqual(['! The disk is full. The run goes on; earlier checkpoints are good.'])
  })
})

describe('progress for programs', () => {
  it('is one JSON document a line, of every event', async () => {
    const { listener, lines } = await printerTo('json')
    const events: RunEvent[] = [
      { kind: 'loading' },
      LOADED,
      STARTED,
      progress(1),
      { kind: 'ended', status: 'completed', error: null },
    ]
    events.forEach(listener)
    const parsed = lines().map((line) => JSON.parse(line) as { event: string })
    expect(parsed.map(({ event }) => event)).toEqual([
      'loading',
      'loaded',
      'started',
      'progress',
      'ended',
    ])
    expect(parsed[3]).toMatchObject({ progress: { cursor: { at: 1, of: 100 }, doneRatio: 0.01 } })
  })

  it('can be none at all', async () => {
    const { listener, lines, close } = await printerTo('none')
    listener(LOADED)
    listener({ kind: 'stopping', lastSaved: null, isSaving: true })
    close()
    expect(lines()).toEqual([])
  })
})
