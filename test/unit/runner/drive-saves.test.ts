import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createControl,
  isWriterBusy,
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
