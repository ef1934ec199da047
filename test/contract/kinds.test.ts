import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exactJson, sha256, type Json } from '../../src/core/hash.ts'
import { backtestJob } from '../../src/jobs/backtest.ts'
import { loadBacktest } from '../../src/jobs/backtest-inputs.ts'
import type { Job, Outcome } from '../../src/jobs/job.ts'
import { labelledRows, windowsOf } from '../../src/jobs/labelled-rows.ts'
import { loadMarketData } from '../../src/jobs/market-data.ts'
import { loadTraining } from '../../src/jobs/training-inputs.ts'
import { trainingJob } from '../../src/jobs/training.ts'
import { makeSamples } from '../../src/features/samples.ts'
import { TIMEFRAME_MS } from '../../src/data/bars.ts'
import { completeBars, computeFeatures } from '../../src/features/feature-matrix.ts'
import { loadModel } from '../../src/models/load-model.ts'
import { windowLength } from '../../src/neural/window-length.ts'
import { loadStrategy } from '../../src/strategy/load-strategy.ts'
import { runThrough, writeBundle } from '../support/job-runs.ts'
import { ONE_THREAD } from '../support/kernel-engine.ts'
import { KINDS, makeKindWorld, type KindWorld } from '../support/kinds.ts'
import { rebuild, remainsOf } from '../support/throw-away.ts'

// What every kind of strategy keeps: networks, labels, timeframes, symbols, series, weights.

let world: KindWorld
beforeAll(() => {
  world = makeKindWorld()
})
afterAll(() => world.remove())

function bytesOf({ result, bundle }: Outcome): unknown {
  const files = Object.entries(bundle.files).map(([name, content]) => [name, sha256(content)])
  return [exactJson(result), { ...bundle, files }]
}

const SHARES = [0, 0.13, 0.5, 0.77, 1]

/** What a run comes to, undisturbed and when it was killed at each of SHARES. */
async function outcomesOf(
  job: Job,
  request: Json,
): Promise<{ straight: unknown; killed: unknown[] }> {
  const { inputs } = await job.load(request, ONE_THREAD)
  const state = job.begin(inputs)
  job.advance(state, inputs, Infinity)
  const end = job.position(state, inputs)
  const killed: unknown[] = []
  for (const share of SHARES) {
    const victim = job.begin(inputs)
    job.advance(victim, inputs, Math.floor(end * share))
    const { settings } = await job.load(request, ONE_THREAD)
    const again = await job.load(JSON.parse(exactJson(settings)) as Json, ONE_THREAD)
    const resumed = job.decode(rebuild(remainsOf(job.encode(victim), job)), again.inputs)
    job.advance(resumed, again.inputs, Infinity)
    killed.push(bytesOf(job.finish(resumed, again.inputs)))
  }
  return { straight: bytesOf(job.finish(state, inputs)), killed }
}

