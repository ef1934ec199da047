import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { publishBundle, stageBundle, type Bundle } from '../../../src/checkpoint/publish-bundle.ts'
import { sweep } from '../../../src/checkpoint/sweep.ts'
import { sha256 } from '../../../src/core/hash.ts'
import { listBundles, type BundleRow } from '../../../src/store/bundle-table.ts'
import { inTransaction } from '../../../src/store/database.ts'
import { endOne, filesOf, ID, startOne, tempStore, type Store } from '../../support/temp-store.ts'

const BUNDLE: Bundle = {
  kind: 'model',
  name: 'pullback',
  variant: 'SPY_1d',
  manifest: { format: 1, kind: 'model' },
  files: { 'model.safetensors': Uint8Array.of(1, 2, 3), 'strategy.yaml': 'name: größer\n' },
}

function started(): Store {
  const store = tempStore()
  startOne(store.db)
  return store
}

function publish(
  { db, layout }: Store,
  bundle = BUNDLE,
  provenance = 'here and now',
  rollBack = false,
): BundleRow {
  const staged = stageBundle(layout, ID, bundle, { 'provenance.json': provenance })
  return inTransaction(db, () => {
    const row = publishBundle(db, layout, ID, staged, 99)
    if (rollBack) throw new Error('the commit failed')
    return row
  })
}

const read = ({ layout }: Store, { path }: BundleRow, name: string): Buffer =>
  readFileSync(join(layout.bundles.model, path, name))

describe('a published bundle', () => {
  it('is a directory with all files, and a manifest with the hash of each', () => {
    const store = started()
    const row = publish(store)
    expect(row).toMatchObject({
      version: 1,
      path: join('pullback', 'SPY_1d', 'v1'),
      createdAtMs: 99,
    })
    expect(new Uint8Array(read(store, row, 'model.safetensors'))).toEqual(Uint8Array.of(1, 2, 3))
    expect(JSON.parse(read(store, row, 'manifest.json').toString())).toEqual({
      format: 1,
      kind: 'model',
      files: {
        'model.safetensors': sha256(Uint8Array.of(1, 2, 3)),
        'strategy.yaml': sha256('name: größer\n'),
      },
    })
    expect(listBundles(store.db, 'model')).toEqual([row])
  })

  it('is known by the hash of its manifest, which where and when it was made does not touch', () => {
    const store = started()
    const rows = [publish(store, BUNDLE, 'here and now'), publish(store, BUNDLE, 'elsewhere')]
    expect(rows[0]!.sha256).toBe(rows[1]!.sha256)
    expect(rows[0]!.sha256).toBe(sha256(read(store, rows[0]!, 'manifest.json')))
    expect(read(store, rows[1]!, 'provenance.json').toString()).toBe('elsewhere')
  })

  it('is as large as its files, and for its owner alone', () => {
    const store = started()
    const row = publish(store)
    const directory = join(store.layout.bundles.model, row.path)
    const stats = readdirSync(directory).map((name) => statSync(join(directory, name)))
    expect(row.sizeBytes).toBe(stats.reduce((sum, { size }) => sum + size, 0))
    expect(stats.map(({ mode }) => mode & 0o777)).toEqual(stats.map(() => 0o600))
    expect(statSync(directory).mode & 0o777).toBe(0o700)
  })

  it('lies with those of its kind', () => {
    const store = started()
    const { path } = publish(store, { ...BUNDLE, kind: 'backtest' })
    expect(existsSync(join(store.layout.bundles.backtest, path, 'manifest.json'))).toBe(true)
    expect(listBundles(store.db, 'model')).toEqual([])
  })
})

