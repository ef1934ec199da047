import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { exactJson, type Json } from '../../../src/core/hash.ts'
import { permutation, randomStream } from '../../../src/core/rng.ts'
import { readEquityFile } from '../../../src/backtest/equity-file.ts'
import { backtestJob } from '../../../src/jobs/backtest.ts'
import type { FoldResult } from '../../../src/jobs/fold.ts'
import { unpackIntents } from '../../../src/jobs/intents-text.ts'
import type { Job } from '../../../src/jobs/job.ts'
import { trainingJob } from '../../../src/jobs/training.ts'
import { withoutTest } from '../../../src/jobs/without-test.ts'
import { walkForwardKind } from '../../../src/jobs/walk-forward.ts'
import type { FoldRow } from '../../../src/jobs/walk-forward-outcome.ts'
import { loadStrategy } from '../../../src/strategy/load-strategy.ts'
import {
  backtestRequest,
  runThrough,
  trainingRequest,
  writeBundle,
} from '../../support/job-runs.ts'
import { ONE_THREAD } from '../../support/kernel-engine.ts'
import { KINDS, makeKindWorld } from '../../support/kinds.ts'
import { runQueue, type QueueRun } from '../../support/queue-runs.ts'
import { walkOf, type Walk } from '../../support/walks.ts'
import { makeWorld } from '../../support/world.ts'

const world = makeWorld({ bars: 1200, epochs: 4 })
const kinds = makeKindWorld()
afterAll(() => {
  world.remove()
  kinds.remove()
})

const fileOf = (path: string) => [{ path, symbol: null, used: null }]
const walk = (changes: Walk = {}, bars = world.bars): Json =>
  walkOf(world.directory, { strategy: world.strategy, data: fileOf(bars) }, changes)

const SP500 = 'examples/data/sp500-1d.csv'
const RULES = 'examples/strategies/sma-cross.yaml'
const ruled = (changes: Walk = {}, bars = SP500): Json =>
  walkOf(
    world.directory,
    { strategy: RULES, data: fileOf(bars) },
    { train: '6y', test: '2y', ...changes },
  )

const foldsOf = ({ result }: QueueRun) => result['folds'] as unknown as FoldRow[]
const resultsOf = ({ records }: QueueRun) =>
  records.map(({ result }) => result as unknown as FoldResult)

const SPACE = `parameters:
  indicators.rsi_9.period: { type: int, min: 5, max: 20, step: 5 }
  training.learning_rate: { type: float, min: 0.001, max: 0.1, scale: log }
  decisions.confidence_threshold: [0, 0.4]
`
const RULE_SPACE = `parameters:
  indicators.fast.period: [5, 10, 20]
  indicators.slow.period: [30, 60]
`

describe.each([
  ['a network', () => walk()],
  ['a network, anchored and with bars left out', () => walk({ step: '200bars', isAnchored: true })],
  ['a network that searches at random', () => walk({ space: SPACE })],
  [
    'a network that searches by TPE',
    () => walk({ space: SPACE, search: { method: 'tpe', trials: 10 }, epochs: 2 }),
  ],
  ['rules', () => ruled()],
  ['rules that search a grid', () => ruled({ space: RULE_SPACE, search: { method: 'grid' } })],
] as const)('a walk-forward of %s', (name, request) => {
  it('comes to the same files with any number of workers, whoever is first', async () => {
    const alone = await runQueue(walkForwardKind, request())
    expect(alone.records.length).toBeGreaterThan(3)
    let handedOver = 0
    for (const [workers, seed] of [
      [2, 1],
      [5, 2],
      [40, 3],
    ] as const) {
      const { nextBelow } = randomStream(seed, 'sampling')
      const run = await runQueue(walkForwardKind, request(), workers, nextBelow)
      expect(run.files, `${workers} workers`).toEqual(alone.files)
      expect(run.result).toEqual(alone.result)
      handedOver += run.handedOver
    }
    if (name.startsWith('a network'))
      expect(handedOver, 'states went to other workers').toBeGreaterThan(0)
  })

  it('loads the same from the settings that it resolved', async () => {
    const { settings, fingerprints, inputs } = await walkForwardKind.load(request(), ONE_THREAD)
    const again = await walkForwardKind.load(JSON.parse(exactJson(settings)) as Json, ONE_THREAD)
    expect(again.settings).toEqual(settings)
    expect(again.fingerprints).toEqual(fingerprints)
    expect(again.inputs.windows).toEqual(inputs.windows)
  })
})

