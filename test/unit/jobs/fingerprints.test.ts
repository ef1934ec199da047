import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadBacktest, type BacktestRequest } from '../../../src/jobs/backtest-inputs.ts'
import { loadTraining, type TrainingRequest } from '../../../src/jobs/training-inputs.ts'
import { trainingJob } from '../../../src/jobs/training.ts'
import { backtestRequest, trainingRequest, trainModel } from '../../support/job-runs.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { ONE_THREAD } from '../../support/kernel-engine.ts'

// A default that changes in a later version changes the resolved settings and nothing else that is recorded: the
// strategy file and the request stay the same. So the resolved settings are recorded too.

const NAME = 'resolved settings'
let world: World
let model: string

beforeAll(async () => {
  world = makeWorld({ bars: 400, batchSize: 32, epochs: 2 })
  model = await trainModel(join(world.directory, 'model'), trainingRequest(world))
  return world.remove
})

describe('the fingerprints of a training', () => {
  const settingsOf = async (changes: Partial<TrainingRequest> = {}) =>
    (await loadTraining(trainingRequest(world, changes), ONE_THREAD)).fingerprints[NAME]

  /** Of the strategy with `from` replaced, as if that were the default of another version. */
  const settingsWith = (from: string, to: string) => {
    const text = readFileSync(world.strategy, 'utf8')
    const changed = text.replace(from, to)
    expect(changed, `${from} stands in the strategy`).not.toBe(text)
    const snapshot = { path: world.strategy, text: changed }
    return settingsOf({ strategy: { given: world.strategy, directories: [], snapshot } })
  }

  it.each([
    ['learning_rate: 0.005', 'learning_rate: 0.004'],
    ['seed: 7', 'seed: 8'],
    ['batch_size: 32', 'batch_size: 33'],
    ['optimizer: adam', 'optimizer: adamw'],
    ['optimizer: adam', 'optimizer: { type: adam, weight_decay: 0.5 }'],
    ['patience: 2', 'patience: 3'],
    ['seed: 7', 'seed: 7\n  gradient_clip: 3'],
    ['seed: 7', 'seed: 7\n  early_stopping: { patience: 1, min_delta: 0, monitor: val_loss }'],
    ['zigzag_threshold: 0.03', 'zigzag_threshold: 0.031'],
    ['dropout: 0.2', 'dropout: 0.3'],
    ['dropout: 0.2', 'dropout: 0.2, activation: tanh'],
    ['hidden_layers: [16]', 'hidden_layers: [16, 8]'],
  ])('change when %s becomes %s', async (from, to) => {
    expect(await settingsWith(from, to)).not.toBe(await settingsOf())
  })

  it('stay when a default is written out, and when the total of epochs is raised', async () => {
    const settings = await settingsOf()
    expect(await settingsWith('seed: 7', 'seed: 7\n  loss: cross_entropy')).toBe(settings)
    expect(await settingsOf({ epochs: 50 })).toBe(settings)
    const { settings: resolved, fingerprints } = await loadTraining(
      trainingRequest(world),
      ONE_THREAD,
    )
    const raised = trainingJob.override(resolved, { epochs: 50 }) as TrainingRequest
    expect((await loadTraining(raised, ONE_THREAD)).fingerprints).toEqual(fingerprints)
  })
})

describe('the fingerprints of a backtest', () => {
  const loaded = (changes: Partial<BacktestRequest['simulation']> = {}) => {
    const request = backtestRequest(world, model)
    return loadBacktest(
      { ...request, simulation: { ...request.simulation, ...changes } },
      ONE_THREAD,
    )
  }

  it.each([
    { capital: 1 },
    { commission: 0 },
    { slippage: 0 },
    { positionSize: 1 },
    { wholeUnits: true },
  ])('change with %j', async (change) => {
    const { fingerprints } = await loaded()
    expect((await loaded(change)).fingerprints[NAME]).not.toBe(fingerprints[NAME])
  })

  it('change with how the strategy decides', async () => {
    const text = readFileSync(world.strategy, 'utf8').replace('confidence_threshold: 0', '$&.5')
    const strategy = join(world.directory, 'decided', 'walk.yaml')
    const other = await trainModel(
      join(world.directory, 'decided'),
      trainingRequest(world, {
        strategy: { given: strategy, directories: [], snapshot: { path: strategy, text } },
      }),
    )
    const { fingerprints } = await loadBacktest(backtestRequest(world, other), ONE_THREAD)
    expect(fingerprints[NAME]).not.toBe((await loaded()).fingerprints[NAME])
  })

  it('hold what this program computes', async () => {
    const { fingerprints } = await loaded()
    expect(fingerprints['arithmetic']).toBe('features-v1 f32-muladd-v1 simulate-v1')
  })
})
