import fc from 'fast-check'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SavePolicy } from '../../../src/checkpoint/save-policy.ts'
import {
  CANCEL,
  createControl,
  isWriterBusy,
  raise,
  SAVE,
  setElapsed,
  setWriterBusy,
} from '../../../src/runner/control.ts'
import { unstage } from '../../../src/runner/staging.ts'
import { countingJob, driveCounting, savedAt } from '../../support/counting-job.ts'

const triangle = (n: number): number => (n * (n + 1)) / 2 / 3

describe('periodic saves', () => {
  it('happen at exactly the triggers, then the job finishes', () => {
    const { told } = driveCounting({ of: 35 }, { every: { bar: 10 } })
    expect(told.map(({ kind, type, state }) => [kind, type, state?.at])).toEqual([
      ['save', 'periodic', 10],
      ['save', 'periodic', 20],
      ['save', 'periodic', 30],
      ['finish', undefined, undefined],
    ])
    expect(told.at(-1)!.result).toEqual({ at: 35, sum: expect.closeTo(triangle(35), 9) })
  })

  it('hold the state of that very unit', () => {
    const run = driveCounting({ of: 35 }, { every: { bar: 10 } })
    for (const { state } of run.told.slice(0, -1)) {
      expect(state!.sums.length).toBe(state!.at)
      expect(state!.sums.column.at(-1)).toBe(state!.sum)
    }
  })

  it('happen at the multiples whatever the stride is: it never jumps over one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 700 }),
        fc.nat(1500),
        fc.nat(1500),
        (stride, every, start, rest) => {
          const inputs = { of: start + rest + 1 }
          const job = countingJob(stride)
          const state = job.begin(inputs)
          job.advance(state, inputs, start)
          const multiples: number[] = []
          for (let at = (Math.floor(start / every) + 1) * every; at < inputs.of; at += every)
            multiples.push(at)
          const run = driveCounting(inputs, { every: { bar: every } }, { stride, state })
          expect(savedAt(run)).toEqual(multiples)
        },
      ),
    )
  })

  it('follow the clock of the main thread', () => {
    const control = createControl()
    const onUnit = (at: number): void => setElapsed(control, at * 100)
    expect(savedAt(driveCounting({ of: 30, onUnit }, { intervalMs: 1000 }, { control }))).toEqual([
      10, 20,
    ])
    setElapsed(control, 0)
    expect(
      savedAt(
        driveCounting({ of: 30, onUnit }, { every: { bar: 3 }, minIntervalMs: 700 }, { control }),
      ),
      'never closer than the least interval',
    ).toEqual([7, 14, 21, 28])
  })

  it('happen when somebody asks, at the next safe point and once, whatever the policy', () => {
    const control = createControl()
    const onUnit = (at: number): void => {
      if (at === 7) raise(control, SAVE)
    }
    const none = driveCounting({ of: 30, onUnit }, {}, { control })
    expect(none.told.map(({ kind, type, state }) => [kind, type, state?.at])).toEqual([
      ['save', 'manual', 7],
      ['finish', undefined, undefined],
    ])
    expect(none.told.at(-1)!.result, 'and change nothing').toEqual(
      driveCounting({ of: 30 }).told.at(-1)!.result,
    )
    const throttled = { every: { bar: 5 }, minIntervalMs: 1e9 }
    expect(savedAt(driveCounting({ of: 30, onUnit }, throttled, { control }))).toEqual([7])
    const often = driveCounting({ of: 15, onUnit }, { every: { bar: 5 } }, { control })
    expect(often.told.slice(0, -1).map(({ type, state }) => [type, state?.at])).toEqual([
      ['periodic', 5],
      ['manual', 7],
      ['periodic', 10],
    ])
  })

  it('are none without a trigger', () => {
    expect(savedAt(driveCounting({ of: 10 }))).toEqual([])
  })

  it('are none on the last unit: the result is published instead', () => {
    expect(savedAt(driveCounting({ of: 20 }, { every: { bar: 10 } }))).toEqual([10])
  })
})

