import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listModels, type ModelListOptions } from '../../src/list-models.ts'
import { markBundleDeleted } from '../../src/store/bundle-table.ts'
import { publishModel } from '../support/temp-model.ts'
import { ID, startOne, tempStore, type Store } from '../support/temp-store.ts'

function started(): Store {
  const store = tempStore()
  startOne(store.db)
  return store
}

const list = (store: Store, options: ModelListOptions = {}) => listModels(store, 1000, options)
const named = (store: Store, options?: ModelListOptions): string[] =>
  list(store, options).models.map(({ model }) => model)

const withLoss = (store: Store, bestValLoss: number | null, strategy = 'pullback', nowMs = 1) =>
  publishModel(store, { strategy }, nowMs, undefined, { bestValLoss, valLoss: null })

describe('a list of models', () => {
  it('tells of each what it is, from where, and how good', () => {
    const store = started()
    const split = {
      train: { firstMs: 10, lastMs: 20, rows: 2 },
      validation: { firstMs: 30, lastMs: 40, rows: 2 },
      test: { firstMs: 50, lastMs: 60, rows: 2 },
    }
    const { directory, sha256, sizeBytes } = publishModel(store, { split }, 400)
    expect(list(store)).toEqual({
      models: [
        {
          model: 'pullback/SPY_1d@1',
          name: 'pullback',
          variant: 'SPY_1d',
          version: 1,
          operationId: ID,
          sha256,
          path: directory,
          sizeBytes,
          createdAt: '1970-01-01T00:00:00.400Z',
          ageMs: 600,
          facts: {
            symbols: ['SPY'],
            timeframe: '1d',
            epoch: 2,
            epochs: 3,
            valLoss: 0.625,
            trainedOn: { firstMs: 10, lastMs: 40 },
          },
          damage: null,
        },
      ],
      total: 1,
      totalBytes: sizeBytes,
      unknown: [],
    })
  })

  it('is sorted, filtered and limited, and counts what is not shown', () => {
    const store = started()
    withLoss(store, 0.5)
    withLoss(store, null)
    withLoss(store, 0.25)
    withLoss(store, 0.75, 'break-out')
    const [one, two, three, other] = [
      'pullback/SPY_1d@1',
      'pullback/SPY_1d@2',
      'pullback/SPY_1d@3',
      'break-out/SPY_1d@1',
    ]
    expect(named(store), 'newest first').toEqual([other, three, two, one])
    expect(named(store, { sort: 'loss' }), 'what has none last').toEqual([three, one, other, two])
    expect(named(store, { sort: 'name' })).toEqual([other, three, two, one])
    expect(named(store, { sort: 'loss', limit: 2 })).toEqual([three, one])
    expect(named(store, { strategy: 'pullback', limit: 1 })).toEqual([three])
    expect(list(store, { strategy: 'pullback', limit: 1 }).total).toBe(3)
  })

  it('by size has the largest first', () => {
    const store = started()
    publishModel(store)
    publishModel(store, {}, 2, `name: pullback\n${'# '.repeat(500)}\n`)
    publishModel(store)
    expect(named(store, { sort: 'size' })[0]).toBe('pullback/SPY_1d@2')
  })

  it('says what is wrong with one that is damaged, or gone', () => {
    const store = started()
    appendFileSync(join(publishModel(store).directory, 'manifest.json'), ' ')
    appendFileSync(join(publishModel(store).directory, 'metrics.json'), ' ')
    rmSync(publishModel(store).directory, { recursive: true })
    const [gone, metrics, manifest] = list(store).models
    expect(gone).toMatchObject({ facts: null, damage: 'gone' })
    expect(metrics?.damage).toContain('metrics.json is not the file of the training')
    expect(manifest?.damage).toContain('manifest.json is not that of the model')
  })

  it.each([
    ['split', undefined],
    ['split', { train: { firstMs: 9e15, lastMs: 0, rows: 1 }, validation: null, test: null }],
    ['features', ['one']],
    [
      'network',
      { kind: 'mlp', inputs: 2, outputs: 1, hiddenLayers: 7, activation: 'relu', dropout: 0 },
    ],
    ['normalizations', { rsi_low: null }],
    ['epochs', '3'],
  ])('takes a manifest whose %s is %j for damaged', (key, value) => {
    const store = started()
    publishModel(store, { [key]: value })
    expect(list(store).models[0]?.damage).toContain(`manifest.json has no valid ${key}`)
  })
})

describe('a model beside those of this data directory', () => {
  it('is told apart, and so is what only looks like one', () => {
    const store = started()
    const { directory } = publishModel(store)
    const foreign = join(dirname(directory), 'v7')
    cpSync(directory, foreign, { recursive: true })
    mkdirSync(join(dirname(directory), 'notes'))
    writeFileSync(join(store.layout.bundles.model, 'README'), 'mine')
    expect(list(store)).toMatchObject({ total: 1, unknown: [foreign] })
    expect(list(store, { strategy: 'break-out' }).unknown).toEqual([])
  })

  it('is not one whose deletion was cut off: gc finishes that', () => {
    const store = started()
    const row = publishModel(store)
    markBundleDeleted(store.db, row)
    expect(list(store)).toMatchObject({ models: [], total: 0, unknown: [] })
    // Another data directory has published its own in that place meanwhile.
    writeFileSync(join(row.directory, 'provenance.json'), '{"operationId":"another"}')
    expect(list(store).unknown).toEqual([row.directory])
  })
})
