import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../../../src/core/hash.ts'
import { backtestJob } from '../../../src/jobs/backtest.ts'
import { loadBacktest } from '../../../src/jobs/backtest-inputs.ts'
import type { Job } from '../../../src/jobs/job.ts'
import { loadModel } from '../../../src/models/load-model.ts'
import {
  backtestRequest,
  editManifest,
  runThrough,
  trainingRequest,
  trainModel,
} from '../../support/job-runs.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { ONE_THREAD } from '../../support/kernel-engine.ts'

let world: World
let model: string
let copies = 0

beforeAll(async () => {
  world = makeWorld({ bars: 400, batchSize: 32, epochs: 1 })
  model = await trainModel(join(world.directory, 'model'), trainingRequest(world))
  return world.remove
})

/** The model with something else in its manifest. */
function modelWith(changes: Record<string, Json>): string {
  const directory = join(world.directory, `copy-${++copies}`)
  cpSync(model, directory, { recursive: true })
  editManifest(directory, (manifest) => Object.assign(manifest, changes))
  return directory
}

describe('a backtest', () => {
  it('takes a model as it was trained', async () => {
    const { name, inputs } = await loadBacktest(backtestRequest(world, modelWith({})), ONE_THREAD)
    expect([name, inputs.simulation.instruments[0]!.symbol, inputs.timeframe]).toEqual([
      'walk',
      'WALK',
      '1h',
    ])
  })

  it.each(['features-v2 f32-muladd-v1', 'features-v1 f32-muladd-v2', 'features-v1', null])(
    'refuses a model of the arithmetic %s: it would compute other forecasts',
    async (arithmetic) => {
      const directory = modelWith({ arithmetic })
      await expect(
        loadBacktest(backtestRequest(world, directory), ONE_THREAD),
      ).rejects.toMatchObject({
        code: 'FINGERPRINT_CHANGED',
        exitCode: 6,
        message: `The model in ${directory} was trained with the arithmetic ${arithmetic}, and this ktrdr computes features-v1 f32-muladd-v1, so its forecasts would be others.`,
      })
    },
  )

  it.each([
    ['features', ['1h_rsi_high', '1h_rsi_low', '1h_roc_5_raw']],
    ['features', ['1h_rsi_low', '1h_rsi_high']],
    ['strategy', '../../../elsewhere'],
    ['strategy', 'other'],
    ['symbol', '../../elsewhere'],
    ['timeframe', '1h/../../elsewhere'],
    ['timeframe', '1d'],
    ['symbol', null],
  ])(
    'refuses a manifest whose %s is %j: the strategy beside it says otherwise',
    async (name, is) => {
      const directory = modelWith({ [name]: is })
      await expect(
        loadBacktest(backtestRequest(world, directory), ONE_THREAD),
      ).rejects.toMatchObject({
        code: 'MODEL_CORRUPT',
        exitCode: 6,
        message: `The model in ${directory} is damaged: its manifest names another ${name} than its strategy.`,
      })
    },
  )

  it.each<[string, Json]>([
    ['activation', 'tanh'],
    ['hiddenLayers', [8]],
    ['inputs', 4],
    ['kind', 'lstm'],
    ['outputs', null],
    ['outputs', 'three'],
  ])(
    'refuses a manifest whose network has another %s: its strategy asks for one',
    async (name, is) => {
      const { network } = loadModel(model).manifest
      const directory = modelWith({ network: { ...network, [name]: is } as Json })
      await expect(
        loadBacktest(backtestRequest(world, directory), ONE_THREAD),
      ).rejects.toMatchObject({
        code: 'MODEL_CORRUPT',
        message: `The model in ${directory} is damaged: its manifest names another network than its strategy.`,
      })
    },
  )

  it.each<[string, Json]>([
    ['none', {}],
    ['another', { '1h_roc_5_raw': { method: 'minmax', offset: 0, scale: 1 } }],
    ['no figures', { '1h_roc_5_raw': { method: 'zscore', offset: null, scale: 1 } }],
  ])('refuses a manifest with %s for the normalization of a feature', async (_, normalizations) => {
    const directory = modelWith({ normalizations })
    await expect(loadBacktest(backtestRequest(world, directory), ONE_THREAD)).rejects.toMatchObject(
      {
        code: 'MODEL_CORRUPT',
        message: `The model in ${directory} is damaged: its manifest names another normalization than its strategy.`,
      },
    )
  })

  it('publishes under the names of the strategy, and reports what was held and what was no number', async () => {
    const request = backtestRequest(world, model) as Json
    const { result, bundle } = await runThrough(backtestJob as Job, request)
    expect([bundle.name, bundle.variant]).toEqual(['walk', 'WALK_1h'])
    const figures = JSON.parse(bundle.files['metrics.json'] as string) as typeof result
    const { exposureRatio } = figures['metrics'] as { exposureRatio: number }
    const { bars } = figures['range'] as { bars: number }
    for (const told of [result, figures]) {
      expect(told['barsInPosition'], 'what the exposure is a share of').toBe(exposureRatio * bars)
      expect(told['barsInPosition']).toBeGreaterThan(0)
      expect(told['invalidForecasts'], 'all weights are finite').toBe(0)
    }
  })
})
