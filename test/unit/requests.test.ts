import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tradingSettings } from '../../src/trading/trading-settings.ts'
import type { TradingTerms } from '../../src/trading/trading-terms.ts'
import {
  backtestRequest,
  signalRequest,
  trainRequest,
  type RequestContext,
} from '../../src/requests.ts'
import { resolveSettings } from '../../src/settings.ts'
import { parseStrategy } from '../../src/strategy/load-strategy.ts'
import { publishModel } from '../support/temp-model.ts'
import { edited, SAMPLE } from './strategy/sample.ts'
import { startOne, tempStore, type Store } from '../support/temp-store.ts'

async function contextOf(store: Store): Promise<RequestContext> {
  const { root } = store.layout
  const settings = await resolveSettings({
    flags: { data_dir: root },
    env: { XDG_CONFIG_HOME: root },
    cwd: root,
  })
  return { db: store.db, settings }
}

const PULLBACK = resolve(import.meta.dirname, '../../examples/strategies/pullback.yaml')
const FORWARD_RETURN = resolve(import.meta.dirname, '../../examples/strategies/forward-return.yaml')

const TRAIN = { strategy: 'pullback', data: ['bars.csv'] }
const TRADING = 'trading: { stop_loss: 2%, max_bars: 9 }'
const BACKTEST = { given: 'pullback', data: ['bars.csv'] }

describe('what a training is asked', () => {
  it('has absolute paths, and null for what the strategy or the data decide', async () => {
    const store = tempStore()
    const context = await contextOf(store)
    expect(await trainRequest(context, TRAIN)).toEqual({
      strategy: {
        given: 'pullback',
        directories: [join(store.layout.root, 'strategies'), store.layout.root],
        snapshot: null,
      },
      data: [{ path: resolve('bars.csv'), symbol: null, used: null }],
      range: { fromMs: null, toMs: null },
      epochs: null,
      seed: null,
      warmStart: null,
    })
  })

  it('keeps what was typed: epochs, seed, range with its last day whole', async () => {
    const context = await contextOf(tempStore())
    const request = await trainRequest(context, {
      ...TRAIN,
      epochs: 7,
      seed: 0,
      start: '2024-01-01',
      end: '2024-06-30',
    })
    expect(request).toMatchObject({ epochs: 7, seed: 0 })
    expect(request.range.fromMs).toBe(Date.UTC(2024, 0, 1))
    expect(request.range.toMs, '--end includes that whole day (C19)').toBe(Date.UTC(2024, 6, 1) - 1)
  })

  it.each([
    ['SPY=data/bars.csv', 'SPY', 'data/bars.csv'],
    ['BRK.B=bars.csv', 'BRK.B', 'bars.csv'],
    ['^GSPC=bars.csv', null, '^GSPC=bars.csv'],
    ['bars.csv', null, 'bars.csv'],
  ])('--data %s is symbol %s and file %s', async (data, symbol, path) => {
    const context = await contextOf(tempStore())
    expect((await trainRequest(context, { ...TRAIN, data: [data] })).data).toEqual([
      { path: resolve(path), symbol, used: null },
    ])
  })

  it('starts from a model by its name', async () => {
    const store = tempStore()
    startOne(store.db)
    const { directory, sha256 } = publishModel(store)
    const context = await contextOf(store)
    const { warmStart } = await trainRequest(context, { ...TRAIN, from: 'pullback@1' })
    expect(warmStart).toEqual({ directory, sha256 })
    await expect(trainRequest(context, { ...TRAIN, from: 'pullback@2' })).rejects.toThrow(
      'no version 2',
    )
  })

  it('starts from the best of the models whose losses are of one kind', async () => {
    const store = tempStore()
    startOne(store.db)
    const context = await contextOf(store)
    const zigzag = readFileSync(PULLBACK, 'utf8')
    const regimes = zigzag.replace(/source: zigzag\n.*\n/, 'source: regime\n')
    expect(parseStrategy(regimes, 'it').strategy.training.labels.source).toBe('regime')
    publishModel(store, {}, 1, regimes, { bestValLoss: 0.1 })
    const best = publishModel(store, {}, 2, zigzag, { bestValLoss: 0.5 })
    publishModel(store, {}, 3, `${zigzag}# a comment`, { bestValLoss: 0.7 })
    const { warmStart } = await trainRequest(context, { ...TRAIN, from: 'pullback@best' })
    expect(warmStart?.directory).toBe(best.directory)
  })
})

