// The command that a report tells is the one that was typed, as far as its meaning goes.

import { describe, expect, it } from 'vitest'
import { tradingSettings } from '../../src/trading/trading-settings.ts'
import { parseDateRange } from '../../src/data/date-range.ts'
import { defaultDecisions } from '../../src/strategy/resolve.ts'
import { backtestCommand, trainCommand, trainingMarks } from '../../src/report-facts.ts'

const range = (start?: string, end?: string) => {
  const { firstMs, lastMs } = parseDateRange({ start, end })
  return { fromMs: firstMs ?? null, toMs: lastMs ?? null }
}
const file = (path: string, symbol = 'SPY') => ({ path, symbol, used: null })

const TRAINING = {
  strategy: { given: 'my strategies/dip.yaml', directories: [], snapshot: null },
  data: [file('/data/spy.csv')],
  range: range('2020-01-01', '2020-12-31'),
  epochs: 60,
  seed: 42,
  warmStart: null,
}

const BACKTEST = {
  model: { directory: '/m', sha256: 'a', strategyFile: null },
  data: [file('/data/spy.csv')],
  range: range(),
  simulation: {
    capital: 100_000,
    commission: 0.001,
    slippage: 0,
    positionSize: 0.25,
    wholeUnits: false,
  },
}

describe('the command of a training', () => {
  it('has its dates as they are typed, and quotes for a shell', () => {
    expect(trainCommand(TRAINING)).toBe(
      "ktrdr train 'my strategies/dip.yaml' --data /data/spy.csv --start 2020-01-01 --end 2020-12-31 --epochs 60 --seed 42",
    )
  })

  it.each([
    ['2020-01-01T12:00', '2020-06-30T12:00'],
    ['2020-01-01', '2020-06-30T23:59:59.999Z'],
    ['2020-01-01', '2020-06-30T00:00Z'],
  ])('means the same range: %s to %s', (start, end) => {
    const asked = range(start, end)
    const command = trainCommand({ ...TRAINING, range: asked })
    const [, first, last] = /--start (\S+) --end (\S+)/.exec(command)!
    expect(range(first, last)).toEqual(asked)
  })

  it('names each symbol when there are several, and the model it started from', () => {
    const command = trainCommand({
      ...TRAINING,
      data: [file('/data/spy.csv'), file('/da ta/qqq.csv', 'QQQ')],
      range: range(),
      warmStart: { directory: '/models/dip/SPY_1d/v1', sha256: 'b' },
    })
    expect(command).toContain("--data SPY=/data/spy.csv --data 'QQQ=/da ta/qqq.csv' --epochs")
    expect(command).toMatch(/--from \/models\/dip\/SPY_1d\/v1$/)
  })
})

describe('the command of a backtest', () => {
  it('has every figure that decides, and undoes the defaults that came after the run', () => {
    expect(backtestCommand(BACKTEST, 'dip/SPY_1d@3')).toBe(
      'ktrdr backtest dip/SPY_1d@3 --data SPY=/data/spy.csv --capital 100000 --commission 0.001 --slippage 0 --position-size 0.25 --maintenance-margin none --borrow-fee 0%',
    )
  })

  it('has everything that was set, in whatever way, and undoes what the strategy says', () => {
    const simulation = tradingSettings({
      stopLoss: { kind: 'ratio', ratio: 0.02 },
      wholeUnits: true,
    })
    const request = {
      ...BACKTEST,
      simulation,
      funding: [file('/data/spy rates.csv'), { ...file('/rates.csv'), symbol: null }],
      trials: 12,
    }
    const command = backtestCommand(request, '/m', { reverse: true, maxBars: 9 })
    expect(command).toMatch(/ --whole-units --no-reverse .*--stop-loss 2% --max-bars none/)
    expect(command).toMatch(
      / --funding 'SPY=\/data\/spy rates.csv' --funding \/rates.csv --trials 12$/,
    )
  })
})

describe('the command of signals from a file', () => {
  it('has the rules that decide, and the symbol', () => {
    const { model: _, ...rest } = BACKTEST
    const decisions = { ...defaultDecisions(), confidenceThreshold: 0.6, allowShortFromFlat: true }
    const request = {
      ...rest,
      signals: { path: '/my signals.csv', decisions },
      traded: { symbols: ['SPY'], timeframe: '1d' as const },
    }
    expect(backtestCommand(request, '')).toBe(
      "ktrdr backtest --signals '/my signals.csv' --confidence-threshold 0.6 --allow-short --signal-separation 4 --timeframe 1d --data SPY=/data/spy.csv --capital 100000 --commission 0.001 --slippage 0 --position-size 0.25 --maintenance-margin none --borrow-fee 0%",
    )
  })
})

describe('marks of a training', () => {
  const checkpoint = (seq: number, changes: object = {}) => ({
    seq,
    at: 2,
    within: { unit: 'batch', at: 5, of: 10 },
    type: 'periodic',
    unit: 'epoch',
    damage: null,
    tag: null,
    ...changes,
  })
  const details = (checkpoints: object[], resumedFrom: object | null) =>
    ({
      checkpoints,
      attempts: [
        { number: 1, resumedFrom: null },
        { number: 2, resumedFrom },
      ],
    }) as unknown as Parameters<typeof trainingMarks>[0]

  it('stand within their epochs, oldest first, without what is damaged', () => {
    const newestFirst = [
      checkpoint(3, { within: null, tag: 'good' }),
      checkpoint(2, { damage: 'gone' }),
      checkpoint(1),
    ]
    const from = { seq: 1, type: 'periodic', createdAt: '', epoch: 2, batch: 5 }
    expect(trainingMarks(details(newestFirst, from))).toEqual({
      checkpoints: [
        { epoch: 2.5, text: '1 (epoch 2 +5/10, periodic)' },
        { epoch: 2, text: '3 (epoch 2, good)' },
      ],
      resumes: [{ epoch: 2.5, text: 'attempt 2, from checkpoint 1 (epoch 2, batch 5)' }],
    })
  })

  it('stand at the epoch when nobody knows how many batches it has', () => {
    const from = { seq: 1, type: 'periodic', createdAt: '', epoch: 2, batch: 5 }
    expect(trainingMarks(details([], from)).resumes[0]!.epoch).toBe(2)
    expect(trainingMarks(details([], null)).resumes).toEqual([])
  })
})
