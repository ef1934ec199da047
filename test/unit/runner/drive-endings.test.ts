import { describe, expect, it } from 'vitest'
import {
  ABORT,
  CANCEL,
  createControl,
  flagsOf,
  PROGRESS_DUE,
  raise,
  SHUTDOWN,
} from '../../../src/runner/control.ts'
import { driveCounting, savedAt, type CountingInputs } from '../../support/counting-job.ts'

/** Inputs during whose unit `at` the main thread raises `flags`. */
function raisingAt(at: number, flags: number, of = 100) {
  const control = createControl()
  const onUnit = (unit: number): void => {
    if (unit === at) raise(control, flags)
  }
  return { inputs: { of, onUnit }, control }
}

describe('a run that is told to stop', () => {
  it.each([
    ['CANCEL', CANCEL, 'cancellation'],
    ['SHUTDOWN', SHUTDOWN, 'shutdown'],
    ['both at once', CANCEL | SHUTDOWN, 'cancellation'],
  ])('by %s saves where it stands, and ends cancelled', (_, flags, type) => {
    const { inputs, control } = raisingAt(37, flags)
    expect(driveCounting(inputs, {}, { control }).told).toEqual([
      {
        kind: 'save',
        type,
        state: expect.objectContaining({ at: 37 }),
        ending: { status: 'cancelled', error: null, reason: type },
      },
    ])
  })

  it('stops at the next safe point, at most a stride away', () => {
    const { inputs, control } = raisingAt(37, CANCEL)
    expect(savedAt(driveCounting(inputs, {}, { control, stride: 10 }))).toEqual([40])
  })

  it('before its first unit saves its beginning', () => {
    const control = createControl()
    raise(control, CANCEL)
    expect(savedAt(driveCounting({ of: 5 }, {}, { control }))).toEqual([0])
  })

  it('saves nothing when the run is to save nothing', () => {
    const { inputs, control } = raisingAt(37, SHUTDOWN)
    expect(driveCounting(inputs, { onStop: false }, { control }).told).toEqual([
      { kind: 'end', ending: { status: 'cancelled', error: null, reason: 'shutdown' } },
    ])
  })

  it('when all is done finishes instead', () => {
    const { inputs, control } = raisingAt(100, CANCEL)
    expect(driveCounting(inputs, {}, { control }).told.map(({ kind }) => kind)).toEqual(['finish'])
  })

  it('in the midst of a step that has changed nothing stops there', () => {
    const { inputs, control } = raisingAt(37, CANCEL)
    const interruptedAt = 37
    const run = driveCounting({ ...inputs, interruptedAt }, {}, { control, stride: 100 })
    expect(run.told).toMatchObject([
      { kind: 'save', type: 'cancellation', state: { at: 37 }, ending: { status: 'cancelled' } },
    ])
  })

  it('in the midst of its finish saves all that is done, to be finished by a resume', () => {
    const { inputs, control } = raisingAt(100, SHUTDOWN)
    const run = driveCounting({ ...inputs, interruptedAt: 100 }, {}, { control })
    expect(run.stages).toEqual(['judging', 'saving'])
    expect(run.told).toMatchObject([
      { kind: 'save', type: 'shutdown', state: { at: 100 }, ending: { status: 'cancelled' } },
    ])
    const resumed = driveCounting({ of: 100 }, {}, { state: run.told[0]!.state! })
    expect(resumed.told).toEqual(driveCounting({ of: 100 }).told)
    expect(resumed.stages).toEqual(['judging', 'publishing'])
  })

  it('by ABORT says and saves nothing: it is not the owner any more', () => {
    const { inputs, control } = raisingAt(37, ABORT | CANCEL | PROGRESS_DUE)
    const run = driveCounting(inputs, { every: { bar: 37 } }, { control })
    expect([run.told, run.progress, run.failures]).toEqual([[], [], []])
  })
})

describe('a run that fails', () => {
  const failed = (code: string, message: string) => ({
    status: 'failed',
    error: { code, message, suggestions: [] },
    reason: code,
  })

  it('inside a step saves nothing: what the step left behind is no state', () => {
    const inputs: CountingInputs = {
      of: 100,
      onUnit: (at) => {
        if (at === 37) throw new Error('the kernel died')
      },
    }
    expect(driveCounting(inputs, { every: { bar: 30 } }).told).toEqual([
      expect.objectContaining({ kind: 'save', type: 'periodic' }),
      { kind: 'end', ending: failed('INVARIANT', 'the kernel died') },
    ])
  })

  it('between two steps saves the state that is still good', () => {
    expect(driveCounting({ of: 100, failsBetweenAt: 37 }).told).toEqual([
      {
        kind: 'save',
        type: 'failure',
        state: expect.objectContaining({ at: 37 }),
        ending: failed('INVARIANT', 'lost the thread after 37'),
      },
    ])
  })

  it('between two steps saves nothing when the run is to save nothing', () => {
    expect(driveCounting({ of: 100, failsBetweenAt: 37 }, { onStop: false }).told).toEqual([
      { kind: 'end', ending: failed('INVARIANT', 'lost the thread after 37') },
    ])
  })

  it('to make its last checkpoint records the failure alone', () => {
    const { inputs, control } = raisingAt(37, CANCEL)
    const run = driveCounting({ ...inputs, unserialisableAt: 37 }, {}, { control })
    expect(run.told).toEqual([
      {
        kind: 'end',
        ending: failed('INVARIANT', 'The state field odd is Map, which no checkpoint can hold.'),
      },
    ])
  })
})

describe('progress', () => {
  it('is told once each time somebody asks, as it is at that moment', () => {
    const control = createControl()
    const onUnit = (at: number): void => {
      if (at === 25 || at === 50) raise(control, PROGRESS_DUE)
    }
    const { progress } = driveCounting({ of: 100, onUnit }, {}, { control })
    expect(progress).toEqual([
      expect.objectContaining({ cursor: { unit: 'bar', at: 25, of: 100, within: null } }),
      expect.objectContaining({ doneRatio: 0.5 }),
    ])
    expect(flagsOf(control) & PROGRESS_DUE).toBe(0)
  })

  it('is not told when nobody asks', () => {
    expect(driveCounting({ of: 100 }).progress).toEqual([])
  })
})
