import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sweep } from '../../../src/checkpoint/sweep.ts'
import { viewModel, type ModelView } from '../../../src/list-models.ts'
import { deleteModel } from '../../../src/operations/delete-model.ts'
import { markVersion } from '../../../src/operations/mark-checkpoint.ts'
import { listBundles, markBundleDeleted } from '../../../src/store/bundle-table.ts'
import { brokenSeals } from '../../../src/store/row-seal.ts'
import { publishModel } from '../../support/temp-model.ts'
import {
  endOne,
  idOf,
  saveContext,
  saveOf,
  startOne,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'
import { writeCheckpoint } from '../../../src/checkpoint/write-checkpoint.ts'

const USER = idOf('user')

function withModel(): { store: Store; model: ModelView; directory: string } {
  const store = tempStore()
  startOne(store.db)
  const row = publishModel(store)
  return { store, model: viewModel(store.layout, row, 1), directory: row.directory }
}

/** An operation that uses a model, with one checkpoint. */
function startUser(store: Store, settings: object): void {
  startOne(store.db, USER, { settings: settings as never })
  const fence = { operationId: USER, generation: 1 }
  writeCheckpoint(saveContext(store, { fence }), saveOf(1), 2)
}

const remove = ({ db }: Store, model: ModelView, dryRun = false): boolean =>
  deleteModel(db, model, { dryRun })

describe('a model that nothing needs', () => {
  it('goes, with its directory, and its number is never given again', () => {
    const { store, model, directory } = withModel()
    expect(remove(store, model)).toBe(true)
    expect(listBundles(store.db, 'model')).toEqual([])
    expect(existsSync(directory)).toBe(false)
    expect(readdirSync(dirname(directory)), 'nothing is left behind').toEqual([])
    expect(brokenSeals(store.db)).toEqual([])
    expect(remove(store, model), 'once').toBe(false)
    expect(publishModel(store).version).toBe(2)
  })

  it('stays in a dry run', () => {
    const { store, model, directory } = withModel()
    expect(remove(store, model, true)).toBe(true)
    expect(listBundles(store.db, 'model')).toHaveLength(1)
    expect(existsSync(directory)).toBe(true)
  })

  it.each([
    ['another model', (directory: string) => ({ model: { directory: `${directory}0` } })],
    ['it by the way', (directory: string) => ({ note: directory })],
    ['nothing: it has lost its settings', () => null],
  ])('is not kept by a running operation that names %s', (_, settings) => {
    const { store, model, directory } = withModel()
    startUser(store, settings(directory) as object)
    expect(remove(store, model)).toBe(true)
  })
})

describe.each([
  ['a backtest of it', (directory: string) => ({ model: { directory } })],
  ['a training that starts from it', (directory: string) => ({ warmStart: { directory } })],
])('%s', (_, settings) => {
  const refusal = (reason: string, remedy: string) =>
    expect.objectContaining({
      code: 'MODEL_IN_USE',
      exitCode: 5,
      message: `pullback/SPY_1d@1 is needed: ${USER} ${reason}.`,
      suggestions: [remedy],
      details: { operations: [USER] },
    })

  it('keeps it while it runs', () => {
    const { store, model, directory } = withModel()
    startUser(store, settings(directory))
    const refused = refusal('is running with it', `ktrdr operations cancel ${USER}`)
    expect(() => remove(store, model)).toThrow(refused)
    expect(() => remove(store, model, true), 'a dry run says so').toThrow(refused)
    expect(listBundles(store.db, 'model')).toHaveLength(1)
    expect(existsSync(directory)).toBe(true)
  })

  it('keeps it as long as it can be resumed', () => {
    const { store, model, directory } = withModel()
    startUser(store, settings(directory))
    endOne(store.db, 'cancelled', USER)
    expect(() => remove(store, model)).toThrow(
      refusal('is CANCELLED and can be resumed with it', `ktrdr checkpoints delete ${USER}`),
    )
  })

  it('lets it go when it is done, unless a checkpoint is pinned', () => {
    const { store, model, directory } = withModel()
    startUser(store, settings(directory))
    endOne(store.db, 'completed', USER)
    markVersion(store, USER, 1, { isPinned: true })
    expect(() => remove(store, model)).toThrow(
      refusal('has pinned checkpoints that need it', `ktrdr checkpoints unpin ${USER}@1`),
    )
    markVersion(store, USER, 1, { isPinned: false })
    expect(remove(store, model)).toBe(true)
  })
})

describe('a deletion that was cut off behind its commit', () => {
  it('is finished by gc, and by nothing else', () => {
    const { store, model, directory } = withModel()
    endOne(store.db, 'completed')
    markBundleDeleted(store.db, { ...model, kind: 'model' })
    const { removed } = sweep(store.db, store.layout, { dryRun: false })
    expect(removed).toMatchObject([{ reason: 'its model was deleted' }])
    expect(existsSync(directory)).toBe(false)
    expect(sweep(store.db, store.layout, { dryRun: false }).removed).toEqual([])
  })

  it('does not take what another data directory has put in its place', () => {
    const { store, model, directory } = withModel()
    endOne(store.db, 'completed')
    markBundleDeleted(store.db, { ...model, kind: 'model' })
    writeFileSync(join(directory, 'provenance.json'), '{"operationId":"another"}')
    expect(sweep(store.db, store.layout, { dryRun: false }).removed).toEqual([])
    expect(existsSync(directory)).toBe(true)
  })
})
