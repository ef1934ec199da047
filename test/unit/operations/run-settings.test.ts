import { describe, expect, it } from 'vitest'
import {
  DEFAULT_RULES,
  recordedRunSettings,
  withSaveOptions,
  type RunSettings,
  type SaveOptions,
} from '../../../src/operations/run-settings.ts'

const DEFAULTS: RunSettings = {
  policy: {
    every: { epoch: 10 },
    intervalMs: 60_000,
    minIntervalMs: 0,
    onStop: true,
    adaptive: { budgetRatio: 0.005, mtbfMs: 28_800_000, settleMs: 1000 },
  },
  retention: { keepLast: 3, keepBest: 1 },
  rules: DEFAULT_RULES,
  keepCheckpoints: false,
}

const TRAINING = ['epoch', 'batch']
const BACKTEST = ['bar']

const policyWith = (options: SaveOptions, units = TRAINING): RunSettings['policy'] =>
  withSaveOptions(DEFAULTS, options, units).policy

describe('how a run saves', () => {
  it('is as the settings say when nothing was typed', () =>
    expect(withSaveOptions(DEFAULTS, {}, TRAINING)).toEqual(DEFAULTS))

  it.each([
    [TRAINING, { epoch: 10 }],
    [BACKTEST, { bar: 10_000 }],
    [['iteration'], {}],
  ])('keeps of the triggers of the settings those in %j', (units, expected) => {
    const policy = { ...DEFAULTS.policy, every: { epoch: 10, bar: 10_000 } }
    expect(withSaveOptions({ ...DEFAULTS, policy }, {}, units).policy.every).toEqual(expected)
  })

  it.each([
    ['10epochs', TRAINING, { epoch: 10 }],
    ['1epoch', TRAINING, { epoch: 1 }],
    ['37 batches', TRAINING, { batch: 37 }],
    ['5000bars', BACKTEST, { bar: 5000 }],
    ['2iterations', ['iteration'], { iteration: 2 }],
  ])('--checkpoint-every %s is the only unit trigger then', (every, units, expected) => {
    expect(policyWith({ every }, units)).toEqual({
      ...DEFAULTS.policy,
      every: expected,
      adaptive: null,
    })
  })

  it.each(['', '10', 'epochs', '0epochs', '-1epochs', '1.5epochs', '10weeks', '10epochs!'])(
    '--checkpoint-every "%s" is refused with examples',
    (every) =>
      expect(() => policyWith({ every })).toThrow(
        expect.objectContaining({
          code: 'USAGE',
          message: `--checkpoint-every is "${every}"; expected a number of epochs or batches.`,
          suggestions: ['--checkpoint-every 100epochs', '--checkpoint-every 100batches'],
        }),
      ),
  )

  it.each([
    ['5000bars', TRAINING, 'epochs or batches'],
    ['10epochs', BACKTEST, 'bars'],
    ['37batches', BACKTEST, 'bars'],
  ])(
    '--checkpoint-every %s is refused by a run of %j, which would never save',
    (every, units, own) =>
      expect(() => policyWith({ every }, units)).toThrow(
        `--checkpoint-every is "${every}"; expected a number of ${own}.`,
      ),
  )

  it.each([
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['60', 60_000],
    ['0', null],
    ['0s', null],
    ['0 s', null],
    ['0.0s', null],
  ])('--checkpoint-interval %s is %s ms', (interval, intervalMs) =>
    expect(policyWith({ interval })).toEqual({ ...DEFAULTS.policy, intervalMs, adaptive: null }),
  )

  it.each([
    ['300s', 300_000],
    ['5', 5000],
    ['0', 0],
    ['0 s', 0],
  ])('--min-save-interval %s is %d ms', (minInterval, minIntervalMs) =>
    expect(policyWith({ minInterval })).toEqual({ ...DEFAULTS.policy, minIntervalMs }),
  )

  it.each([{ interval: 'soon' }, { interval: '0nonsense' }, { minInterval: '5weeks' }])(
    '%j is refused',
    (options) =>
      expect(() => policyWith(options)).toThrow(expect.objectContaining({ code: 'USAGE' })),
  )

  it('is not at all with --no-checkpoints, whatever else was typed', () =>
    expect(policyWith({ noCheckpoints: true, every: '1bar', interval: '1s' })).toEqual({
      every: {},
      intervalMs: null,
      minIntervalMs: 0,
      onStop: false,
      adaptive: null,
    }))

  it('keeps its checkpoints after success only when asked to', () => {
    for (const keepCheckpoints of [true, false])
      expect(withSaveOptions(DEFAULTS, { keepCheckpoints }, TRAINING)).toMatchObject({
        keepCheckpoints,
      })
  })
})

describe('how a run was told to save', () => {
  it('is read as it was recorded', () =>
    expect(recordedRunSettings(JSON.parse(JSON.stringify(DEFAULTS)))).toEqual(DEFAULTS))

  it('by ktrdr 0.1.0, which knew of the limit alone, is read with the rules of today', () => {
    const { rules: _, ...others } = DEFAULTS
    expect(recordedRunSettings({ ...others, inlineLimitBytes: 17 } as never)).toEqual({
      ...others,
      rules: { ...DEFAULT_RULES, inlineLimitBytes: 17 },
    })
  })
})
