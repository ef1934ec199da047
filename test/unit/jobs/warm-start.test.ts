import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadTraining, type TrainingRequest } from '../../../src/jobs/training-inputs.ts'
import { loadModel } from '../../../src/models/load-model.ts'
import { trainingRequest, trainModel } from '../../support/job-runs.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { ONE_THREAD } from '../../support/kernel-engine.ts'

let world: World
let model: string

beforeAll(async () => {
  world = makeWorld({ bars: 400, batchSize: 32, epochs: 1 })
  model = await trainModel(join(world.directory, 'model'), trainingRequest(world))
  return world.remove
})

/** A training of the strategy with `from` replaced, that begins with the weights of the model. */
function startWith(from: string, to: string) {
  const text = readFileSync(world.strategy, 'utf8').replaceAll(from, to)
  const strategy: TrainingRequest['strategy'] = {
    given: world.strategy,
    directories: [],
    snapshot: { path: world.strategy, text },
  }
  const warmStart = { directory: model, sha256: null }
  return loadTraining(trainingRequest(world, { strategy, warmStart }), ONE_THREAD)
}

describe('a training from a model', () => {
  it.each([
    ['seed: 7', 'seed: 8'],
    ['dropout: 0.2', 'dropout: 0.4'],
    ['dropout: 0.2', 'dropout: 0.2, activation: relu'],
    ['learning_rate: 0.005', 'learning_rate: 0.001'],
  ])('may be trained another way: %s, now %s', async (from, to) => {
    const { inputs, fingerprints } = await startWith(from, to)
    expect(inputs.warmStart).toEqual(loadModel(model).weights)
    expect(fingerprints['starting model']).toBe(loadModel(model).sha256)
  })

  it.each([
    [
      'another activation',
      'dropout: 0.2',
      'dropout: 0.2, activation: tanh',
      'it is MLP 3-16-3 with relu, the strategy is MLP 3-16-3 with tanh',
    ],
    [
      'other layers',
      'hidden_layers: [16]',
      'hidden_layers: [16, 8]',
      'it is MLP 3-16-3 with relu, the strategy is MLP 3-16-8-3 with relu',
    ],
    ['other features', 'roc_5', 'roc_6', 'its features are others'],
  ])('is refused with %s', async (_, from, to, what) => {
    await expect(startWith(from, to)).rejects.toMatchObject({
      code: 'USAGE',
      message: `The model in ${model} cannot be the start: ${what}.`,
      suggestions: ['Leave --from away, or take a model of this strategy.'],
    })
  })
})
