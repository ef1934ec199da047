import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { publishBundle, stageBundle } from '../../../src/checkpoint/publish-bundle.ts'
import { loadModel } from '../../../src/models/load-model.ts'
import { deleteModel } from '../../../src/operations/delete-model.ts'
import { deleteOperationOf } from '../../../src/operations/delete-operation.ts'
import { logPath, outputPath } from '../../../src/operations/operation-log.ts'
import { listAttempts } from '../../../src/store/attempt-table.ts'
import { bundlesOf, insertBundle, markBundleDeleted } from '../../../src/store/bundle-table.ts'
import { listCheckpoints, listTrash } from '../../../src/store/checkpoint-table.ts'
import { inTransaction } from '../../../src/store/database.ts'
import { findOperation } from '../../../src/store/operation-table.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { publishModel } from '../../support/temp-model.ts'
import {
  endOne,
  filesOf,
  ID,
  idOf,
  startOne,
  storeWithSaves,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

const OTHER = idOf('def456')
const remove = (store: Store, withResults = false) =>
  deleteOperationOf({ ...store, clock: fakeClock() }, ID, withResults)

function publish({ db, layout }: Store): string {
  const path = join('pullback', 'SPY_1d', 'v1')
  const directory = join(layout.bundles.model, path)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'manifest.json'), '{}')
  writeFileSync(join(directory, 'provenance.json'), JSON.stringify({ operationId: ID }))
  insertBundle(db, {
    operationId: ID,
    kind: 'model',
    name: 'pullback',
    variant: 'SPY_1d',
    version: 1,
    path,
    sha256: 'aa',
    sizeBytes: 1000,
    createdAtMs: 5,
  })
  return directory
}

/** @returns version of a model that another training publishes now */
function publishNext({ db, layout }: Store): number {
  const bundle = { kind: 'model' as const, name: 'pullback', variant: 'SPY_1d', manifest: {} }
  const staged = stageBundle(layout, OTHER, { ...bundle, files: {} }, {})
  return inTransaction(db, () => publishBundle(db, layout, OTHER, staged, 9)).version
}

describe('the number of a model', () => {
  const published = (): { store: Store; directory: string } => {
    const store = storeWithSaves(1)
    endOne(store.db, 'completed')
    startOne(store.db, OTHER)
    return { store, directory: publish(store) }
  }

  it('is not given again after the model was deleted: its record is there', () => {
    const { store, directory } = published()
    const model = { model: 'pullback@1', name: 'pullback', variant: 'SPY_1d', version: 1 }
    deleteModel(store.db, { ...model, operationId: ID, path: directory }, { dryRun: false })
    expect(existsSync(directory)).toBe(false)
    expect(publishNext(store)).toBe(2)
  })

  it('nor while its directory is there, when the record is gone', () => {
    const { store, directory } = published()
    store.db.prepare('DELETE FROM bundle').run()
    expect(publishNext(store)).toBe(2)
    expect(readFileSync(join(directory, 'provenance.json'), 'utf8')).toContain(ID)
  })

  it('nor when a later one is there; it is free when its training is deleted with it', () => {
    const { store } = published()
    expect(publishNext(store)).toBe(2)
    remove(store, true)
    expect(publishNext(store), 'the first is gone, the second is there').toBe(3)

    const alone = published()
    remove(alone.store, true)
    expect(publishNext(alone.store)).toBe(1)
  })

  it('says nothing to whoever used the model that had it: another one is not taken for it', () => {
    const store = tempStore()
    startOne(store.db)
    startOne(store.db, OTHER)
    const used = publishModel(store)
    expect(loadModel(used.directory, used.sha256).manifest).toBeDefined()
    endOne(store.db, 'completed')
    remove(store, true)
    expect(publishNext(store)).toBe(used.version)
    expect(() => loadModel(used.directory, used.sha256)).toThrow(
      expect.objectContaining({ code: 'MODEL_CORRUPT' }),
    )
  })
})

describe('deleting an operation', () => {
  it('leaves no row and no file of it, and all of the others', () => {
    const store = storeWithSaves(3)
    const { db, layout } = store
    startOne(db, OTHER)
    mkdirSync(layout.logs)
    for (const id of [ID, OTHER]) writeFileSync(logPath(layout.logs, id), '')
    writeFileSync(outputPath(layout.logs, ID), '')
    expect(remove(store)).toMatchObject({ operationId: ID, checkpoints: 3, results: [] })
    expect(findOperation(db, ID)).toBeUndefined()
    expect([listAttempts(db, ID), listCheckpoints(db, ID), listTrash(db)]).toEqual([[], [], []])
    expect(filesOf(layout)).toEqual([join('logs', `${OTHER}.jsonl`)])
    expect(existsSync(join(layout.packs, ID))).toBe(false)
    expect(findOperation(db, OTHER)).toBeDefined()
    expect(() => remove(store)).toThrow(expect.objectContaining({ exitCode: 4 }))
  })

  it('of a running one is refused with exit 5, and touches nothing', () => {
    const store = storeWithSaves(3)
    const lock = tryLock(store.layout.locks, ID)!
    onTestFinished(() => lock.release())
    const files = filesOf(store.layout)
    expect(() => remove(store)).toThrow(
      expect.objectContaining({ code: 'OPERATION_ALREADY_RUNNING', exitCode: 5 }),
    )
    expect(filesOf(store.layout)).toEqual(files)
    expect(listCheckpoints(store.db, ID)).toHaveLength(3)
  })

  it('spares what it has published, unless told', () => {
    const store = storeWithSaves(1, 'completed')
    const directory = publish(store)
    expect(() => remove(store)).toThrow(
      expect.objectContaining({
        code: 'HAS_RESULTS',
        exitCode: 5,
        message: expect.stringContaining(directory),
      }),
    )
    expect(existsSync(join(directory, 'manifest.json'))).toBe(true)
    const { results, bytesFreed } = remove(store, true)
    expect(results).toEqual([directory])
    expect(bytesFreed).toBeGreaterThan(1000)
    expect(existsSync(directory)).toBe(false)
    expect(bundlesOf(store.db, ID)).toEqual({ published: [], gone: [] })
  })

  it('goes on where a crash has cut it off: what was published is marked, its files are there', () => {
    const store = storeWithSaves(1, 'completed')
    const directory = publish(store)
    const [row] = bundlesOf(store.db, ID).published
    markBundleDeleted(store.db, row!)
    expect(remove(store).results, 'nothing is published any more').toEqual([])
    expect(existsSync(directory)).toBe(false)
    expect(findOperation(store.db, ID)).toBeUndefined()
  })

  it('leaves alone what somebody else has published in the same place', () => {
    const store = storeWithSaves(1, 'completed')
    const directory = publish(store)
    writeFileSync(join(directory, 'provenance.json'), JSON.stringify({ operationId: OTHER }))
    remove(store, true)
    expect(existsSync(directory)).toBe(true)
  })

  it('heeds who runs with its model', () => {
    const store = storeWithSaves(1, 'completed')
    const directory = publish(store)
    startOne(store.db, OTHER, { settings: { model: { directory } } })
    expect(() => remove(store, true)).toThrow(
      expect.objectContaining({ code: 'MODEL_IN_USE', message: expect.stringContaining(OTHER) }),
    )
    expect(existsSync(directory)).toBe(true)
    expect(bundlesOf(store.db, ID).published).toHaveLength(1)
    endOne(store.db, 'completed', OTHER)
    remove(store, true)
    expect(existsSync(directory), 'who has completed needs it no longer').toBe(false)
  })
})
