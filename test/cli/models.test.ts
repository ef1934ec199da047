// Trained models through the program: their names, list, show, compare, export, delete.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor, env } from 'onnxruntime-web'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeSafetensors } from '../../src/core/safetensors.ts'
import { loadModel } from '../../src/models/load-model.ts'
import { createReferenceNetwork } from '../../src/neural/reference/network.ts'
import { ktrdr, type RunResult } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
const dataDir = world.dataDir('data')

const run = (...args: string[]): Promise<RunResult> =>
  ktrdr(args, { dataDir, cwd: world.directory })
const ask = async (...args: string[]): Promise<any> => (await run(...args, '--json')).json()
const trained = (...flags: string[]) => run(...world.train('--progress', 'none', ...flags))

/** walk@1 to walk@3; of one epoch, of three and of two. */
beforeAll(async () => {
  for (const epochs of ['1', '3', '2']) {
    const { code, stderr } = await trained('--epochs', epochs)
    if (code !== 0) throw new Error(stderr)
  }
})
afterAll(() => world.remove())

describe('models list', () => {
  it('shows what there is, newest first', async () => {
    const { stdout } = await run('models', 'list')
    expect(screenDifference('models-list', stdout)).toBe('')
  })

  it('sorts, limits, and answers scripts', async () => {
    const { models, total } = await ask('models', 'list', '--sort', 'loss', '--limit', '2')
    expect(total).toBe(3)
    const losses = models.map((model: any) => model.facts.valLoss)
    expect(losses).toEqual(losses.toSorted((a: number, b: number) => a - b))
    expect((await ask('models', 'list', '--strategy', 'other')).models).toEqual([])
  })

  it('says how to get a first one', async () => {
    const { stdout } = await ktrdr(['models', 'list'], { dataDir: world.dataDir('empty') })
    expect(stdout).toBe('No models.\n\nTrain one:  ktrdr train STRATEGY --data FILE\n')
  })
})

describe('models show', () => {
  it('shows all of it', async () => {
    const { stdout } = await run('models', 'show', 'walk@2')
    expect(screenDifference('models-show', stdout)).toBe('')
  })

  it('gives the command that trains it to the same bytes', async () => {
    const { command, sha256 } = await ask('models', 'show', 'walk@2')
    const again = await ktrdr([...command.split(' ').slice(1), '--json'], {
      dataDir: world.dataDir('again'),
    })
    const { path } = again.json().model
    expect(loadModel(path).sha256).toBe(sha256)
  })

  it('says which file is damaged', async () => {
    const damaged = world.dataDir('damaged')
    await ktrdr(world.train('--epochs', '1'), { dataDir: damaged })
    const { path } = (
      await ktrdr(['models', 'show', 'walk', '--json'], { dataDir: damaged })
    ).json()
    writeFileSync(join(path, 'model.safetensors'), 'x')
    const { stdout, code } = await ktrdr(['models', 'show', 'walk'], { dataDir: damaged })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Integrity: +model\.safetensors is not the file of the training$/m)
    const used = await ktrdr(['models', 'export', 'walk', '--out', join(path, 'x.onnx')], {
      dataDir: damaged,
    })
    expect(used.code).toBe(6)
  })
})

describe('the best of them', () => {
  it('is meant by @best wherever a model is', async () => {
    const { models } = await ask('models', 'list', '--sort', 'loss')
    const [best] = models
    expect((await ask('models', 'show', 'walk@best')).path).toBe(best.path)
    const tested = await ask(...world.backtest().with(1, 'walk@best'))
    const { settings } = await ask('operations', 'show', tested.operationId)
    expect(settings.model.directory).toBe(best.path)
    const further = await ask(...world.train('--epochs', '1', '--from', 'walk@best', '--dry-run'))
    expect(further.settings.warmStart.directory).toBe(best.path)
  })
})

describe('models compare', () => {
  it('shows what differs, and the figures side by side', async () => {
    const { stdout } = await run('models', 'compare', 'walk@1', 'walk@2')
    expect(screenDifference('models-compare', stdout)).toBe('')
  })

  it('needs two, and not the same twice', async () => {
    expect((await run('models', 'compare', 'walk@1')).code).toBe(2)
    const twice = await run('models', 'compare', 'walk@3', 'walk@latest')
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('is named twice')])
  })
})

