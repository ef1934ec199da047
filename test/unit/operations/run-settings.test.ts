import { describe, expect, it } from 'vitest'
import {
  withSaveOptions,
  type RunSettings,
  type SaveOptions,
} from '../../../src/operations/run-settings.ts'

const DEFAULTS: RunSettings = {
  policy: { every: { epoch: 10, bar: 10_000 }, intervalMs: 60_000, minIntervalMs: 0, onStop: true },
  retention: { keepLast: 3, keepBest: 1 },
  inlineLimitBytes: 1024 ** 2,
  keepCheckpoints: false,
}

const policyWith = (options: SaveOptions): RunSettings['policy'] =>
  withSaveOptions(DEFAULTS, options).policy

describe('how a run saves', () => {
  it('is as the settings say when nothing was typed', () =>
    expect(withSaveOptions(DEFAULTS, {})).toEqual(DEFAULTS))

  it.each([
    ['10epochs', { epoch: 10 }],
    ['1epoch', { epoch: 1 }],
    ['37 batches', { batch: 37 }],
    ['5000bars', { bar: 5000 }],
  ])('--checkpoint-every %s is the only unit trigger then', (every, expected) => {
    expect(policyWith({ every })).toEqual({ ...DEFAULTS.policy, every: expected })
  })

  it.each(['', '10', 'epochs', '0epochs', '-1epochs', '1.5epochs', '10weeks', '10epochs!'])(
    '--checkpoint-every "%s" is refused with examples',
    (every) =>
      expect(() => policyWith({ every })).toThrow(
        expect.objectContaining({
          code: 'USAGE',
          message: `--checkpoint-every does not understand "${every}".`,
          suggestions: expect.arrayContaining(['--checkpoint-every 10epochs']),
        }),
      ),
  )

  it.each([
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['0', null],
    ['0s', null],
  ])('--checkpoint-interval %s is %s ms', (interval, intervalMs) =>
    expect(policyWith({ interval })).toEqual({ ...DEFAULTS.policy, intervalMs }),
  )

  it.each([
    ['300s', 300_000],
    ['0', 0],
    ['0s', 0],
  ])('--min-save-interval %s is %d ms', (minInterval, minIntervalMs) =>
    expect(policyWith({ minInterval })).toEqual({ ...DEFAULTS.policy, minIntervalMs }),
  )

  it.each([{ interval: 'soon' }, { minInterval: '5' }])('%j is refused', (options) =>
    expect(() => policyWith(options)).toThrow(expect.objectContaining({ code: 'USAGE' })),
  )

  it('is not at all with --no-checkpoints, whatever else was typed', () =>
    expect(policyWith({ noCheckpoints: true, every: '1bar', interval: '1s' })).toEqual({
      every: {},
      intervalMs: null,
      minIntervalMs: 0,
      onStop: false,
    }))

  it('keeps its checkpoints after success only when asked to', () => {
    expect(withSaveOptions(DEFAULTS, { keepCheckpoints: true }).keepCheckpoints).toBe(true)
    expect(withSaveOptions(DEFAULTS, { keepCheckpoints: false }).keepCheckpoints).toBe(false)
  })
})