describe('versions', () => {
  it('count up, and an older one is never touched', () => {
    const store = started()
    const first = publish(store)
    const second = publish(store, { ...BUNDLE, files: { 'strategy.yaml': 'other' } })
    expect([first.version, second.version]).toEqual([1, 2])
    expect(read(store, first, 'strategy.yaml').toString()).toBe('name: größer\n')
    expect(publish(store, { ...BUNDLE, variant: 'SPY_1h' }).version, 'of each variant').toBe(1)
  })

  it('have no gap after a transaction that was rolled back, whose directory is displaced', () => {
    const store = started()
    const made = JSON.stringify({ operationId: ID })
    expect(() => publish(store, { ...BUNDLE, files: { lost: 'x' } }, made, true)).toThrow('commit')
    expect(listBundles(store.db, 'model')).toEqual([])

    const row = publish(store, BUNDLE, made)
    expect(row.version).toBe(1)
    const directory = join(store.layout.bundles.model, row.path)
    expect(readdirSync(directory).toSorted()).toEqual([
      'manifest.json',
      'model.safetensors',
      'provenance.json',
      'strategy.yaml',
    ])
  })

  it.each([
    ['of a lost database', { 'manifest.json': '{}' }],
    ['of another data directory', { 'provenance.json': '{"operationId":"op_training_other"}' }],
    ['that nobody knows', { 'model.safetensors': 'x' }],
  ])('skip a directory %s: it is never touched', (_, files) => {
    const store = started()
    const foreign = join(store.layout.bundles.model, 'pullback', 'SPY_1d', 'v1')
    mkdirSync(foreign, { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(foreign, name), text)
    expect([publish(store).version, publish(store).version]).toEqual([2, 3])
    endOne(store.db, 'completed')
    sweep(store.db, store.layout, { dryRun: false })
    expect(readdirSync(foreign)).toEqual(Object.keys(files))
  })

  it('displace what a crash left of the same operation, and gc removes that', () => {
    const store = started()
    const leftover = join(store.layout.bundles.model, 'pullback', 'SPY_1d', 'v1')
    mkdirSync(leftover, { recursive: true })
    writeFileSync(join(leftover, 'provenance.json'), JSON.stringify({ operationId: ID }))
    const row = publish(store)
    expect(row.version).toBe(1)
    endOne(store.db, 'completed')

    const published = filesOf(store.layout).filter((path) => path.includes('v1'))
    const { removed } = sweep(store.db, store.layout, { dryRun: false })
    expect(removed).toMatchObject([
      { reason: 'crashed before it was published, or while it was deleted' },
    ])
    expect(filesOf(store.layout).filter((path) => path.startsWith('models'))).toEqual(published)
    expect(existsSync(join(store.layout.bundles.model, row.path))).toBe(true)
  })
})

describe('a staged bundle', () => {
  it.each(['..', '../../elsewhere', 'a/b', '', '.hidden', 'nul\0'])(
    'is refused a place outside its kind: "%s"',
    (name) => {
      const store = started()
      expect(() => publish(store, { ...BUNDLE, name })).toThrow('is no place for a model')
      expect(() => publish(store, { ...BUNDLE, variant: name })).toThrow('is no place for a model')
      expect(filesOf(store.layout)).toEqual([])
    },
  )

  it('that cannot be written leaves nothing behind', () => {
    const { layout } = started()
    const files = { good: 'x', 'no/such/place': 'y' }
    expect(() => stageBundle(layout, ID, { ...BUNDLE, files }, {})).toThrow('ENOENT')
    expect(readdirSync(join(layout.bundles.model, 'pullback', 'SPY_1d'))).toEqual([])
  })

  it('is nowhere to be found under a final name before it is published', () => {
    const { layout, db } = started()
    const { directory } = stageBundle(layout, ID, BUNDLE, {})
    expect(directory).toMatch(new RegExp(`\\.tmp-${ID}-[0-9a-f]{12}$`))
    expect(readdirSync(join(layout.bundles.model, 'pullback', 'SPY_1d'))).toHaveLength(1)
    expect(listBundles(db, 'model')).toEqual([])
  })
})