describe('a fold', () => {
  it('is what a training on its train window and a backtest of that model on its test window are', async () => {
    const embargoed = join(world.directory, 'embargo.yaml')
    const text = readFileSync(world.strategy, 'utf8')
    // Without a test slice, 0.7 and 0.15 are 14/17 and 3/17.
    const own = { train: 14 / 17, validation: 1 - 14 / 17, test: 0 }
    writeFileSync(embargoed, `${text}  data_split: ${JSON.stringify(own)}\n`)
    const run = await runQueue(walkForwardKind, walk())
    const stamps = readFileSync(world.bars, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Date.parse(line.split(',')[0]!))
    expect(foldsOf(run)).toHaveLength(5)
    for (const [fold, row] of foldsOf(run).entries()) {
      const trainedTo = stamps[500 + 150 * fold - 1]!
      const request = trainingRequest(
        { strategy: embargoed, bars: world.bars },
        { range: { fromMs: stamps[150 * fold]!, toMs: trainedTo } },
      )
      expect(row.trainFromMs).toBe(stamps[150 * fold])
      const model = join(world.directory, `fold-${fold}`)
      const trained = await runThrough(trainingJob as Job, request as Json)
      writeBundle(model, trained)
      const { bestValLoss } = trained.result['metrics'] as { bestValLoss: number }
      expect(row.valLoss, 'the same training').toBe(bestValLoss)
      const { inputs } = await backtestJob.load(
        backtestRequest(world, model, {
          range: { fromMs: row.testFromMs, toMs: row.testToMs - 1 },
        }) as unknown as Json,
        ONE_THREAD,
      )
      const { firstBar, endBar, intentsAt } = inputs.simulation.instruments[0]!
      const [packed] = resultsOf(run)[fold]!.intents
      const intents = unpackIntents(packed!)
      expect([intents.from, intents.to]).toEqual([firstBar, endBar])
      for (let bar = firstBar; bar < endBar; bar++) {
        const wanted = intentsAt(bar)
        expect(intents.bits[bar - intents.from]).toBe(wanted.bits[bar - wanted.from])
        expect(intents.confidence![bar - intents.from]).toBe(wanted.confidence![bar - wanted.from])
      }
    }
  })

  it('goes on with the trial that is best by the objective', async () => {
    const run = await runQueue(walkForwardKind, walk({ space: SPACE }))
    const objectives = resultsOf(run).map(({ objective }) => objective!)
    for (const { fold, trial, valLoss } of foldsOf(run)) {
      const own = objectives.slice(6 * (fold - 1), 6 * fold)
      expect(valLoss).toBe(Math.min(...own))
      expect(trial, 'of equal ones the first').toBe(own.indexOf(valLoss!))
    }
    expect(new Set(foldsOf(run).map(({ trial }) => trial)).size).toBeGreaterThan(1)
    const { metrics } = run.result as unknown as { metrics: Record<string, number> }
    expect(metrics['deflatedSharpeRatio']).toBeLessThan(metrics['probabilisticSharpeRatio']!)
  })

  it('that cannot be trained is not traded, and says why', async () => {
    const run = await runQueue(
      walkForwardKind,
      walk({ train: '11bars', test: '590bars', isAnchored: true }),
    )
    const [first, second] = foldsOf(run)
    expect(first!.outcome).toBe('failed')
    expect(first!.reason).toMatch(/rows? to train on/)
    expect(first).toMatchObject({ totalReturnRatio: 0, trades: 0, values: null })
    expect(second!.outcome).toBe('traded')
    expect((run.result['warnings'] as string[])[0]).toContain('Fold 1 came to nothing')
  })

  it('of which none can be trained is the end of all', async () => {
    const none = walkOf(
      world.directory,
      { strategy: world.strategy, data: fileOf(world.bars) },
      { space: 'parameters: { training.labels.zigzag_threshold: [0.8, 0.9] }' },
    )
    await expect(runQueue(walkForwardKind, none)).rejects.toThrow(
      /None of 5 folds came to anything: .*rows? to train on/,
    )
  })
})