describe('what a backtest is asked', () => {
  it('names the model by its directory, and the account', async () => {
    const store = tempStore()
    startOne(store.db)
    const { directory, sha256 } = publishModel(store)
    const request = await backtestRequest(await contextOf(store), BACKTEST)
    expect(request).toEqual({
      model: { directory, sha256, strategyFile: null },
      data: [{ path: resolve('bars.csv'), symbol: null, used: null }],
      range: { fromMs: null, toMs: null },
      simulation: tradingSettings({}),
    })
  })

  it('says how to trade: as the strategy inside the model says, unless it is told otherwise', async () => {
    const store = tempStore()
    startOne(store.db)
    publishModel(store, {}, 1, edited(['training:', `${TRADING}\ntraining:`]))
    const context = await contextOf(store)
    const simulationOf = async (trading: TradingTerms) =>
      (await backtestRequest(context, { ...BACKTEST, trading })).simulation
    const own = { stopLoss: { kind: 'ratio', ratio: 0.02 }, maxBars: 9 } as const
    expect(await simulationOf({})).toEqual(tradingSettings(own))
    const takeProfit = { kind: 'ratio', ratio: 0.04 } as const
    expect(await simulationOf({ maxBars: null, takeProfit })).toEqual(
      tradingSettings({ stopLoss: own.stopLoss, takeProfit }),
    )
  })

  it('is refused when only shorts are asked of a strategy that never goes short', async () => {
    const store = tempStore()
    startOne(store.db)
    publishModel(store, {}, 1, SAMPLE)
    const context = await contextOf(store)
    await expect(
      backtestRequest(context, { ...BACKTEST, trading: { sides: 'short' } }),
    ).rejects.toMatchObject({
      code: 'USAGE',
      message: '--sides is short, and the strategy sample never goes short.',
    })
    publishModel(
      store,
      {},
      2,
      edited(['confidence_threshold: 0.55', 'allow_short_from_flat: true']),
    )
    const { simulation } = await backtestRequest(context, {
      ...BACKTEST,
      trading: { sides: 'short' },
    })
    expect(simulation.sides).toBe('short')
  })

  it('has funding and trials when they are said, and leaves what is wrong with a model to the job', async () => {
    const store = tempStore()
    startOne(store.db)
    const { directory } = publishModel(store)
    rmSync(join(directory, 'strategy.yaml'))
    const asked = { ...BACKTEST, funding: ['SPY=rates.csv', 'all.csv'], trials: 7 }
    expect(await backtestRequest(await contextOf(store), asked)).toMatchObject({
      funding: [
        { path: resolve('rates.csv'), symbol: 'SPY', used: null },
        { path: resolve('all.csv'), symbol: null, used: null },
      ],
      trials: 7,
    })
  })

  it('of signals follows the strategy beside them, and the timeframe that is asked for', async () => {
    const store = tempStore()
    const context = await contextOf(store)
    const strategy = join(store.layout.root, 'sample.yaml')
    writeFileSync(strategy, edited(['training:', `${TRADING}\ntraining:`]))
    const asked = { signals: 'signals.csv', data: ['SPY=bars.csv'] }
    const own = await signalRequest(context, { ...asked, strategy })
    expect(own.simulation.exits).toEqual({ stopLoss: { kind: 'ratio', ratio: 0.02 }, maxBars: 9 })
    expect(own.traded).toEqual({ symbols: ['EURUSD'], timeframe: '1h' })
    const other = await signalRequest(context, { ...asked, strategy, timeframe: '4h' })
    expect(other.traded.timeframe).toBe('4h')
    const alone = await signalRequest(context, { ...asked, timeframe: '1d' })
    expect(alone).toMatchObject({
      traded: { symbols: ['SPY'], timeframe: '1d' },
      simulation: tradingSettings({}),
    })
    expect((await signalRequest(context, asked)).traded.timeframe, 'measured').toBeNull()
  })

  it('finds the model of a strategy file by the name inside it', async () => {
    const store = tempStore()
    startOne(store.db)
    const { directory } = publishModel(store, { strategy: 'forward-return' })
    const context = await contextOf(store)
    expect(await backtestRequest(context, { ...BACKTEST, given: FORWARD_RETURN })).toMatchObject({
      model: { directory, strategyFile: FORWARD_RETURN },
    })
  })

  it('takes another model of the strategy when it is told which', async () => {
    const store = tempStore()
    startOne(store.db)
    const { directory } = publishModel(store, { strategy: 'forward-return' })
    publishModel(store, { strategy: 'forward-return' })
    const context = await contextOf(store)
    for (const given of ['forward-return', FORWARD_RETURN])
      for (const model of ['forward-return@1', directory])
        expect(await backtestRequest(context, { ...BACKTEST, given, model })).toMatchObject({
          model: { directory },
        })
  })

  it('is refused when that model was trained from another strategy', async () => {
    const store = tempStore()
    startOne(store.db)
    publishModel(store)
    const context = await contextOf(store)
    for (const given of ['nonsense', FORWARD_RETURN, 'pullback@1'])
      await expect(
        backtestRequest(context, { ...BACKTEST, given, model: 'pullback' }),
      ).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringMatching(
          /^The model pullback was trained from the strategy pullback, not from (nonsense|forward-return|pullback@1)\.$/,
        ),
        suggestions: ['ktrdr backtest pullback --model pullback --data FILE'],
      })
  })

  it('is refused when there is no such model, or the file is no strategy', async () => {
    const store = tempStore()
    const context = await contextOf(store)
    await expect(backtestRequest(context, BACKTEST)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    })
    startOne(store.db)
    publishModel(store, { strategy: 'forward-returns' })
    await expect(
      backtestRequest(context, { ...BACKTEST, given: FORWARD_RETURN }),
      'the file is what there is to train, whatever models have names like it',
    ).rejects.toMatchObject({
      message: 'There is no trained model called "forward-return".',
      suggestions: [`ktrdr train ${FORWARD_RETURN} --data FILE`],
    })
    const given = join(store.layout.root, 'broken.yaml')
    writeFileSync(given, 'name: [')
    await expect(backtestRequest(context, { ...BACKTEST, given })).rejects.toMatchObject({
      code: 'STRATEGY_INVALID',
    })
  })
})
