import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { takeApart } from '../../../src/core/snapshot.ts'
import type { Job } from '../../../src/jobs/job.ts'
import { createControl, setWriterBusy } from '../../../src/runner/control.ts'
import { runJobThread } from '../../../src/runner/job-thread.ts'
import type { JobThreadData } from '../../../src/runner/messages.ts'
import { countingJob, NO_TRIGGER } from '../../support/counting-job.ts'
import { openWire, type Wire } from '../../support/ports.ts'
import { ONE_THREAD } from '../../support/kernel-engine.ts'

const MACHINE = { ...ONE_THREAD, clock: { nowMs: () => 0, elapsedMs: () => 0 } }

function startJob(changes: Partial<JobThreadData> = {}, job = countingJob()) {
  const [main, writer] = [openWire(), openWire()]
  const data: JobThreadData = {
    role: 'job',
    type: 'counting',
    settings: { of: 10 },
    resume: null,
    policy: NO_TRIGGER,
    control: createControl(),
    threads: 1,
    barCache: null,
    ...changes,
  }
  setWriterBusy(data.control, false)
  return { main, writer, done: runJobThread(data, job as Job, MACHINE, main.far, writer.far) }
}

/** The next message that is no stage. */
async function received({ receive }: Wire): Promise<Record<string, unknown>> {
  for (;;) {
    const message = await receive()
    if (message['kind'] !== 'stage') return message
  }
}

const RESUME = { fingerprints: { of: '10' }, overrides: {} }
const restoreAt = (at: number) => {
  const job = countingJob()
  const state = job.begin({ of: 10 })
  job.advance(state, { of: 10 }, at)
  return { kind: 'restore', stateVersion: 1, ...takeApart(state) }
}

describe('the job thread', () => {
  it('says what it has loaded, computes nothing until it is told to go, then runs to the end', async () => {
    const job = countingJob()
    let steps = 0
    const { main, writer, done } = startJob(
      {},
      {
        ...job,
        advance: (...where) => {
          steps++
          job.advance(...where)
        },
      },
    )
    expect(await received(main)).toMatchObject({
      kind: 'ready',
      facts: {
        name: 'count',
        settings: { of: 10 },
        fingerprints: { of: '10' },
        progress: { cursor: { at: 0, of: 10 }, doneRatio: 0 },
      },
    })
    await sleep(20)
    expect(steps).toBe(0)
    main.send({ kind: 'go' })
    expect(await writer.receive()).toMatchObject({
      kind: 'finish',
      outcome: { result: { at: 10 } },
    })
    await done
  })

  it('goes on from a checkpoint to the same result', async () => {
    const straight = startJob()
    await received(straight.main)
    straight.main.send({ kind: 'go' })
    const expected = await straight.writer.receive()

    const { main, writer } = startJob({ resume: RESUME })
    writer.send(restoreAt(7))
    expect(await received(main)).toMatchObject({ facts: { progress: { cursor: { at: 7 } } } })
    main.send({ kind: 'go' })
    expect(await writer.receive()).toEqual(expected)
  })

  it.each([
    ['with what led to it, when the run saves at all', true, 'save'],
    ['with nothing saved otherwise', false, 'end'],
  ])('ends %s when its result is refused', async (_, onStop, kind) => {
    const control = createControl()
    const policy = { ...NO_TRIGGER, onStop }
    const { main, writer, done } = startJob({ resume: RESUME, policy, control })
    writer.send(restoreAt(7))
    await received(main)
    main.send({ kind: 'go' })
    expect(await writer.receive()).toMatchObject({ kind: 'finish' })
    await done
    setWriterBusy(control, false)
    const ending = { status: 'failed', error: null, reason: 'IO_FAILED' }
    writer.send({ kind: 'refused', ending })
    expect(await writer.receive()).toMatchObject({
      kind,
      ending,
      ...(onStop
        ? {
            save: {
              type: 'failure',
              // The writer has the first seven: it has just sent them.
              snapshot: { streams: [{ name: 'sums', from: 7, rows: { length: 3 } }] },
            },
          }
        : {}),
    })
  })

  it('applies what a resume changes on purpose', async () => {
    const { main, writer } = startJob({ resume: { ...RESUME, overrides: { colour: 'red' } } })
    writer.send(restoreAt(7))
    expect(await received(main)).toMatchObject({ facts: { settings: { of: 10, colour: 'red' } } })
  })

  it.each([
    ['what differs', { of: '10', strategy: 'f'.repeat(64) }, 'same: strategy differs.'],
    [
      'first what can be read',
      { of: '11', strategy: 'f'.repeat(64) },
      'same: of was 11, is now 10.',
    ],
  ])('refuses inputs that are not those of the start, naming %s', async (_, fingerprints, told) => {
    const { main, writer, done } = startJob({ resume: { fingerprints, overrides: {} } })
    writer.send(restoreAt(7))
    expect(await received(main)).toMatchObject({
      kind: 'load-failed',
      error: {
        code: 'FINGERPRINT_CHANGED',
        message: expect.stringContaining(told),
        details: {
          changes: expect.arrayContaining([
            { name: 'strategy', was: fingerprints.strategy, is: 'absent' },
          ]),
        },
      },
    })
    await done
  })

  it.each([
    [['a.csv'], 'Restore a.csv as it was, use'],
    [['a.csv', 'b.csv', 'c.csv'], 'Restore a.csv, b.csv, c.csv as they were, use'],
  ])('says what to restore: %s', async (sources, told) => {
    const job = countingJob()
    const load: typeof job.load = async (...given) => ({ ...(await job.load(...given)), sources })
    const resume = { fingerprints: { of: '11' }, overrides: {} }
    const { main, writer, done } = startJob({ resume }, { ...job, load })
    writer.send(restoreAt(7))
    expect(await received(main)).toMatchObject({
      error: { suggestions: [expect.stringContaining(told)] },
    })
    await done
  })

  it('says why it could not load, and ends', async () => {
    const job = countingJob()
    const load = (): Promise<never> => Promise.reject(new Error('the data are gone'))
    const { main, done } = startJob({}, { ...job, load })
    expect(await received(main)).toMatchObject({
      kind: 'load-failed',
      error: { code: 'INVARIANT', message: 'the data are gone' },
    })
    await done
  })
})