describe('what the folds have traded', () => {
  it('is, of rules that nobody searches, just a backtest of the same bars', async () => {
    const run = await runQueue(walkForwardKind, ruled())
    const folds = foldsOf(run)
    const backtest = await runThrough(
      backtestJob as Job,
      {
        rules: { given: RULES, directories: [], snapshot: null },
        traded: { symbols: null, timeframe: null },
        ...backtestRequest({ bars: SP500 }, '', {
          range: { fromMs: folds[0]!.testFromMs, toMs: folds.at(-1)!.testToMs - 1 },
        }),
        simulation: {
          capital: 100_000,
          commission: 0.001,
          slippage: 0.0005,
          positionSize: 0.25,
          wholeUnits: false,
          maintenanceMargin: 0.25,
          costs: { borrowFee: 0.005 },
        },
        model: undefined,
      } as unknown as Json,
    )
    expect(run.files['trades.csv']).toBe(backtest.bundle.files['trades.csv'])
    expect(run.files['equity.safetensors']).toEqual(backtest.bundle.files['equity.safetensors'])
    expect(run.result['metrics']).toEqual(backtest.result['metrics'])
    expect(run.result['isOutOfSample'], 'nobody knows what they were made to fit').toBeNull()
  })

  it('is one account: the folds multiply to its growth, and have all of its trades', async () => {
    const run = await runQueue(walkForwardKind, walk({ space: SPACE }))
    const folds = foldsOf(run)
    const growth = folds.reduce((product, fold) => product * (1 + fold.totalReturnRatio), 1)
    expect(growth).toBeCloseTo(Number(run.result['finalEquity']) / 100_000, 10)
    expect(run.result['trades']).toBeGreaterThan(10)
    expect(folds.reduce((sum, { trades }) => sum + trades, 0)).toBe(run.result['trades'])
    expect(run.result['isOutOfSample']).toBe(true)
  })

  it('is nothing outside of the test windows', async () => {
    const run = await runQueue(walkForwardKind, walk({ test: '50bars', step: '200bars' }))
    const folds = foldsOf(run)
    expect(folds.length).toBeGreaterThan(2)
    const { timeMs, instruments, equity } = readEquityFile(
      run.files['equity.safetensors'] as Uint8Array,
    )
    const { units } = instruments[0]!
    let held = 0
    for (const [i, ms] of timeMs.entries()) {
      const isTested = folds.some(({ testFromMs, testToMs }) => testFromMs <= ms && ms < testToMs)
      if (isTested) held += Number(units[i] !== 0)
      else {
        expect(units[i]).toBe(0)
        expect(equity[i]).toBe(equity[i - 1])
      }
    }
    expect(held).toBeGreaterThan(50)
  })

  it('has two symbols side by side', async () => {
    const { strategy, data } = kinds.training('a regression of two symbols')
    const run = await runQueue(
      walkForwardKind,
      walkOf(
        kinds.directory,
        { strategy: strategy.given, data },
        { train: '200bars', test: '60bars', epochs: 2 },
      ),
    )
    expect(foldsOf(run)).toHaveLength(4)
    expect(resultsOf(run)[0]!.intents.map(({ symbol }) => symbol)).toEqual(['AAA', 'BBB'])
    expect(run.result['symbol']).toBe('AAA, BBB')
    const trades = String(run.files['trades.csv'])
    expect([trades.includes(',AAA,') || trades.includes('AAA'), trades.includes('BBB')]).toEqual([
      true,
      true,
    ])
  })
})

/** The bars with other prices from a row on. */
function withOtherEnd(path: string, row: number): string {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const from = row + 1
  const order = permutation(lines.length - from, randomStream(3, 'shuffle'))
  const changed = lines.map((line, i) => {
    if (i < from) return line
    const [stamp] = line.split(',')
    const other = lines[from + order[i - from]!]!
    return [stamp, ...other.split(',').slice(1)].join(',')
  })
  const other = join(world.directory, `other-${row}-${basename(path)}`)
  writeFileSync(other, `${changed.join('\n')}\n`)
  return other
}

/** All that was known before the test window began. */
const judged = ({ intents: _, ...rest }: FoldResult) => rest

describe('what no fold may see', () => {
  it('begins where its train window ends, as a border of the split', () => {
    const { strategy } = loadStrategy(world.strategy)
    const { split } = withoutTest(strategy).training
    expect(split).toMatchObject({ test: 0, isFollowed: true })
    expect(split.train).toBeCloseTo(0.7 / 0.85, 12)
    expect(split.train + split.validation).toBe(1)
  })

  it.each([
    ['a network', (bars?: string) => walk({}, bars), 1],
    ['a search', (bars?: string) => walk({ space: SPACE, search: { trials: 3 } }, bars), 3],
  ] as const)('is, of %s, the bars after its test window', async (_, request, trials) => {
    const own = resultsOf(await runQueue(walkForwardKind, request()))
    for (const fold of [0, 2]) {
      const testTo = 500 + 150 * (fold + 1)
      const other = resultsOf(
        await runQueue(walkForwardKind, request(withOtherEnd(world.bars, testTo))),
      )
      const upTo = trials * (fold + 1)
      expect(other.slice(0, upTo)).toEqual(own.slice(0, upTo))
      expect(other.slice(upTo), 'and what may be seen changes it').not.toEqual(own.slice(upTo))
    }
  })

  it('of its test window, when it is trained and chosen', async () => {
    const own = resultsOf(await runQueue(walkForwardKind, walk()))
    const other = resultsOf(
      await runQueue(walkForwardKind, walk({}, withOtherEnd(world.bars, 650))),
    )
    expect(judged(other[1]!)).toEqual(judged(own[1]!))
    expect(other[1]!.intents).not.toEqual(own[1]!.intents)
  })

  it('is the same of rules', async () => {
    const request = (bars: string) =>
      ruled(
        { space: RULE_SPACE, search: { method: 'grid' }, train: '1000bars', test: '500bars' },
        bars,
      )
    const own = await runQueue(walkForwardKind, request(SP500))
    const other = await runQueue(walkForwardKind, request(withOtherEnd(SP500, 2000)))
    expect(resultsOf(other).slice(0, 12)).toEqual(resultsOf(own).slice(0, 12))
    expect(resultsOf(other)[12]).not.toEqual(resultsOf(own)[12])
  })

  it.each(Object.keys(KINDS).filter((kind) => !kind.startsWith('market ')))(
    'is its test window, whatever the labels look at: %s',
    async (kind) => {
      const { strategy, data } = kinds.training(kind)
      const request = (files: typeof data): Json =>
        walkOf(
          kinds.directory,
          { strategy: strategy.given, data: files },
          { train: '12d', test: '2d', epochs: 1 },
        )
      const changed = (hour: number) =>
        data.map((file) => ({ ...file, path: withOtherEnd(file.path, hour) }))
      const first = async (files: typeof data) =>
        resultsOf(await runQueue(walkForwardKind, request(files)))[0]!
      const own = await first(data)
      expect(own.outcome, own.reason ?? '').toBe('completed')
      expect(judged(await first(changed(12 * 24)))).toEqual(judged(own))
      expect(judged(await first(changed(11 * 24))), 'what it may see changes it').not.toEqual(
        judged(own),
      )
    },
  )
})