describe.each(Object.keys(KINDS))('%s', (kind) => {
  let model: string
  const strategyOf = () => loadStrategy(world.training(kind).strategy.given).strategy

  beforeAll(async () => {
    model = join(world.directory, `model of ${kind}`)
    const request = world.training(kind) as Json
    writeBundle(model, await runThrough(trainingJob as Job, request))
  })

  it('trains to the same bytes after a kill anywhere', async () => {
    const { straight, killed } = await outcomesOf(trainingJob as Job, world.training(kind) as Json)
    expect(killed).toEqual(SHARES.map(() => straight))
  })

  it('is backtested to the same bytes after a kill anywhere', async () => {
    const request = world.backtest(kind, model) as Json
    const { straight, killed } = await outcomesOf(backtestJob as Job, request)
    expect(killed).toEqual(SHARES.map(() => straight))
    const { hasNoSignals, trades } = (await runThrough(backtestJob as Job, request)).result
    expect(hasNoSignals === true, 'classes of the market are no signals').toBe(
      kind.startsWith('market'),
    )
    if (hasNoSignals) expect(trades).toBe(0)
  })

  it('has a row that is the same bytes in training and in a backtest', async () => {
    const strategy = strategyOf()
    const { inputs } = await loadTraining(world.training(kind), ONE_THREAD)
    const { training, shape } = inputs
    const { normalizations } = loadModel(model).manifest
    const trained = await loadMarketData(world.training(kind).data, strategy, ALL)
    // The backtest begins in the middle, and knows of one symbol.
    const from = trained.symbols[0]!.bars.timestampMs[150]!
    const traded = await loadMarketData(
      world.backtest(kind, model).data,
      { ...strategy, symbols: ['AAA'] },
      { fromMs: from, toMs: null },
    )
    const { market, bars, from: first } = traded.symbols[0]!
    const { features, split } = labelledRows(strategy, trained.symbols[0]!)
    const windows = windowsOf(strategy)
    const complete = completeBars(features, first, bars.length, windows)
    expect(market.frames.get(strategy.baseTimeframe)!.length).toBe(bars.length)
    const backtested = makeSamples(features, normalizations, complete, windows.length)
    const { inputs: job } = await loadBacktest(
      world.backtest(kind, model, { range: { fromMs: from, toMs: null } }),
      ONE_THREAD,
    )
    expect(job.simulation.instruments[0]!.firstBar, 'the first bar that has a whole window').toBe(
      complete[0],
    )

    const length = windowLength(shape)
    const windowOf = (samples: typeof backtested, i: number): Float32Array => {
      const row = samples.firstRows ? samples.firstRows[i]! : i
      return samples.features.slice(row * shape.inputs, (row + length) * shape.inputs)
    }
    const common = [...split.train.entries()].filter(([, bar]) => complete.includes(bar))
    expect(common.length, 'rows of both').toBeGreaterThan(10)
    for (const [i, bar] of common)
      expect(windowOf(backtested, complete.indexOf(bar)), `bar ${bar}`).toEqual(
        windowOf(training.train, i),
      )
  })

  it('sees the same of a bar when the data ends with it', async () => {
    const strategy = strategyOf()
    const { data } = world.training(kind)
    const whole = (await loadMarketData(data, strategy, ALL)).symbols
    const all = whole.map(({ market }) => computeFeatures(market, strategy))
    const { bars } = whole[0]!
    for (const last of [80, 81, 82, 83].filter((bar) => bar < bars.length)) {
      const toMs = bars.timestampMs[last]! + TIMEFRAME_MS[strategy.baseTimeframe] - 1
      const { symbols } = await loadMarketData(data, strategy, { fromMs: null, toMs })
      for (const [i, cut] of symbols.entries()) {
        expect(cut.bars.length).toBe(last + 1)
        const early = computeFeatures(cut.market, strategy)
        for (const [j, column] of early.columns.entries())
          expect(column, early.ids[j]).toEqual(all[i]!.columns[j]!.slice(0, last + 1))
      }
    }
  })

  it('has no label that looks into the next slice, nor a row without history', async () => {
    const strategy = strategyOf()
    const { symbols } = await loadMarketData(world.training(kind).data, strategy, ALL)
    for (const data of symbols) {
      const { labels, split, bars } = labelledRows(strategy, data)
      const { train, validation, test } = split
      for (const [slice, border] of [
        [train, validation[0]],
        [validation, test[0]],
      ] as const)
        for (const bar of slice) {
          expect(labels.endBar[bar]).toBeGreaterThanOrEqual(bar)
          expect(labels.endBar[bar], `bar ${bar} of ${data.symbol}`).toBeLessThan(border!)
        }
      expect(train[0]).toBeGreaterThanOrEqual(50 + windowsOf(strategy).length - 1)
      expect(test.length, 'something is left to test on').toBeGreaterThan(0)
      expect(labels.endBar.every((end) => end < bars.length)).toBe(true)
    }
  })
})

const ALL = { fromMs: null, toMs: null }