describe('models export', () => {
  const out = (name: string): string => join(world.directory, name)

  it('writes ONNX that forecasts as the model does', async () => {
    env.wasm.numThreads = 1
    const { stdout } = await run('models', 'export', 'walk@2', '--out', out('walk.onnx'))
    expect(screenDifference('models-export', stdout)).toBe('')
    const { path, features } = await ask('models', 'show', 'walk@2')
    const { manifest, weights } = loadModel(path)
    const raw = Float64Array.from({ length: 40 * features.length }, (_, i) => Math.sin(i))
    const normalised = Float32Array.from(raw, (value, i) => {
      const { normalization } = features[i % features.length]
      const { offset, scale } = normalization ?? { offset: 0, scale: 1 }
      return (value - offset) * scale
    })
    const session = await InferenceSession.create(readFileSync(out('walk.onnx')))
    const input = new Tensor('float64', raw, [40, features.length])
    const { probabilities } = await session.run({ features: input })
    const network = createReferenceNetwork(manifest.network)
    network.write({ weights, slots: {} })
    const ours = network.classify({ count: 40, features: normalised, firstRows: null })
    const theirs = probabilities!.data as Float32Array
    for (const [i, value] of ours.entries()) expect(Math.abs(theirs[i]! - value)).toBeLessThan(1e-6)
  })

  it('writes safetensors with the same weights, and what they are of', async () => {
    await run('models', 'export', 'walk@2', '--out', out('walk.safetensors'))
    const { metadata, arrays } = decodeSafetensors(readFileSync(out('walk.safetensors')))
    const { path, features } = await ask('models', 'show', 'walk@2')
    const { weights } = loadModel(path)
    expect(
      Object.fromEntries(arrays.map(({ name, shape, data }) => [name, { tensor: data, shape }])),
    ).toEqual(weights)
    expect(JSON.parse(metadata['features']!)).toEqual(features.map(({ id }: any) => id))
    expect(JSON.parse(metadata['classes']!)).toEqual(['BUY', 'HOLD', 'SELL'])
  })

  it('writes JSON with every bit of the weights', async () => {
    const file = out('walk.data')
    await run('models', 'export', 'walk@2', '--format', 'json', '--out', file)
    const document = JSON.parse(readFileSync(file, 'utf8'))
    const { path } = await ask('models', 'show', 'walk@2')
    const { weights, strategyText } = loadModel(path)
    expect(document.strategy).toBe(strategyText)
    for (const [name, { tensor }] of Object.entries(weights))
      expect(Float32Array.from(document.weights[name].values)).toEqual(tensor)
  })

  it('overwrites nothing unless told, and must know the format', async () => {
    const taken = out('taken.onnx')
    writeFileSync(taken, 'mine')
    const refused = await run('models', 'export', 'walk', '--out', taken)
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--force')])
    expect(readFileSync(taken, 'utf8')).toBe('mine')
    expect((await run('models', 'export', 'walk', '--out', taken, '--force')).code).toBe(0)
    const unclear = await run('models', 'export', 'walk', '--out', out('walk.bin'))
    expect([unclear.code, unclear.stderr]).toEqual([2, expect.stringContaining('--format onnx')])
    expect((await run('models', 'export', 'other', '--out', out('a.onnx'))).code).toBe(4)
  })
})

describe('models delete', () => {
  it('asks, plans, and does it', async () => {
    expect((await trained('--epochs', '1')).code).toBe(0)
    const { path } = await ask('models', 'show', 'walk@4')
    const asked = await run('models', 'delete', 'walk@4')
    expect(asked).toMatchObject({ code: 2, stdout: '' })
    expect(asked.stderr).toContain('Try this: ktrdr models delete walk/WALK_1h@4 --yes')
    const planned = await run('models', 'delete', 'walk@4', '--dry-run')
    expect(screenDifference('models-delete-dry-run', planned.stdout)).toBe('')
    expect(existsSync(path)).toBe(true)
    const done = await run('models', 'delete', 'walk@latest', '--yes')
    expect(screenDifference('models-delete', done.stdout)).toBe('')
    expect(existsSync(path)).toBe(false)
    expect((await run('models', 'show', 'walk@4')).code).toBe(4)
    const doctor = await run('doctor')
    expect(doctor.code, 'the store is sound').toBe(0)
  })

  it('refuses all of them when one is needed, and must be told which version', async () => {
    const fault = 'bar@700:cancel'
    const stopped = world.backtest('--checkpoint-every', '250bars', '--json').with(1, 'walk@1')
    const { operationId } = (await ktrdr(stopped, { dataDir, fault })).json()
    const refused = await run('models', 'delete', 'walk@2', 'walk@1', '--yes')
    expect(refused.code).toBe(5)
    expect(refused.stderr).toContain(`${operationId} is CANCELLED and can be resumed with it`)
    expect((await ask('models', 'list')).total, 'nothing is gone').toBe(3)
    await run('checkpoints', 'delete', operationId, '--yes')
    const planned = await ask('models', 'delete', 'walk@1', '--dry-run')
    expect(planned.deleted).toMatchObject([{ model: 'walk/WALK_1h@1' }])
    expect((await run('models', 'delete', 'walk', '--yes')).code).toBe(2)
  })
})
