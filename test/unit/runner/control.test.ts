import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import {
  ABORT,
  CANCEL,
  createControl,
  elapsedOf,
  flagsOf,
  isWriterBusy,
  lower,
  PROGRESS_DUE,
  raise,
  setElapsed,
  setWriterBusy,
  SHUTDOWN,
  waitForWriter,
} from '../../../src/runner/control.ts'

describe('the control word', () => {
  it('begins with nothing raised, no time passed and an idle writer', () => {
    const control = createControl()
    expect([flagsOf(control), elapsedOf(control), isWriterBusy(control)]).toEqual([0, 0, false])
  })

  it('keeps each flag by itself', () => {
    const all = [CANCEL, SHUTDOWN, ABORT, PROGRESS_DUE]
    expect(new Set(all).size).toBe(4)
    const control = createControl()
    for (const flag of all) raise(control, flag)
    raise(control, CANCEL)
    lower(control, PROGRESS_DUE)
    expect(all.map((flag) => (flagsOf(control) & flag) !== 0)).toEqual([true, true, true, false])
    lower(control, PROGRESS_DUE)
    expect(flagsOf(control)).toBe(CANCEL | SHUTDOWN | ABORT)
  })

  it('keeps flags, time and the writer apart', () => {
    const control = createControl()
    setElapsed(control, 86_400_000)
    raise(control, CANCEL)
    setWriterBusy(control, true)
    expect([flagsOf(control), elapsedOf(control), isWriterBusy(control)]).toEqual([
      CANCEL,
      86_400_000,
      true,
    ])
    setWriterBusy(control, false)
    expect([flagsOf(control), elapsedOf(control)]).toEqual([CANCEL, 86_400_000])
  })

  it('tells the time of a run of a year, to a hundredth of a second', () => {
    const control = createControl()
    const yearMs = 365 * 86_400_000 + 1230
    setElapsed(control, yearMs + 9.75)
    expect(elapsedOf(control)).toBe(yearMs)
  })

  it('is the same word in another thread', () => {
    const control = createControl()
    raise(structuredClone(control), CANCEL)
    expect(flagsOf(control)).toBe(CANCEL)
  })
})

describe('waiting for the writer', () => {
  it('returns at once when it is idle', () => {
    const control = createControl()
    expect(waitForWriter(control)).toBeUndefined()
  })

  it('blocks until another thread has freed it', async () => {
    const control = createControl()
    setWriterBusy(control, true)
    const thread = new Worker(new URL('../../support/free-writer-thread.ts', import.meta.url), {
      workerData: { control, ms: 50 },
    })
    waitForWriter(control)
    expect(isWriterBusy(control)).toBe(false)
    await thread.terminate()
  })
})
