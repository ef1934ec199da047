import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { deleteOperationOf } from '../../../src/operations/delete-operation.ts'
import { logPath, outputPath } from '../../../src/operations/operation-log.ts'
import { listAttempts } from '../../../src/store/attempt-table.ts'
import { bundlesOf, insertBundle, markBundleDeleted } from '../../../src/store/bundle-table.ts'
import { listCheckpoints, listTrash } from '../../../src/store/checkpoint-table.ts'
import { findOperation } from '../../../src/store/operation-table.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import {
  endOne,
  filesOf,
  ID,
  idOf,
  startOne,
  storeWithSaves,
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