describe('what is computed', () => {
  it('does not depend on how often it is saved, or in what strides', () => {
    const plain = driveCounting({ of: 500 }).told.at(-1)!.result
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 600 }),
        (every, stride) => {
          const { told } = driveCounting({ of: 500 }, { every: { bar: every } }, { stride })
          expect(told.at(-1)!.result).toEqual(plain)
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('adaptive saves', () => {
  const ADAPTIVE = { budgetRatio: 0.005, mtbfMs: 8 * 3_600_000, settleMs: 1000 }

  /** Every unit takes 100 ms, every save 3 ms. */
  function driveTimed(of: number, policy: Partial<SavePolicy>) {
    const control = createControl()
    let nowMs = 5000
    const onUnit = (): void => {
      nowMs += 100
      setElapsed(control, nowMs)
    }
    const writer = (): void => {
      nowMs += 3
      setWriterBusy(control, false)
    }
    setElapsed(control, nowMs)
    return driveCounting({ of, onUnit }, policy, { control, writer, elapsedMs: () => nowMs })
  }

  it('that are put off happen at the first safe point that the budget allows', () => {
    const run = driveTimed(40, { every: { bar: 1 }, adaptive: ADAPTIVE })
    // By hand: after the first second; then at (3 + 3), (6 + 3), (9 + 3), … ms ÷ 0.005.
    expect(savedAt(run)).toEqual([10, 12, 18, 24, 30, 36])
  })

  it('of a whole run stay within the budget', () => {
    const { overheads } = driveTimed(3000, { every: { bar: 1 }, adaptive: ADAPTIVE })
    const { saves, blockedMs, runningMs } = overheads.at(-1)!
    expect(saves).toBeGreaterThan(400)
    expect(blockedMs).toBe(3 * saves)
    expect(blockedMs / runningMs).toBeLessThanOrEqual(0.005)
  })
})

describe('what saving costs', () => {
  /** Reads of the stopwatch are a millisecond apart. */
  const ticking = () => {
    let ms = 0
    return () => ms++
  }

  it('is told with every save and at the end', () => {
    const { told, overheads } = driveCounting(
      { of: 25 },
      { every: { bar: 10 } },
      { elapsedMs: ticking() },
    )
    expect(told.map(({ kind }) => kind)).toEqual(['save', 'save', 'finish'])
    expect(overheads.map(({ saves }) => saves)).toEqual([1, 2, 2])
    const blocked = overheads.map(({ blockedMs }) => blockedMs)
    expect(blocked[0], 'the save that is being told is counted').toBeGreaterThan(0)
    expect(blocked, 'handing it over too, once it is done').toEqual(blocked.toSorted())
    expect(blocked[2]).toBeGreaterThan(blocked[1]!)
    expect(overheads[2]!.runningMs).toBeGreaterThan(overheads[1]!.runningMs)
  })

  it('is that of periodic saves: the last one, of a run that stops, is not counted', () => {
    const control = createControl()
    const onUnit = (at: number): void => {
      if (at === 15) raise(control, CANCEL)
    }
    const policy = { every: { bar: 10 } }
    const { overheads } = driveCounting({ of: 25, onUnit }, policy, {
      control,
      elapsedMs: ticking(),
    })
    expect(overheads.map(({ saves }) => saves)).toEqual([1, 1])
  })

  it('includes what was spent on saves that failed', () => {
    const inputs = { of: 25, unserialisableAt: 10 }
    const run = driveCounting(inputs, { every: { bar: 10 } }, { elapsedMs: ticking() })
    expect(run.failures).toHaveLength(1)
    expect(run.overheads.map(({ saves }) => saves)).toEqual([2, 2])
  })
})

describe('rows of an append-only part', () => {
  it('are sent once: each save carries those since the last that the writer was told of', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }), (every, of) => {
        const control = createControl()
        const carried: number[] = []
        const { told } = driveCounting(
          { of },
          { every: { bar: every } },
          {
            writer: (message) => {
              if (message.kind === 'save')
                carried.push(
                  ...unstage(message.save.snapshot).streams.map(({ rows }) => rows.length),
                )
              setWriterBusy(control, false)
            },
            control,
          },
        )
        expect(carried).toEqual(carried.map(() => every))
        for (const { state } of told)
          if (state) expect(state.sums.length, 'and together they are all').toBe(state.at)
      }),
    )
  })

  it('that nobody was told of are sent again', () => {
    const { told } = driveCounting({ of: 35, unspeakableAt: 10 }, { every: { bar: 10 } })
    expect(told.flatMap(({ state }) => (state ? [state.sums.length] : []))).toEqual([20, 30])
  })
})

describe('a slow writer', () => {
  it('is waited for when the run is told to stop: what it writes and the last state are both kept', () => {
    const control = createControl()
    const onUnit = (at: number): void => {
      if (at === 11) raise(control, CANCEL)
    }
    const threads: Worker[] = []
    const writer = (): void => {
      threads.push(
        new Worker(new URL('../../support/free-writer-thread.ts', import.meta.url), {
          workerData: { control, ms: 50 },
        }),
      )
    }
    const busy: boolean[] = []
    const inputs = {
      of: 100,
      onUnit,
      get unspeakableAt() {
        busy.push(isWriterBusy(control)) // the job is asked for this when its state is about to be staged
        return NaN
      },
    }
    const run = driveCounting(inputs, { every: { bar: 10 } }, { control, writer })
    onTestFinished(
      async () => void (await Promise.all(threads.map((thread) => thread.terminate()))),
    )
    expect(run.told.map(({ type, state }) => [type, state!.at])).toEqual([
      ['periodic', 10],
      ['cancellation', 11],
    ])
    expect(busy, 'nothing is staged over what it still reads').toEqual([false, false])
  })

  it('is never given a second save; one that falls due meanwhile is taken when it is free', () => {
    const control = createControl()
    let busyUntil = 0
    let at = 0
    const onUnit = (unit: number): void => {
      at = unit
      if (at >= busyUntil) setWriterBusy(control, false)
    }
    const writer = (): void => {
      expect(isWriterBusy(control), 'its own flag is up when it is called').toBe(true)
      expect(at, 'and nothing else is in flight').toBeGreaterThanOrEqual(busyUntil)
      busyUntil = at + 4
    }
    const run = driveCounting({ of: 21, onUnit }, { every: { bar: 1 } }, { control, writer })
    expect(savedAt(run)).toEqual([1, 5, 9, 13, 17])
  })
})

describe('a periodic save that cannot be made', () => {
  it.each([
    [
      'because the state has a field of no known kind',
      { unserialisableAt: 10 },
      /field odd is Map/,
    ],
    ['because a thread cannot be told of it', { unspeakableAt: 10 }, /could not be cloned/],
  ])('%s is reported, and the run goes on', (_, trouble, message) => {
    const run = driveCounting({ of: 35, ...trouble }, { every: { bar: 10 } })
    expect(run.failures.map((error) => error.message)).toEqual([expect.stringMatching(message)])
    expect(savedAt(run)).toEqual([20, 30])
    expect(run.told.at(-1)!.kind).toBe('finish')
  })
})