describe('what a walk-forward has resolved', () => {
  it('loads the same again, also when the space is gone and bars were appended', async () => {
    const request = walk({ space: SPACE, trading: { capital: 5000 } })
    const { settings, fingerprints, inputs } = await walkForwardKind.load(request, ONE_THREAD)
    const { search } = request as unknown as { search: { space: { path: string } } }
    writeFileSync(search.space.path, 'parameters: {training.epochs: [1, 2]}')
    const longer = makeWorld({ bars: 1400 })
    const path = join(world.directory, 'longer.csv')
    writeFileSync(path, readFileSync(longer.bars, 'utf8'))
    longer.remove()
    const [file] = settings['data'] as unknown as { path: string }[]
    const moved = { ...settings, data: [{ ...file!, path }] } as unknown as Json
    const again = await walkForwardKind.load(moved, ONE_THREAD)
    expect(again.fingerprints).toEqual(fingerprints)
    expect(again.inputs.windows).toEqual(inputs.windows)
  })

  it('has another fingerprint for whatever changes a fold', async () => {
    const printed = async (changes: Walk): Promise<string> =>
      exactJson(
        (await walkForwardKind.load(walk({ space: SPACE, ...changes }), ONE_THREAD)).fingerprints,
      )
    const own = await printed({})
    expect(await printed({})).toBe(own)
    for (const changes of [
      { test: '160bars' },
      { isAnchored: true },
      { step: '200bars' },
      { epochs: 2 },
      { objective: 'sharpe' },
      { search: { trials: 7 } },
      { search: { method: 'tpe' } },
      { trading: { capital: 5 } },
      { space: SPACE.replace('max: 20', 'max: 25') },
    ] as const)
      expect(await printed(changes), JSON.stringify(changes)).not.toBe(own)
  })
})

describe('a walk-forward that cannot be', () => {
  it.each([
    [
      'a space of the account',
      { space: 'parameters: { trading.stop_loss: [1%, 2%] }' },
      'one account trades all folds',
    ],
    [
      'a space of decisions that are no part of a forecast',
      { space: 'parameters: { decisions.filters.min_signal_separation: [1, 5] }' },
      'one account trades all folds',
    ],
    ['a window that is no length', { train: '3h' }, '--train is "3h"'],
    ['data that is too short', { train: '60d' }, 'The data is 50 days long'],
    [
      'a space that is not there',
      { space: 'parameters: { indicators.rsi_99.period: [1, 2] }' },
      'rsi_99',
    ],
  ] as const)('is refused before it begins: %s', async (_, changes, message) => {
    await expect(walkForwardKind.load(walk(changes), ONE_THREAD)).rejects.toThrow(message)
  })

  it('is one of rules that are to be trained, or to lose less in validation', async () => {
    const load = (changes: Walk) => walkForwardKind.load(ruled(changes), ONE_THREAD)
    await expect(load({ epochs: 3 })).rejects.toThrow('--epochs is of no use')
    await expect(load({ space: RULE_SPACE, objective: 'val_loss' })).rejects.toThrow(
      'A strategy that has rules has no val_loss',
    )
  })

  it('is one that never trades', async () => {
    const { strategy, data } = kinds.training('market regimes')
    const request = walkOf(kinds.directory, { strategy: strategy.given, data })
    await expect(walkForwardKind.load(request, ONE_THREAD)).rejects.toThrow('never trades')
  })
})
